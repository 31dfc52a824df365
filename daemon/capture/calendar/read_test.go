package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/calendar"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// now is a Sunday, 09:00 in Paris.
func options(t testing.TB) calendar.Options {
	t.Helper()
	paris := zone(t, "Europe/Paris")
	return calendar.Options{
		Own:  capture.Own{"ana@acme.test"},
		Zone: paris, Now: time.Date(2026, 11, 22, 9, 0, 0, 0, paris), Untitled: "untitled",
	}
}

// ics writes a calendar of events, each given by its lines.
func ics(method string, events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	if method != "" {
		b.WriteString("METHOD:" + method + "\r\n")
	}
	for _, event := range events {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(strings.TrimSpace(event), "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	return b.String() + "END:VCALENDAR\r\n"
}

func read(t *testing.T, text string) []outbox.Draft {
	t.Helper()
	drafts, err := calendar.Read(strings.NewReader(text), options(t))
	if err != nil {
		t.Fatal(err)
	}
	return drafts
}

// refused gives the code with which a text is refused.
func refused(t *testing.T, text string) string {
	t.Helper()
	drafts, err := calendar.Read(strings.NewReader(text), options(t))
	refusal, ok := capture.AsRefusal(err)
	if !ok {
		t.Fatalf("not refused: %+v, %v", drafts, err)
	}
	return refusal.Code
}

// times writes each draft as "START END", cancelled ones with a sign before.
func times(drafts []outbox.Draft) []string {
	var all []string
	for _, d := range drafts {
		sign := ""
		if d.Activity.Cancelled {
			sign = "cancelled "
		}
		all = append(all, fmt.Sprintf("%s%s %s", sign, d.Activity.Start, d.Activity.End))
	}
	return all
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnInvitationIsReadWhole(t *testing.T) {
	got := read(t, ics("REQUEST", `UID:keller-1
SEQUENCE:2
DTSTAMP:20261101T080000Z
DTSTART;TZID=Europe/Zurich:20261124T140000
DTEND;TZID=Europe/Zurich:20261124T153000
SUMMARY:Keller AG\, Jahresgespräch
LOCATION:Zürich\nSaal 3
DESCRIPTION:Agenda:\n1. Preise\n2. Menge
ORGANIZER;CN="Keller, Urs":mailto:urs@keller.test
ATTENDEE;CN=Ana Ruiz:mailto:ANA@acme.test
ATTENDEE;CN=bea@keller.test:MAILTO:bea@keller.test
ATTENDEE;CUTYPE=ROOM;CN=Saal 3:mailto:saal3@keller.test
ATTENDEE;CN=Urs:mailto:urs@keller.test`))
	want := activity.Activity{
		Kind: activity.Meeting, Subject: "Keller AG, Jahresgespräch", Location: "Zürich Saal 3", Notes: "Agenda:\n1. Preise\n2. Menge",
		Start: "2026-11-24T14:00:00+01:00", End: "2026-11-24T15:30:00+01:00", TimeZone: "Europe/Zurich",
		People: []activity.Person{{Email: "bea@keller.test"}, {Email: "urs@keller.test", Name: "Urs"}},
		UID:    "keller-1", Sequence: 2,
	}
	got[0].Activity.Key = ""
	same(t, want, got[0].Activity)
}

func TestTimesAreReadInTheZoneThatTheyAreWrittenIn(t *testing.T) {
	cases := map[string]struct{ lines, want string }{
		"UTC":                     {"DTSTART:20261124T130000Z\nDTEND:20261124T140000Z", "2026-11-24T13:00:00Z 2026-11-24T14:00:00Z"},
		"floating is the rep's":   {"DTSTART:20261124T140000\nDTEND:20261124T150000", "2026-11-24T14:00:00+01:00 2026-11-24T15:00:00+01:00"},
		"IANA":                    {"DTSTART;TZID=America/New_York:20261124T140000\nDURATION:PT1H", "2026-11-24T14:00:00-05:00 2026-11-24T15:00:00-05:00"},
		"Windows":                 {"DTSTART;TZID=Romance Standard Time:20260624T140000\nDURATION:PT30M", "2026-06-24T14:00:00+02:00 2026-06-24T14:30:00+02:00"},
		"Windows, numbered":       {"DTSTART;TZID=Eastern Standard Time 1:20261124T140000\nDURATION:PT1H", "2026-11-24T14:00:00-05:00 2026-11-24T15:00:00-05:00"},
		"Windows, as shown":       {`DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna":20261124T140000` + "\nDURATION:PT1H", "2026-11-24T14:00:00+01:00 2026-11-24T15:00:00+01:00"},
		"Windows, as shown once":  {`DTSTART;TZID="(GMT+01.00) Sarajevo/Warsaw/Zagreb":20261124T140000` + "\nDURATION:PT1H", "2026-11-24T14:00:00+01:00 2026-11-24T15:00:00+01:00"},
		"with a vendor's path":    {"DTSTART;TZID=/mozilla.org/20070129_1/Europe/Berlin:20261124T140000\nDURATION:PT1H", "2026-11-24T14:00:00+01:00 2026-11-24T15:00:00+01:00"},
		"Lotus Notes":             {`DTSTART;TZID="Western/Central Europe":20261124T140000` + "\nDURATION:PT1H", "2026-11-24T14:00:00+01:00 2026-11-24T15:00:00+01:00"},
		"a time the clock skips":  {"DTSTART;TZID=Europe/Paris:20260329T023000\nDURATION:PT1H", "2026-03-29T03:30:00+02:00 2026-03-29T04:30:00+02:00"},
		"a time that comes twice": {"DTSTART;TZID=Europe/Paris:20261025T023000\nDURATION:PT1H", "2026-10-25T02:30:00+02:00 2026-10-25T03:30:00+02:00"},
		"days over a change":      {"DTSTART;TZID=Europe/Paris:20261024T120000\nDURATION:P1D", "2026-10-24T12:00:00+02:00 2026-10-25T12:00:00+01:00"},
		"hours over a change":     {"DTSTART;TZID=Europe/Paris:20261024T120000\nDURATION:PT24H", "2026-10-24T12:00:00+02:00 2026-10-25T12:00:00+02:00"},
		"weeks":                   {"DTSTART:20261124T130000Z\nDURATION:P1W", "2026-11-24T13:00:00Z 2026-12-01T13:00:00Z"},
		"no end at all":           {"DTSTART:20261124T130000Z", "2026-11-24T13:00:00Z 2026-11-24T13:00:00Z"},
		"an end in another zone":  {"DTSTART;TZID=Europe/Paris:20261124T140000\nDTEND;TZID=America/New_York:20261124T100000", "2026-11-24T14:00:00+01:00 2026-11-24T10:00:00-05:00"},
		"a day":                   {"DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125", "2026-11-24 2026-11-24"},
		"several days":            {"DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261128", "2026-11-24 2026-11-27"},
		"a day without an end":    {"DTSTART;VALUE=DATE:20261124", "2026-11-24 2026-11-24"},
		"a day by duration":       {"DTSTART;VALUE=DATE:20261124\nDURATION:P2D", "2026-11-24 2026-11-25"},
		"an end before the start": {"DTSTART:20261124T130000Z\nDTEND:20261124T120000Z", "2026-11-24T13:00:00Z 2026-11-24T13:00:00Z"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			same(t, []string{c.want}, times(read(t, ics("", "UID:1\nSUMMARY:s\n"+c.lines))))
		})
	}
}

const ownZone = `BEGIN:VTIMEZONE
TZID:%s
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
`

func TestTheCalendarsOwnZoneComesFirst(t *testing.T) {
	cases := map[string]string{
		"20260624T140000": "2026-06-24T14:00:00+02:00",
		"20261124T140000": "2026-11-24T14:00:00+01:00",
		"20260329T023000": "2026-03-29T02:30:00+01:00", // skipped: as before the gap
		"20261025T023000": "2026-10-25T02:30:00+02:00", // twice: the first
		"20261025T030000": "2026-10-25T03:00:00+01:00",
	}
	for _, id := range []string{"Customized Time Zone", "America/New_York"} {
		for start, want := range cases {
			text := strings.Replace(ics("", "UID:1\nSUMMARY:s\nDTSTART;TZID="+id+":"+start), "BEGIN:VEVENT", fmt.Sprintf(ownZone, id)+"BEGIN:VEVENT", 1)
			if got := read(t, text)[0].Activity.Start; string(got) != want {
				t.Errorf("%s at %s is %s, want %s", id, start, got, want)
			}
		}
	}
}

// The rules of New York: those until 2006, whose end is written in UTC, and those since.
const newYork = `BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:DAYLIGHT
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:16011031T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
`

// The rules of Istanbul, which stayed in summer.
const istanbul = `BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:DAYLIGHT
DTSTART:20070325T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20160327T010000Z
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071028T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20151025T010000Z
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
`

func TestTheRulesOfAZoneHoldForEachYearInWhateverOrder(t *testing.T) {
	t.Run("New York", func(t *testing.T) {
		followsRules(t, newYork, zone(t, "America/New_York"), 1990, "0115", "0310", "0312", "0403", "0701", "1028", "1101", "1108", "1231")
	})
	t.Run("Istanbul", func(t *testing.T) {
		followsRules(t, istanbul, zone(t, "Europe/Istanbul"), 2008, "0115", "0701", "1231")
	})
}

// followsRules holds what a zone of a calendar says of days of many years against tzdata.
func followsRules(t *testing.T, rules string, there *time.Location, since int, dates ...string) {
	t.Helper()
	var days []time.Time
	for year := since; year <= 2099; year++ {
		for _, day := range dates {
			at, err := time.ParseInLocation("20060102T150405", fmt.Sprintf("%d%sT120000", year, day), there)
			if err != nil {
				t.Fatal(err)
			}
			days = append(days, at)
		}
	}
	shuffled := slices.Clone(days)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	backwards := slices.Clone(days)
	slices.Reverse(backwards)
	for name, days := range map[string][]time.Time{"forwards": days, "backwards": backwards, "shuffled": shuffled} {
		for part := range slices.Chunk(days, 400) {
			var events []string
			for i, at := range part {
				events = append(events, fmt.Sprintf("UID:%d\nSUMMARY:s\nDTSTART;TZID=Customized Time Zone:%s", i, at.Format("20060102T150405")))
			}
			text := strings.Replace(ics("", events...), "BEGIN:VEVENT", rules+"BEGIN:VEVENT", 1)
			for i, draft := range read(t, text) {
				if want := part[i].Format(time.RFC3339); string(draft.Activity.Start) != want {
					t.Errorf("%s: %s, want %s", name, draft.Activity.Start, want)
				}
			}
		}
	}
}

func TestAZoneThatNobodyDefinesIsRefusedAndNeverGuessed(t *testing.T) {
	for _, id := range []string{"Customized Time Zone", "Mars/Olympus", `"(UTC+01:00) Nowhere"`, `"(UTC+01:00) Paris, Tokyo"`, "Local", "../../etc/passwd", "W. Europe Standard Tim"} {
		if code := refused(t, ics("", "UID:1\nSUMMARY:s\nDTSTART;TZID="+id+":20261124T140000")); code != capture.UnknownZone {
			t.Errorf("%s is refused as %s", id, code)
		}
	}
}

func TestWhatSaysNothingOfAMeetingIsRefusedByItsReason(t *testing.T) {
	todo := "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR\n"
	meeting := "UID:1\nSUMMARY:s\nDTSTART:20261124T130000Z"
	cases := map[string]struct{ text, want string }{
		"a task":               {todo, capture.NothingToLog},
		"an answer":            {ics("REPLY", meeting), capture.NothingToLog},
		"a proposal":           {ics("COUNTER", meeting), capture.NothingToLog},
		"nothing inside":       {ics("PUBLISH"), capture.NothingToLog},
		"no calendar":          {"hello\n", capture.NotCalendar},
		"half a calendar":      {strings.TrimSuffix(ics("", meeting), "END:VCALENDAR\r\n"), capture.NotCalendar},
		"no start":             {ics("", "UID:1\nSUMMARY:s"), capture.NoTime},
		"a start that is none": {ics("", "UID:1\nDTSTART:soon"), capture.NoTime},
		"the year 0":           {ics("", "UID:1\nDTSTART:00000101T100000Z\nRRULE:FREQ=YEARLY;BYDAY=1SA"), capture.NoTime},
		"long ago":             {ics("", "UID:1\nDTSTART:19850101T100000Z"), activity.CodeOutOfRange},
		"private":              {ics("", meeting+"\nCLASS:PRIVATE"), capture.PrivateItem},
		"hourly":               {ics("", meeting+"\nRRULE:FREQ=HOURLY;BYHOUR=3;INTERVAL=24"), capture.UnreadableRule},
		"by the second":        {ics("", meeting+"\nRRULE:FREQ=SECONDLY"), capture.UnreadableRule},
		"a rule that is none":  {ics("", meeting+"\nRRULE:FREQ=SOMETIMES"), capture.UnreadableRule},
		"a series to come":     {ics("", "UID:1\nSUMMARY:s\nDTSTART:20270104T130000Z\nRRULE:FREQ=WEEKLY"), capture.NotYetTaken},
		"a series long over":   {ics("", "UID:1\nSUMMARY:s\nDTSTART:20200104T130000Z\nRRULE:FREQ=WEEKLY;COUNT=5"), capture.NotYetTaken},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { same(t, c.want, refused(t, c.text)) })
	}
}

func TestWhatIsLeftOutOfACalendarIsCounted(t *testing.T) {
	good := "UID:1\nSUMMARY:s\nDTSTART:20261124T130000Z"
	got := read(t, ics("", good, "UID:2\nCLASS:PRIVATE\nDTSTART:20261124T130000Z", "UID:3\nSUMMARY:no time", "UID:4\nDTSTART;TZID=Mars:20261124T130000"))
	var notes []string
	for _, note := range got[0].Notes {
		notes = append(notes, note.Code+" "+note.Args["n"])
	}
	same(t, []string{capture.NoteExcluded + " 1", capture.NoteSkipped + " 2"}, notes)
}

func TestTheHighestSequenceWinsThenTheLatestStamp(t *testing.T) {
	version := func(sequence int, stamp, summary string) string {
		return fmt.Sprintf("UID:1\nSEQUENCE:%d\nDTSTAMP:%s\nSUMMARY:%s\nDTSTART:20261124T130000Z", sequence, stamp, summary)
	}
	got := read(t, ics("", version(1, "20261103T000000Z", "old"), version(2, "20261102T000000Z", "newest"), version(2, "20261101T000000Z", "older")))
	if len(got) != 1 || got[0].Activity.Subject != "newest" {
		t.Errorf("got %+v", got)
	}
}

func TestTheKeyIsUIDAndInstanceAndSequence(t *testing.T) {
	key := func(lines string) string {
		return read(t, ics("", "SUMMARY:s\nDTSTART:20261124T130000Z\n"+lines))[0].Activity.Key
	}
	first := key("UID:1\nSEQUENCE:1\nDTSTAMP:20261101T000000Z")
	if again := key("UID:1\nSEQUENCE:1\nDTSTAMP:20261105T000000Z\nLOCATION:elsewhere"); again != first {
		t.Error("the same version is another activity")
	}
	for name, lines := range map[string]string{
		"another sequence": "UID:1\nSEQUENCE:2", "another UID": "UID:2\nSEQUENCE:1",
		"an instance": "UID:1\nSEQUENCE:1\nRECURRENCE-ID:20261124T130000Z", "the cancellation": "UID:1\nSEQUENCE:1\nSTATUS:CANCELLED",
	} {
		if key(lines) == first {
			t.Errorf("%s has the same key", name)
		}
	}
	if a, b := key("UID:1\nRECURRENCE-ID:20261124T130000Z"), key("UID:1\nRECURRENCE-ID;TZID=Europe/Paris:20261124T140000"); a != b {
		t.Error("one instance written in two zones has two keys")
	}
}

func TestACancellationWithdrawsWhatItNames(t *testing.T) {
	whole := read(t, ics("CANCEL", "UID:1\nSEQUENCE:3\nDTSTAMP:20261101T000000Z"))
	if a := whole[0].Activity; !a.Cancelled || a.UID != "1" || a.Recurrence != "" || a.Sequence != 3 {
		t.Errorf("got %+v", a)
	}
	one := read(t, ics("CANCEL", "UID:1\nSEQUENCE:3\nRECURRENCE-ID:20261120T130000Z"))
	if a := one[0].Activity; !a.Cancelled || a.Recurrence != "2026-11-20T13:00:00Z" {
		t.Errorf("got %+v", a)
	}
}

func TestABrokenLineCostsThatLineAlone(t *testing.T) {
	got := read(t, " \r\n\ufeff"+ics("request", "UID:1\nsummary:Small letters\nDTSTART;VALUE=DATE-TIME:20261124T130000Z\nthis is no line\nATTENDEE;CN=\"No end:mailto:x@y.test\nX-LONG;A=1;;B:v"))
	if a := got[0].Activity; a.Subject != "Small letters" {
		t.Errorf("got %+v", a)
	}
}

func TestAMachineWhoseZoneHasNoNameReadsAllDayAndFloatingMeetings(t *testing.T) {
	for name, lines := range map[string]string{
		"all day":  "UID:1\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261122\nDTEND;VALUE=DATE:20261124",
		"floating": "UID:2\nSUMMARY:Visit\nDTSTART:20261122T140000\nDTEND:20261122T150000",
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Zone = time.FixedZone("Local", 3600) // as time.Local calls itself where the system names no zone
			drafts, err := calendar.Read(strings.NewReader(ics("REQUEST", lines)), o)
			if err != nil {
				t.Fatal(err)
			}
			a := drafts[0].Activity
			if err := a.Validate(); err != nil || a.TimeZone != "" {
				t.Errorf("%+v: %v", a, err)
			}
		})
	}
}
