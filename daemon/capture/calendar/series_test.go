package calendar_test

import (
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/calendar"
)

// weekly is a series on Fridays at nine in Paris, from September on; "now" is
// Sunday 22 November 2026.
const weekly = "UID:jour-fixe\nSUMMARY:Jour fixe\nDTSTART;TZID=Europe/Paris:20260904T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=FR"

func starts(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	for _, d := range read(t, text) {
		start := string(d.Activity.Start)
		if d.Activity.Cancelled {
			start = "cancelled " + string(d.Activity.Recurrence)
		}
		all = append(all, start)
	}
	return all
}

func TestASeriesLogsWhatTookPlaceInTheLast90Days(t *testing.T) {
	got := starts(t, ics("", weekly))
	if len(got) != 12 {
		t.Fatalf("%d instances: %q", len(got), got)
	}
	same(t, "2026-09-04T09:00:00+02:00", got[0])
	same(t, "2026-10-23T09:00:00+02:00", got[7])
	same(t, "2026-10-30T09:00:00+01:00", got[8]) // nine stays nine when the clocks change
	same(t, "2026-11-20T09:00:00+01:00", got[11])
}

func TestTheWindowOfASeriesEndsWithWhatIsOver(t *testing.T) {
	daily := "UID:1\nSUMMARY:s\nDTSTART;TZID=Europe/Paris:20200101T083000\nDURATION:PT1H\nRRULE:FREQ=DAILY"
	got := starts(t, ics("", daily))
	same(t, "2026-11-21T08:30:00+01:00", got[len(got)-1]) // the one of today, 08:30 to 09:30, still runs at nine
	same(t, "2026-08-25T08:30:00+02:00", got[0])
	same(t, 89, len(got))
}

func TestDroppingASeriesAgainAddsTheNewerOnes(t *testing.T) {
	keys := map[string]bool{}
	o := options(t)
	for range 2 {
		drafts, err := calendar.Read(strings.NewReader(ics("", weekly)), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range drafts {
			keys[d.Activity.Key] = true
		}
		o.Now = o.Now.Add(14 * 24 * time.Hour)
	}
	same(t, 14, len(keys))
}

func TestExceptionsAndExtraDatesOfASeries(t *testing.T) {
	short := "UID:1\nSUMMARY:s\nDTSTART;TZID=Europe/Paris:20261116T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n"
	cases := map[string]struct {
		lines string
		want  []string
	}{
		"none":                    {"", []string{"16", "17", "18", "19", "20"}},
		"in the series' zone":     {"EXDATE;TZID=Europe/Paris:20261117T090000,20261118T090000", []string{"16", "19", "20"}},
		"in UTC":                  {"EXDATE:20261117T080000Z", []string{"16", "18", "19", "20"}},
		"as a day":                {"EXDATE;VALUE=DATE:20261117", []string{"16", "18", "19", "20"}},
		"empty":                   {"EXDATE:", []string{"16", "17", "18", "19", "20"}},
		"at another hour":         {"EXDATE;TZID=Europe/Paris:20261117T100000", []string{"16", "17", "18", "19", "20"}},
		"one more":                {"RDATE;TZID=Europe/Paris:20261121T090000", []string{"16", "17", "18", "19", "20", "21"}},
		"one more, as a period":   {"RDATE;VALUE=PERIOD:20261121T080000Z/PT2H", []string{"16", "17", "18", "19", "20", "21"}},
		"one that is there twice": {"RDATE;TZID=Europe/Paris:20261117T090000", []string{"16", "17", "18", "19", "20"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var days []string
			for _, start := range starts(t, ics("", short+c.lines)) {
				days = append(days, start[8:10])
			}
			same(t, c.want, days)
		})
	}
}

func TestTheEndOfARuleCountsInItsOwnWriting(t *testing.T) {
	for until, want := range map[string]int{
		"20261118T080000Z": 3, "20261118T075959Z": 2, "20261118T090000": 3, "20261118": 3, "20261117": 2, "20991231T000000Z": 6,
	} {
		got := starts(t, ics("", "UID:1\nSUMMARY:s\nDTSTART;TZID=Europe/Paris:20261116T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL="+until))
		if len(got) != want {
			t.Errorf("until %s: %q", until, got)
		}
	}
}

func TestAMovedInstanceTakesThePlaceOfItsOwn(t *testing.T) {
	moved := "UID:jour-fixe\nSUMMARY:Moved\nRECURRENCE-ID;TZID=Europe/Paris:20261120T090000\nDTSTART;TZID=Europe/Paris:20261121T110000\nDURATION:PT1H"
	for name, text := range map[string]string{"after its series": ics("", weekly, moved), "before it": ics("", moved, weekly)} {
		drafts := read(t, text)
		same(t, 12, len(drafts))
		found := false
		for _, d := range drafts {
			if d.Activity.Start == "2026-11-20T09:00:00+01:00" {
				t.Errorf("%s: the instance is there where it was moved from", name)
			}
			if d.Activity.Subject == "Moved" {
				found = d.Activity.Recurrence == "2026-11-20T09:00:00+01:00" && d.Activity.Start == "2026-11-21T11:00:00+01:00"
			}
		}
		if !found {
			t.Errorf("%s: the moved instance is not there", name)
		}
	}
}

func TestOneInstanceCancelledNeverCancelsTheSeries(t *testing.T) {
	cancelled := "UID:jour-fixe\nSTATUS:CANCELLED\nSUMMARY:Jour fixe\nRECURRENCE-ID;TZID=Europe/Paris:20261120T090000\nDTSTART;TZID=Europe/Paris:20261120T090000\nDURATION:PT1H"
	got := starts(t, ics("", weekly, cancelled))
	same(t, 12, len(got))
	n := 0
	for _, start := range got {
		if strings.HasPrefix(start, "cancelled") {
			n++
			same(t, "cancelled 2026-11-20T09:00:00+01:00", start)
		}
	}
	same(t, 1, n)
}

func TestACancelledSeriesIsWithdrawnAsOne(t *testing.T) {
	same(t, []string{"cancelled "}, starts(t, ics("CANCEL", weekly)))
}

func TestAnInstanceWithoutItsSeriesIsTakenAsItIs(t *testing.T) {
	got := read(t, ics("REQUEST", "UID:1\nSUMMARY:s\nRECURRENCE-ID:20270112T130000Z\nDTSTART:20270113T130000Z"))
	same(t, []string{"2027-01-13T13:00:00Z 2027-01-13T13:00:00Z"}, times(got))
}

func TestAnAllDaySeriesNamesItsInstancesByTheDay(t *testing.T) {
	series := "UID:1\nSUMMARY:s\nDTSTART;VALUE=DATE:20261117\nDTEND;VALUE=DATE:20261118\nRRULE:FREQ=DAILY;COUNT=4\n"
	same(t, []string{"2026-11-17 2026-11-17", "2026-11-18 2026-11-18", "2026-11-19 2026-11-19", "2026-11-20 2026-11-20"}, times(read(t, ics("", series))))
	for _, exception := range []string{"EXDATE;VALUE=DATE:20261118", "EXDATE;TZID=Europe/Paris:20261118T000000", "EXDATE:20261117T230000Z"} {
		if got := times(read(t, ics("", series+exception))); len(got) != 3 || got[1] != "2026-11-19 2026-11-19" {
			t.Errorf("%s: %q", exception, got)
		}
	}
}

func TestTheDayOfTodayIsNotOverYet(t *testing.T) {
	series := "UID:1\nSUMMARY:s\nDTSTART;VALUE=DATE:20261121\nRRULE:FREQ=DAILY;COUNT=4\n"
	same(t, []string{"2026-11-21 2026-11-21"}, times(read(t, ics("", series))))
}

func TestARuleThatNeverComesDueIsFollowedToItsEnd(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30":                   capture.NotYetTaken,
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30":                  capture.NotYetTaken,
		"FREQ=DAILY;INTERVAL=2147483647":                       capture.NotYetTaken,
		"FREQ=DAILY;BYSETPOS=300":                              capture.NotYetTaken,
		"FREQ=DAILY;BYHOUR=" + strings.Repeat("9,", 24) + "9":  capture.UnreadableRule,
		"FREQ=WEEKLY;BYHOUR=1,2,3,4,5,6,7;BYMINUTE=0,15,30,45": capture.UnreadableRule,
		"FREQ=DAILY;COUNT=2147483647;UNTIL=20000101T000000Z":   capture.NotYetTaken,
	} {
		text := ics("", "UID:1\nSUMMARY:s\nDTSTART:19900101T100000Z\nDURATION:PT1H\nRRULE:"+rule)
		if got := refused(t, text); got != want {
			t.Errorf("%s is refused as %s, want %s", rule, got, want)
		}
	}
}
