package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// invitation is one version of a visit, as a calendar sends it.
type invitation struct {
	method, summary, start string
	sequence               int
}

func (i invitation) write(t *testing.T) string {
	t.Helper()
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:" + i.method + "\r\nBEGIN:VEVENT\r\nUID:visit-1\r\n" +
		fmt.Sprintf("SEQUENCE:%d\r\n", i.sequence) + "DTSTAMP:20261120T080000Z\r\nDTSTART:" + i.start + "\r\nDURATION:PT1H\r\nSUMMARY:" + i.summary +
		"\r\nATTENDEE;CN=Ana:mailto:ana@kunde.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	file := filepath.Join(t.TempDir(), "invite.ics")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var (
	asked   = invitation{"REQUEST", "Visit", "20261120T090000Z", 0}
	movedTo = invitation{"REQUEST", "Visit in Lyon", "20261120T100000Z", 1}
	off     = invitation{"CANCEL", "Visit in Lyon", "20261120T100000Z", 2}
)

func TestAMeetingThatIsMovedAndCancelledStaysOneEvent(t *testing.T) {
	l := atWork(t)
	l.run("capture", "file", asked.write(t))
	l.eventually("the event", func() bool { return l.status().Outbox.Delivered == 1 })
	event := func() map[string]any {
		all := l.org.Records("Event")
		if len(all) != 1 {
			t.Fatalf("%d events", len(all))
		}
		return all[0]
	}
	first := event()["Id"]
	l.run("capture", "file", movedTo.write(t))
	l.eventually("the move", func() bool { return event()["Subject"] == "Visit in Lyon" })
	if got := fmt.Sprint(event()["StartDateTime"]); !strings.HasPrefix(got, "2026-11-20T10:00:00") {
		t.Errorf("it starts at %s", got)
	}
	l.run("capture", "file", asked.write(t)) // an older one changes nothing
	l.run("capture", "file", off.write(t))
	l.eventually("the mark", func() bool { return event()["Subject"] == "Cancelled: Visit in Lyon" })
	if event()["Id"] != first {
		t.Error("it is another record")
	}
	if n := l.status().Outbox.Captured; n != 1 {
		t.Errorf("%d items", n)
	}
}

func TestACancelledMeetingIsDeletedWhereTheSettingSaysSo(t *testing.T) {
	l := atWork(t)
	l.run("config", "set", "meeting.on_cancel", "delete")
	l.run("capture", "file", asked.write(t))
	l.eventually("the event", func() bool { return len(l.org.Records("Event")) == 1 })
	l.eventually("its mark", func() bool { return l.status().Outbox.Delivered == 1 })
	l.run("capture", "file", off.write(t))
	l.eventually("no event", func() bool { return len(l.org.Records("Event")) == 0 })
	l.eventually("the bin", func() bool { return l.status().Outbox.Discarded == 1 })
}

func TestAMeetingCancelledBeforeItWasSentIsNeverSent(t *testing.T) {
	l := atWork(t)
	l.goAway()
	l.run("capture", "file", asked.write(t))
	l.run("capture", "file", movedTo.write(t))
	var list struct{ Items []apitype.Item }
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	items := list.Items
	if len(items) != 1 || items[0].Activity.Subject != "Visit in Lyon" || items[0].State != outbox.Waiting {
		t.Fatalf("%+v", items)
	}
	l.run("capture", "file", off.write(t))
	if out := l.run("outbox", "show", items[0].ID); !strings.Contains(out, "cancelled it before it was sent") {
		t.Errorf("%s", out)
	}
	l.comeBack()
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	l.delivered(id)
	if n := len(l.org.Records("Event")); n != 0 {
		t.Errorf("%d events", n)
	}
}
