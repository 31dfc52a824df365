package inbox_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/file"
	"fieldpost/daemon/capture/inbox"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// BenchmarkTwoThousandFiles captures 1,000 mails and 1,000 invitations that lie in the
// folder: read, resolved into activities, made durable in a real outbox and moved to Done.
// Beside files/s it tells by how much the heap grew meanwhile, at most.
func BenchmarkTwoThousandFiles(b *testing.B) {
	files := typicalFiles(1000)
	var peak uint64
	for b.Loop() {
		b.StopTimer()
		f := newBenchFolder(b, files)
		stop := watchHeap(&peak)
		b.StartTimer()
		f.inbox.Pass(context.Background())
		b.StopTimer()
		stop()
		f.end(len(files))
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*len(files))/b.Elapsed().Seconds(), "files/s")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-heap-growth")
}

// typicalFiles are n mails, as programs send them with both forms of the text, an earlier
// mail below and a brochure of 30 KiB, and n invitations, as Outlook writes them.
func typicalFiles(n int) map[string]string {
	files := map[string]string{}
	brochure := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("%PDF brochure ", 30<<10/14)))
	lines := strings.Builder{}
	for at := 0; at < len(brochure); at += 76 {
		lines.WriteString(brochure[at:min(at+76, len(brochure))] + "\n")
	}
	text := strings.Repeat("Here is the offer that we spoke about, with the prices of the third quarter.\n", 20)
	for i := range n {
		files[fmt.Sprintf("offer %d.eml", i)] = fmt.Sprintf(`From: Ana Ruiz <ana.ruiz@acme.test>
To: "Dupont, Jean" <j.dupont%d@novamed.test>
Cc: Urs Keller <urs@keller.test>
Subject: =?utf-8?q?Offre_T3_=C3=A0_jour?= %d
Date: Fri, 20 Nov 2026 16:40:12 +0100
Message-ID: <offer-%d@acme.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

%s
https://acme.showpad.biz/share/abc%d

On Thu, 19 Nov 2026 at 09:12, Jean Dupont wrote:
> %s
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><body><p style=3D"margin:0">%s</p></body></html>
--inner--
--outer
Content-Type: application/pdf; name=brochure.pdf
Content-Disposition: attachment; filename=brochure.pdf
Content-Transfer-Encoding: base64

%s
--outer--
`, i, i, i, text, i, text, text, lines.String())
		files[fmt.Sprintf("visit %d.ics", i)] = strings.ReplaceAll(fmt.Sprintf(`BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:040000008200E00074C5B7101A82E008%08d
SEQUENCE:0
DTSTAMP:20261119T090000Z
DTSTART;TZID="Romance Standard Time":20261120T140000
DTEND;TZID="Romance Standard Time":20261120T150000
SUMMARY:Visit %d
DESCRIPTION:%s
ORGANIZER;CN="Ana Ruiz":mailto:ana.ruiz@acme.test
ATTENDEE;CN="Jean Dupont";ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:j.dupont%d@novamed.test
ATTENDEE;CN="Urs Keller";ROLE=OPT-PARTICIPANT:mailto:urs@keller.test
LOCATION:Lyon
END:VEVENT
END:VCALENDAR
`, i, i, strings.ReplaceAll(text, "\n", `\n`), i), "\n", "\r\n")
	}
	return files
}

type benchFolder struct {
	b     *testing.B
	home  string
	box   *outbox.Store
	inbox *inbox.Inbox
}

func newBenchFolder(b *testing.B, files map[string]string) *benchFolder {
	b.Helper()
	f := &benchFolder{b: b, home: b.TempDir()}
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	written := time.Now().Add(-time.Minute)
	must(os.MkdirAll(filepath.Join(f.home, "Inbox"), 0o700))
	for name, content := range files {
		path := filepath.Join(f.home, "Inbox", name)
		must(os.WriteFile(path, []byte(content), 0o600))
		must(os.Chtimes(path, written, written))
	}
	rep, err := age.GenerateX25519Identity()
	must(err)
	f.box, err = outbox.Open(filepath.Join(f.home, "outbox.db"), outbox.Options{
		Recipients: []age.Recipient{rep.Recipient()}, Identity: rep, Now: time.Now,
	})
	must(err)
	in := func() *words.Printer { return words.In("en") }
	never := func() bool { return false }
	f.inbox = inbox.New(inbox.Config{
		Dir: filepath.Join(f.home, "Inbox"), Tally: filepath.Join(f.home, "inbox.json"), Keep: func() time.Duration { return time.Hour },
		Reader: &file.Reader{
			Own: func() capture.Own { return capture.Own{"ana.ruiz@acme.test"} }, Zone: func() *time.Location { return time.UTC }, Now: time.Now,
			Origins: func() []string { return []string{"https://*.showpad.biz"} }, Words: in, CutHistory: never, CutSignature: never,
		},
		Door:  capture.NewIntake(f.box, func() capture.Privacy { return capture.Privacy{} }, nil, time.Now),
		Words: in, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	return f
}

// end holds that every file is captured and done.
func (f *benchFolder) end(files int) {
	f.b.Helper()
	counts, err := f.box.Counts()
	if err != nil || counts.Captured != files {
		f.b.Fatalf("%d of %d files are captured: %v", counts.Captured, files, err)
	}
	done, err := os.ReadDir(filepath.Join(f.home, "Done"))
	if err != nil || len(done) != files {
		f.b.Fatalf("%d of %d files are done: %v", len(done), files, err)
	}
	if err := f.box.Close(); err != nil {
		f.b.Fatal(err)
	}
	if err := os.RemoveAll(f.home); err != nil {
		f.b.Fatal(err)
	}
}

// watchHeap keeps the most by which the heap grows until it is stopped.
func watchHeap(growth *uint64) (stop func()) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var ended atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !ended.Load() {
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc {
				*growth = max(*growth, now.HeapAlloc-before.HeapAlloc)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return func() { ended.Store(true); <-done }
}
