package file_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/file"
	"fieldpost/daemon/capture/outlook/outlooktest"
	"fieldpost/daemon/words"
	"fieldpost/outbox/activity"
)

func newReader(now time.Time) *file.Reader {
	return &file.Reader{
		Own:          func() capture.Own { return capture.Own{"ana.ruiz@acme.test"} },
		Zone:         func() *time.Location { return now.Location() },
		Now:          func() time.Time { return now },
		Origins:      func() []string { return []string{"https://*.showpad.biz"} },
		CutHistory:   func() bool { return false },
		CutSignature: func() bool { return false },
		Words:        func() *words.Printer { return words.In("en") },
	}
}

func paris(t *testing.T, value string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation(time.DateTime, value, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

const plainMail = `From: Ana Ruiz <ana.ruiz@acme.test>
To: Jean Dupont <j.dupont@novamed.test>, ana.ruiz@acme.test
Cc: achats@novamed.test
Subject: =?utf-8?q?Offre_T3_=C3=A0_jour?=
Date: Fri, 20 Nov 2026 16:40:12 +0100
Message-ID: <offre-t3@acme.test>

Bonjour, voici l'offre: https://acme.showpad.biz/share/abc123.
`

func TestAPlainMailBecomesAShareByEmail(t *testing.T) {
	drafts, err := newReader(paris(t, "2026-11-22 09:00:00")).Read("offre.eml", int64(len(plainMail)), strings.NewReader(plainMail))
	if err != nil {
		t.Fatal(err)
	}
	a := drafts[0].Activity
	if len(drafts) != 1 || a.Channel != activity.Email || a.URL != "https://acme.showpad.biz/share/abc123" || a.OccurredAt == "" {
		t.Errorf("%+v", drafts)
	}
}

const plainMeeting = `BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:keller-1@acme.test
SEQUENCE:1
DTSTART;TZID=Romance Standard Time:20261122T140000
DURATION:PT1H
SUMMARY:Keller AG
ORGANIZER;CN=Ana Ruiz:mailto:ana.ruiz@acme.test
ATTENDEE;CN=Urs Keller:mailto:urs@keller.test
END:VEVENT
END:VCALENDAR
`

func TestAPlainInvitationBecomesAMeeting(t *testing.T) {
	drafts, err := newReader(paris(t, "2026-11-22 09:00:00")).Read("keller.ics", int64(len(plainMeeting)), strings.NewReader(plainMeeting))
	if err != nil {
		t.Fatal(err)
	}
	a := drafts[0].Activity
	if len(drafts) != 1 || a.Subject != "Keller AG" || a.Start != "2026-11-22T14:00:00+01:00" || a.End != "2026-11-22T15:00:00+01:00" || len(a.People) != 1 || a.People[0].Name != "Urs Keller" {
		t.Errorf("%+v", drafts)
	}
}

func TestJSONIsReadWithTheMarkOfWindowsProgramsAndTheSameWithout(t *testing.T) {
	const text = `{"kind":"share","channel":"link","subject":"x"}`
	reader := newReader(paris(t, "2026-11-22 09:00:00"))
	var keys []string
	for _, content := range []string{text, "\xef\xbb\xbf" + text} {
		drafts, err := reader.Read("share.json", int64(len(content)), strings.NewReader(content))
		if err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		keys = append(keys, drafts[0].Activity.Key)
	}
	if keys[0] != keys[1] {
		t.Errorf("the same activity has two keys: %q", keys)
	}
}

const answer = "From: ana.ruiz@acme.test\nTo: Urs <urs@keller.test>\nBcc: Quiet <quiet@keller.test>, urs@keller.test\nSubject: Yes\n" +
	"Date: Fri, 20 Nov 2026 16:40:12 +0100\n\nFriday.\n\n-- \nAna Ruiz\n\nOn Thu, 19 Nov 2026 Urs <urs@keller.test> wrote:\n> When?\n"

func TestSignatureAndEarlierMailsAreMarkedOrLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		cutHistory, cutSignature bool
		body                     string
		notes                    []string
	}{
		"kept":         {false, false, "Friday.\n\n[Signature]\nAna Ruiz\n\n[Earlier messages]\nOn Thu, 19 Nov 2026 Urs <urs@keller.test> wrote:\n> When?", nil},
		"no history":   {true, false, "Friday.\n\n[Signature]\nAna Ruiz", []string{capture.NoteHistoryCut}},
		"no signature": {false, true, "Friday.\n\n[Earlier messages]\nOn Thu, 19 Nov 2026 Urs <urs@keller.test> wrote:\n> When?", []string{capture.NoteSignatureCut}},
		"neither":      {true, true, "Friday.", []string{capture.NoteSignatureCut, capture.NoteHistoryCut}},
	} {
		t.Run(name, func(t *testing.T) {
			reader := newReader(paris(t, "2026-11-22 09:00:00"))
			reader.CutHistory, reader.CutSignature = func() bool { return c.cutHistory }, func() bool { return c.cutSignature }
			drafts, err := reader.Read("answer.eml", int64(len(answer)), strings.NewReader(answer))
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			for _, n := range drafts[0].Notes {
				if n.Code != capture.NoteMail {
					notes = append(notes, n.Code)
				}
			}
			if got := drafts[0].Activity.Body; got != c.body || !slices.Equal(notes, c.notes) {
				t.Errorf("%q with %v", got, notes)
			}
		})
	}
}

func TestWhoIsInABlindCopyIsMarked(t *testing.T) {
	drafts, err := newReader(paris(t, "2026-11-22 09:00:00")).Read("answer.eml", int64(len(answer)), strings.NewReader(answer))
	if err != nil {
		t.Fatal(err)
	}
	want := []activity.Person{{Email: "urs@keller.test", Name: "Urs"}, {Email: "quiet@keller.test", Name: "Quiet", Bcc: true}}
	if got := drafts[0].Activity.People; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestAMailWithoutAnIDIsKnownAgainWhateverWayItCame(t *testing.T) {
	key := func(text string) string {
		t.Helper()
		drafts, err := newReader(paris(t, "2026-11-22 09:00:00")).Read("answer.eml", int64(len(text)), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return drafts[0].Activity.Key
	}
	first := key(answer)
	if again := key("Received: by mx.acme.test; Fri, 20 Nov 2026 16:41:00 +0100\nX-Spam: no\n" + strings.ReplaceAll(answer, "\n", "\r\n")); again != first {
		t.Errorf("%s and %s", first, again)
	}
	if other := key(strings.Replace(answer, "Friday.", "Monday.", 1)); other == first {
		t.Error("another text has the same key")
	}
}

func TestAMessageThatOutlookSavedIsTheSameActivityAsItsMail(t *testing.T) {
	const text = "From: ana.ruiz@acme.test\nTo: Urs <urs@keller.test>\nSubject: Offer\nDate: Fri, 20 Nov 2026 15:40:12 +0000\nMessage-ID: <1@acme.test>\n\nHello Urs\n"
	saved := outlooktest.New().Text(0x001A, "IPM.Note").Text(0x0037, "Offer").Text(0x1000, "Hello Urs\r\n").Text(0x1035, "<1@acme.test>").
		Time(0x0039, time.Date(2026, 11, 20, 15, 40, 12, 0, time.UTC)).Text(0x5D02, "ana.ruiz@acme.test").Recipient(1, "Urs", "urs@keller.test").Write()
	reader := newReader(paris(t, "2026-11-22 09:00:00"))
	var activities []activity.Activity
	for name, data := range map[string]string{"offer.eml": text, "offer.msg": string(saved)} {
		drafts, err := reader.Read(name, int64(len(data)), strings.NewReader(data))
		if err != nil || len(drafts) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		activities = append(activities, drafts[0].Activity)
	}
	if !reflect.DeepEqual(activities[0], activities[1]) {
		t.Errorf("%+v\n%+v", activities[0], activities[1])
	}
}
