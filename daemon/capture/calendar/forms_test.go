package calendar_test

import (
	"strings"
	"testing"

	"fieldpost/outbox/activity"
)

// Invitations in the form of the programs that reps use; they are ours, made after those.

const fromGoogle = `BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
DTSTART:20261120T130000Z
DTEND:20261120T133000Z
DTSTAMP:20261118T091512Z
ORGANIZER;CN=Urs Keller:mailto:urs@keller.test
UID:3kq0t5u1@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=ana@acme.test;X-NUM-GUESTS=0:mailto:ana@acme.test
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE
 ;CN=Urs Keller;X-NUM-GUESTS=0:mailto:urs@keller.test
X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij
X-MICROSOFT-CDO-OWNERAPPTID:1208812
CREATED:20261118T091510Z
DESCRIPTION:Prices\n\n-::~:~::~:~\nJoin with Google Meet: https://meet.googl
 e.com/abc-defg-hij\n-::~:~::~:~
LAST-MODIFIED:20261118T091511Z
LOCATION:
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Keller: prices
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
`

const fromOutlook = `BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:REQUEST
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VEVENT
ATTENDEE;CN="'Urs Keller'";RSVP=TRUE:mailto:urs@keller.test
CLASS:PUBLIC
CREATED:20261118T091510Z
DESCRIPTION: \n
DTEND;TZID="W. Europe Standard Time":20261120T143000
DTSTAMP:20261118T091510Z
DTSTART;TZID="W. Europe Standard Time":20261120T140000
LAST-MODIFIED:20261118T091510Z
LOCATION:Lyon
ORGANIZER;CN="Ana Ruiz":mailto:ana@acme.test
PRIORITY:5
SEQUENCE:0
SUMMARY;LANGUAGE=fr:Keller: prices
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E00800000000B0
X-ALT-DESC;FMTTYPE=text/html:<html><body><p>x</p></body></html>
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MS-OLK-CONFTYPE:0
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
`

const fromTeams = `BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN=Ana Ruiz:mailto:ana@acme.test
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=urs@keller
 .test:mailto:urs@keller.test
DESCRIPTION;LANGUAGE=en-US:Prices\n_________________________________________
 _______________________________________\nMicrosoft Teams\nJoin: https://tea
 ms.microsoft.com/l/meetup-join/19%3ameeting\n
UID:040000008200E00074C5B7101A82E00800000000C1
SUMMARY;LANGUAGE=en-US:Keller: prices
DTSTART;TZID=W. Europe Standard Time:20261120T140000
DTEND;TZID=W. Europe Standard Time:20261120T143000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20261118T091510Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
LOCATION;LANGUAGE=en-US:Microsoft Teams Meeting
X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/
 19%3ameeting
X-MICROSOFT-ONLINEMEETINGCONFLINK:
BEGIN:VALARM
DESCRIPTION:REMINDER
TRIGGER;RELATED=START:-PT15M
ACTION:DISPLAY
END:VALARM
END:VEVENT
END:VCALENDAR
`

const fromZoom = `BEGIN:VCALENDAR
PRODID:-//zoom.us//iCalendar Event//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
CLASS:PUBLIC
BEGIN:VTIMEZONE
TZID:Europe/Paris
LAST-MODIFIED:20240422T053450Z
TZURL:https://www.tzurl.org/zoneinfo-outlook/Europe/Paris
X-LIC-LOCATION:Europe/Paris
BEGIN:DAYLIGHT
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTAMP:20261118T091510Z
DTSTART;TZID=Europe/Paris:20261120T140000
DTEND;TZID=Europe/Paris:20261120T143000
SUMMARY:Keller: prices
UID:20261118T091510Z-85123456789@fe80:0:0:0:1cd2:6dff:fe4d:5a8bens5
TZID:Europe/Paris
DESCRIPTION:Ana Ruiz is inviting you to a scheduled Zoom meeting.\n\nJoin Zo
 om Meeting\nhttps://us02web.zoom.us/j/85123456789\n
LOCATION:https://us02web.zoom.us/j/85123456789
BEGIN:VALARM
TRIGGER:-PT10M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
`

const fromThunderbird = `BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Paris
X-TZINFO:Europe/Paris[2026a]
BEGIN:STANDARD
TZOFFSETTO:+010000
TZOFFSETFROM:+020000
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETTO:+020000
TZOFFSETFROM:+010000
TZNAME:CEST
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20261118T091510Z
LAST-MODIFIED:20261118T091510Z
DTSTAMP:20261118T091510Z
UID:b8c3a1f2-9a3c-4b1e-8d0f-0c6a3d1e2f40
SUMMARY:Keller: prices
ORGANIZER;RSVP=TRUE;CN=Ana Ruiz;PARTSTAT=ACCEPTED;ROLE=CHAIR:mailto:ana@acme.test
ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;CN=Urs Keller:mailto:urs@keller.test
X-MOZ-LASTACK:20261118T091510Z
DTSTART;TZID=Europe/Paris:20261120T140000
DTEND;TZID=Europe/Paris:20261120T143000
TRANSP:OPAQUE
X-MOZ-SEND-INVITATIONS:TRUE
X-MOZ-GENERATION:1
END:VEVENT
END:VCALENDAR
`

func TestTheFormsOfTheProgramsThatRepsUse(t *testing.T) {
	for name, c := range map[string]struct {
		text, start, end, location, notes string
		people                            []activity.Person
	}{
		"Google":      {fromGoogle, "2026-11-20T13:00:00Z", "2026-11-20T13:30:00Z", "", "Join with Google Meet: https://meet.google.com/abc-defg-hij", []activity.Person{{Email: "urs@keller.test", Name: "Urs Keller"}}},
		"Outlook":     {fromOutlook, "2026-11-20T14:00:00+01:00", "2026-11-20T14:30:00+01:00", "Lyon", "", []activity.Person{{Email: "urs@keller.test", Name: "Urs Keller"}}},
		"Teams":       {fromTeams, "2026-11-20T14:00:00+01:00", "2026-11-20T14:30:00+01:00", "Microsoft Teams Meeting", "https://teams.microsoft.com/l/meetup-join/19%3ameeting", []activity.Person{{Email: "urs@keller.test"}}},
		"Zoom":        {fromZoom, "2026-11-20T14:00:00+01:00", "2026-11-20T14:30:00+01:00", "https://us02web.zoom.us/j/85123456789", "scheduled Zoom meeting", nil},
		"Thunderbird": {fromThunderbird, "2026-11-20T14:00:00+01:00", "2026-11-20T14:30:00+01:00", "", "", []activity.Person{{Email: "urs@keller.test", Name: "Urs Keller"}}},
	} {
		t.Run(name, func(t *testing.T) {
			drafts := read(t, strings.ReplaceAll(c.text, "\n", "\r\n"))
			if len(drafts) != 1 {
				t.Fatalf("%d meetings", len(drafts))
			}
			a := drafts[0].Activity
			same(t, []any{"Keller: prices", c.start, c.end, c.location}, []any{a.Subject, string(a.Start), string(a.End), a.Location})
			same(t, c.people, a.People)
			if !strings.Contains(a.Notes, c.notes) || c.notes == "" && a.Notes != "" {
				t.Errorf("its notes are %q", a.Notes)
			}
		})
	}
}
