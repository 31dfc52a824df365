package file_test

import (
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/file"
	"fieldpost/daemon/words"
)

func newReader(now time.Time) *file.Reader {
	return &file.Reader{
		Own:     func() capture.Own { return capture.Own{"ana.ruiz@acme.test"} },
		Zone:    func() *time.Location { return now.Location() },
		Now:     func() time.Time { return now },
		Origins: func() []string { return []string{"https://*.showpad.biz"} },
		Words:   func() *words.Printer { return words.In("en") },
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
	t.Logf("%+v", drafts)
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
	t.Logf("%+v", drafts)
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
