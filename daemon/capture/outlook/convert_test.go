package outlook_test

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/calendar"
	"fieldpost/daemon/capture/mail"
	"fieldpost/daemon/capture/outlook"
	"fieldpost/daemon/capture/outlook/outlooktest"
	"fieldpost/outbox/activity"
)

var sent = time.Date(2026, 11, 20, 15, 40, 12, 0, time.UTC)

// offer is a mail as Outlook saves one that the rep sent.
func offer() *outlooktest.Storage {
	return outlooktest.New().Text(0x001A, "IPM.Note").Text(0x0037, "Offre à jour").Text(0x1000, "Bonjour Urs,\r\nhttps://acme.showpad.biz/share/1\r\n").
		Text(0x1035, "<1@acme.test>").Time(0x0039, sent).Text(0x0042, "Ana Ruiz").Text(0x5D02, "ana@acme.test").
		Recipient(1, "Keller, Urs", "urs@keller.test").Recipient(2, "Bea", "bea@keller.test").Recipient(3, "Quiet", "quiet@keller.test").
		Recipient(1, "Of an Exchange", "/o=ACME/cn=X").
		Attachment("Brochure été.pdf", "application/pdf", []byte("%PDF"))
}

func converted(t *testing.T, s *outlooktest.Storage) (outlook.Kind, []byte) {
	t.Helper()
	kind, text, err := outlook.Convert(s.Write(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return kind, text
}

func read(t *testing.T, s *outlooktest.Storage) *mail.Message {
	t.Helper()
	kind, text := converted(t, s)
	if kind != outlook.Mail {
		t.Fatalf("it is of kind %d", kind)
	}
	m, err := mail.Read(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

func TestAMailThatOutlookSavedIsReadAsTheMailItWas(t *testing.T) {
	m := read(t, offer())
	if m.ID != "1@acme.test" || m.Subject != "Offre à jour" || !m.Date.Equal(sent) || m.Text != "Bonjour Urs,\nhttps://acme.showpad.biz/share/1" {
		t.Errorf("%+v", m)
	}
	for name, c := range map[string]struct {
		got  []mail.Address
		want mail.Address
	}{
		"from": {m.From, mail.Address{Name: "Ana Ruiz", Email: "ana@acme.test"}},
		"to":   {m.To, mail.Address{Name: "Keller, Urs", Email: "urs@keller.test"}},
		"cc":   {m.Cc, mail.Address{Name: "Bea", Email: "bea@keller.test"}},
		"bcc":  {m.Bcc, mail.Address{Name: "Quiet", Email: "quiet@keller.test"}},
	} {
		if len(c.got) != 1 || c.got[0] != c.want {
			t.Errorf("%s: %v", name, c.got)
		}
	}
	if len(m.Attachments) != 1 || m.Attachments[0] != "Brochure été.pdf" || len(m.Links) != 1 {
		t.Errorf("%v %v", m.Attachments, m.Links)
	}
}

func TestWhatIsSaidInOtherWaysIsReadAsWell(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*outlooktest.Storage) *outlooktest.Storage
		is     func(*mail.Message) bool
	}{
		"the time zone of a received mail": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				return s.Text(0x007D, "Received: by mx\r\nDate: Fri, 20 Nov 2026 16:40:12 +0100\r\nMessage-ID: <2@acme.test>\r\n")
			},
			func(m *mail.Message) bool { return m.Date.Format(time.RFC3339) == "2026-11-20T16:40:12+01:00" },
		},
		"a code page": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				delete(s.Streams, "__substg1.0_0037001F")
				return s.ANSI(0x0037, "\xcf\xf0\xe8\xe2\xe5\xf2").Number(0x3FFD, 1251)
			},
			func(m *mail.Message) bool { return m.Subject == "Привет" },
		},
		"the code page of a language": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				delete(s.Streams, "__substg1.0_0037001F")
				return s.ANSI(0x0037, "\x93\xfa\x96\x7b").Number(0x3FF1, 1041).Number(0x3FDE, 50220)
			},
			func(m *mail.Message) bool { return m.Subject == "日本" },
		},
		"nothing but HTML": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				delete(s.Streams, "__substg1.0_1000001F")
				return s.Bytes(0x1013, []byte("<p>Gr\xfc\xdfe <b>Urs</b></p>")).Number(0x3FDE, 28591)
			},
			func(m *mail.Message) bool { return m.Text == "Grüße *Urs*" },
		},
		"a private one": {
			func(s *outlooktest.Storage) *outlooktest.Storage { return s.Number(0x0036, 2) },
			func(m *mail.Message) bool { return m.MarkedPrivate },
		},
		"a picture in the text": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				s.Attachment("logo.png", "image/png", nil)
				s.Storages["__attach_version1.0_#00000001"].Text(0x3712, "logo@1")
				return s
			},
			func(m *mail.Message) bool { return len(m.Attachments) == 1 },
		},
		"an invitation in it": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				return s.Attachment("invite.ics", "text/calendar", []byte("BEGIN:VCALENDAR"))
			},
			func(m *mail.Message) bool {
				return len(m.Calendars) == 1 && string(m.Calendars[0]) == "BEGIN:VCALENDAR"
			},
		},
		"a long text": {
			func(s *outlooktest.Storage) *outlooktest.Storage {
				return s.Text(0x1000, strings.Repeat("Zeile für Zeile\r\n", 2000))
			},
			func(m *mail.Message) bool { return strings.Count(m.Text, "Zeile für Zeile") == 2000 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			if m := read(t, c.change(offer())); !c.is(m) {
				t.Errorf("%+v", m)
			}
		})
	}
}

// visit is an appointment as Outlook saves it.
func visit(class string) *outlooktest.Storage {
	s := outlooktest.New().Text(0x001A, class).Text(0x0037, "Visit; at Keller's").Text(0x1000, "Bring the\r\nbrochure, please").
		Text(0x0042, "Ana Ruiz").Text(0x5D02, "ana@acme.test").Recipient(1, `Urs "U" Keller`, "urs@keller.test").Recipient(3, "Room 1", "room1@acme.test")
	s.Time(s.Named(outlooktest.Appointment, 0x820D), sent).Time(s.Named(outlooktest.Appointment, 0x820E), sent.Add(time.Hour))
	s.Text(s.Named(outlooktest.Appointment, 0x8208), "Zürich").Number(s.Named(outlooktest.Appointment, 0x8201), 2)
	id, _ := hex.DecodeString("040000008200E00074C5B7101A82E00807EA0B1440EFFDAEF8B9D90100000000000000001000000012345678901234567890123456789012")
	return s.Bytes(s.Named(outlooktest.Meeting, 0x0003), id)
}

func meeting(t *testing.T, s *outlooktest.Storage) activity.Activity {
	t.Helper()
	kind, text := converted(t, s)
	if kind != outlook.Calendar {
		t.Fatalf("it is of kind %d", kind)
	}
	drafts, err := calendar.Read(strings.NewReader(string(text)), calendar.Options{Own: capture.Own{"ana@acme.test"}, Zone: time.UTC, Now: sent.Add(48 * time.Hour)})
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%v\n%s", err, text)
	}
	return drafts[0].Activity
}

func TestAnAppointmentThatOutlookSavedIsAMeeting(t *testing.T) {
	a := meeting(t, visit("IPM.Appointment"))
	if a.Subject != "Visit; at Keller's" || a.Location != "Zürich" || a.Notes != "Bring the\nbrochure, please" || a.Sequence != 2 ||
		a.Start != "2026-11-20T15:40:12Z" || a.End != "2026-11-20T16:40:12Z" || a.Cancelled {
		t.Errorf("%+v", a)
	}
	if a.UID != "040000008200E00074C5B7101A82E0080000000040EFFDAEF8B9D90100000000000000001000000012345678901234567890123456789012" {
		t.Errorf("its UID is %s", a.UID)
	}
	if len(a.People) != 1 || a.People[0] != (activity.Person{Email: "urs@keller.test", Name: "Urs U Keller"}) {
		t.Errorf("with %v", a.People)
	}
	if a := meeting(t, visit("IPM.Schedule.Meeting.Canceled")); !a.Cancelled {
		t.Error("a cancellation is none")
	}
	foreign := visit("IPM.Schedule.Meeting.Request")
	raw, _ := hex.DecodeString("040000008200E00074C5B7101A82E00800000000000000000000000000000000000000001500000076" + "43616C2D55696401000000" + hex.EncodeToString([]byte("visit@x\x00")))
	foreign.Bytes(foreign.Named(outlooktest.Meeting, 0x0023), raw)
	if a := meeting(t, foreign); a.UID != "visit@x" {
		t.Errorf("a foreign UID is %q", a.UID)
	}
}

func TestAWholeDayIsThatOfItsOwnZone(t *testing.T) {
	s := visit("IPM.Appointment")
	midnight := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC) // in Zürich the 21st
	s.Flag(s.Named(outlooktest.Appointment, 0x8215))
	s.Time(s.Named(outlooktest.Appointment, 0x820D), midnight).Time(s.Named(outlooktest.Appointment, 0x820E), midnight.Add(24*time.Hour))
	zone := "W. Europe Standard Time"
	raw := []byte{2, 1, byte(6 + 2*len(zone)), 0, 2, 0, byte(len(zone)), 0}
	for _, c := range zone {
		raw = append(raw, byte(c), 0)
	}
	s.Bytes(s.Named(outlooktest.Appointment, 0x825E), raw)
	if a := meeting(t, s); !a.AllDay || a.Start != "2026-11-21" || a.End != "2026-11-21" {
		t.Errorf("%+v", a)
	}
}

func TestWhatIsNoMailAndNoMeetingIsRefused(t *testing.T) {
	series := visit("IPM.Appointment")
	series.Flag(series.Named(outlooktest.Appointment, 0x8223))
	cut := offer().Write()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a contact":          {outlooktest.New().Text(0x001A, "IPM.Contact").Write(), capture.NotMail},
		"a delivery report":  {outlooktest.New().Text(0x001A, "REPORT.IPM.Note.NDR").Write(), capture.DeliveryReceipt},
		"an answer":          {visit("IPM.Schedule.Meeting.Resp.Pos").Write(), capture.NothingToLog},
		"a series":           {series.Write(), capture.SeriesInMessage},
		"without a time":     {outlooktest.New().Text(0x001A, "IPM.Appointment").Write(), capture.NoTime},
		"without a class":    {outlooktest.New().Text(0x0037, "S").Write(), capture.NotMail},
		"no compound file":   {[]byte("From: a@b.test\r\n\r\n"), capture.NotMail},
		"half of one":        {cut[:len(cut)/2], capture.NotMail},
		"nothing but a head": {cut[:512], capture.NotMail},
	} {
		_, _, err := outlook.Convert(c.data, time.UTC)
		var refusal *capture.Refusal
		if !errors.As(err, &refusal) || refusal.Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestMessagesThatOutlookItselfSaved reads the files of a folder that is not part of the
// project: real ones name people.
func TestMessagesThatOutlookItselfSaved(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("FIELDPOST_MSG_SAMPLES"), "*.msg"))
	if os.Getenv("FIELDPOST_MSG_SAMPLES") == "" || len(files) == 0 {
		t.Skip("SKIP: no messages that Outlook saved are at hand (set FIELDPOST_MSG_SAMPLES)")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind, text, err := outlook.Convert(data, time.UTC)
		var refusal *capture.Refusal
		switch {
		case errors.As(err, &refusal):
		case err != nil:
			t.Errorf("%s: %v", filepath.Base(file), err)
		case kind == outlook.Mail:
			if m, err := mail.Read(strings.NewReader(string(text))); err != nil || strings.ContainsRune(m.Subject, '\uFFFD') {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		default:
			if _, err := calendar.Read(strings.NewReader(string(text)), calendar.Options{Zone: time.UTC, Now: time.Now()}); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add(offer().Write())
	f.Add(visit("IPM.Appointment").Write())
	f.Add([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		hangs := time.AfterFunc(10*time.Second, func() { panic("it hangs over this input") })
		defer hangs.Stop()
		kind, text, err := outlook.Convert(data, time.UTC)
		var refusal *capture.Refusal
		switch {
		case errors.As(err, &refusal):
		case err != nil:
			t.Fatalf("%v is no refusal", err)
		case kind == outlook.Mail:
			if _, err := mail.Read(strings.NewReader(string(text))); err != nil && !errors.As(err, &refusal) {
				t.Fatal(err)
			}
		}
	})
}
