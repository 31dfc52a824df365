package calendar_test

import (
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/calendar"
	"fieldpost/daemon/capture/corpustest"
)

func FuzzRead(f *testing.F) {
	f.Add(ics("REQUEST", weekly))
	f.Add(ics("CANCEL", weekly, "UID:jour-fixe\nRECURRENCE-ID:20261120T080000Z\nDTSTART:20261120T080000Z"))
	f.Add(ics("", "UID:1\nDTSTART;VALUE=DATE:20261117\nDURATION:P2D\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3\nRDATE;VALUE=PERIOD:20261121T080000Z/PT2H\nEXDATE:20261118"))
	f.Add(strings.Replace(ics("", "UID:1\nDTSTART;TZID=Z1:20261124T130000"), "BEGIN:VEVENT", strings.ReplaceAll(ownZone, "%s", "Z1")+"BEGIN:VEVENT", 1))
	f.Add("BEGIN:VEVENT\nDTSTART:20261124T130000Z\nATTENDEE;CN=\"A:mailto:a@b.test\nEND:VEVENT")
	for _, text := range corpustest.Seeds(f, "ics") {
		f.Add(text)
	}
	o := options(f)
	f.Fuzz(func(t *testing.T, text string) {
		hangs := time.AfterFunc(10*time.Second, func() { panic("it hangs over this input") })
		drafts, err := calendar.Read(strings.NewReader(text), o)
		hangs.Stop()
		if err != nil {
			if _, ok := capture.AsRefusal(err); !ok {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if len(drafts) == 0 {
			t.Fatal("neither drafts nor a reason")
		}
		for _, d := range drafts {
			capture.Fit(&d, o.Now)
			if d.Activity.Cancelled {
				continue
			}
			if err := d.Activity.Validate(); err != nil {
				t.Fatalf("a meeting that cannot be taken: %v: %+v", err, d.Activity)
			}
		}
	})
}
