package crm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Marker is what every record carries as the last line of its Description, and
// what finds it again.
func Marker(id string) string { return "fieldpost:" + id }

// Record is what Salesforce is asked to hold.
type Record struct {
	Object string
	Fields map[string]any
	// Reasons tell for each field what shaped it.
	Reasons []Reason
	// Notes tell what the org's limits changed, for the item's history.
	Notes []outbox.Note
}

// Reason tells why a field says what it says, or why it is left out. Its sentence is
// reason.RULE in daemon/words.
type Reason struct {
	Field string
	Rule  string
	Args  outbox.Args
}

// Rules are the settings that shape a record.
type Rules struct {
	// Types lists, per channel, the Task Type values to look for, best first.
	Types map[activity.Channel][]string
	// MeetingTypes lists the Event Type values to look for.
	MeetingTypes []string
	// ShareFields and MeetingFields are constants for further fields.
	ShareFields, MeetingFields map[string]any
	// RelatedTo lists the objects that shares may be related to.
	RelatedTo []string
	// Multiple relates several contacts where the org has Shared Activities.
	Multiple bool
	// Own are the rep's own addresses: they never become people.
	Own []string
	// Words is the language of what fieldpost itself writes into a record.
	Words *words.Printer
	// Zone is the rep's time zone, the machine's for orgs that do not tell the rep's.
	Zone *time.Location
}

// Build makes the record of an activity. A *Refused error says why Salesforce is
// not asked at all; the item then needs attention.
func Build(item Item, facts *Facts, rules *Rules) (*Record, error) {
	record, err := Preview(item, facts, rules)
	if err != nil {
		return nil, err
	}
	return record, nil
}

// Preview is Build that gives the record as far as it can be made even where it is
// refused, to show what is wrong with it.
func Preview(item Item, facts *Facts, rules *Rules) (*Record, error) {
	b := &builder{item: item, facts: facts, rules: rules, fields: map[string]any{}}
	b.name = ObjectFor(item.Activity)
	b.object = *facts.object(b.name)
	refused := cmp.Or(b.writable(), b.relate())
	var err error
	if b.name == "Event" {
		err = b.event()
	} else {
		b.task()
	}
	if refused == nil {
		refused = err
	}
	return b.record(), refused
}

// writable refuses to send anything of an object that the rep may not create: with its
// fields hidden, an empty record would be all that is left to send.
func (b *builder) writable() error {
	if b.object.Writes("Subject") && b.object.Createable {
		return nil
	}
	return refuse("object_not_writable", outbox.Admin, outbox.Args{"object": b.facts.LabelOf(b.name)})
}

// ObjectFor is what an activity becomes: a Task or an Event.
func ObjectFor(a *activity.Activity) string {
	if a.Kind == activity.Meeting {
		return "Event"
	}
	return "Task"
}

// Item is an activity on its way to a record, its people looked up.
type Item struct {
	ID       string
	Activity *activity.Activity
	// CapturedAt stands in for a share's missing occurred_at.
	CapturedAt time.Time
	// People says for each of the activity's people who they are in Salesforce.
	People []Resolved
	// RelatedID is the id that the Related To has now, RelatedName what it is called, ""
	// where that is not known.
	RelatedID, RelatedName string
}

// Refused says that an activity cannot become a record as it is.
type Refused struct{ Problem outbox.Problem }

func (r *Refused) Error() string { return "crm: not sent: " + r.Problem.Code }

type builder struct {
	item    Item
	facts   *Facts
	rules   *Rules
	object  Object
	name    string
	fields  map[string]any
	reasons []Reason
	notes   []outbox.Note
	also    []string // people who are named, not related
	whatRef string   // a Related To that is named, not set
}

// set gives a field its value, and why.
func (b *builder) set(field string, value any, rule string, pairs ...string) {
	b.fields[field] = value
	b.because(field, rule, pairs...)
}

func (b *builder) because(field, rule string, pairs ...string) {
	b.reasons = append(b.reasons, Reason{Field: field, Rule: rule, Args: argsOf(pairs)})
}

func (b *builder) note(code string, pairs ...string) {
	b.notes = append(b.notes, outbox.Note{Code: code, Args: argsOf(pairs)})
}

func argsOf(pairs []string) outbox.Args {
	args := outbox.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return args
}

func (b *builder) task() {
	a := b.item.Activity
	b.subject(a)
	if status := b.facts.closedStatus(); status != "" {
		b.set("Status", status, "closed_status")
	}
	b.day()
	b.kind(b.rules.Types[a.Channel], "share.types")
	b.describe(a.Body, b.offered())
	b.finish(b.rules.ShareFields, "share.fields")
}

// subject never leaves a record nameless: a share may come as a bare link.
func (b *builder) subject(a *activity.Activity) {
	if s := strings.TrimSpace(a.Subject); s != "" {
		b.set("Subject", s, "subject")
		return
	}
	for _, c := range a.Content {
		if c.Title != "" {
			b.set("Subject", c.Title, "subject_from_title")
			return
		}
	}
	b.set("Subject", a.URL, "subject_from_link")
}

// day is the calendar day of a share for the rep: in the offset it was told
// with, or, where it was told in UTC, in the rep's zone (CONTRACT section 6).
func (b *builder) day() {
	occurred := b.item.Activity.OccurredAt
	at, err := occurred.Time()
	if err == nil && !occurred.IsUTC() {
		b.set("ActivityDate", at.Format(time.DateOnly), "day_as_told", "offset", at.Format("-07:00"))
		return
	}
	if err != nil {
		at = b.item.CapturedAt
	}
	zone := b.zone()
	b.set("ActivityDate", at.In(zone).Format(time.DateOnly), "day_in_zone", "zone", zone.String())
}

// zone is the rep's. Where the rules have it already it is not read from the disk again.
func (b *builder) zone() *time.Location {
	if known := b.rules.Zone; known != nil && known.String() == b.facts.TimeZone {
		return known
	}
	if zone, err := activity.Zone(b.facts.TimeZone); err == nil {
		return zone
	}
	return b.rules.Zone
}

// kind sets the Type to the first wanted value that the org has, in its own spelling.
func (b *builder) kind(wanted []string, setting string) {
	if value := b.object.Value("Type", wanted); value != "" {
		b.set("Type", value, "type", "setting", setting)
		return
	}
	if len(wanted) > 0 {
		b.because("Type", "type_missing", "setting", setting, "wanted", strings.Join(wanted, ", "))
	}
}

// offered lists the recipient's link and the titles of what was shared.
func (b *builder) offered() []string {
	a := b.item.Activity
	var lines []string
	if a.URL != "" {
		lines = append(lines, b.rules.Words.Text("record.view_as_recipient", "url", a.URL))
		b.because("Description", "link")
	}
	for _, c := range a.Content {
		if c.Title != "" {
			lines = append(lines, c.Title)
		} else {
			lines = append(lines, c.URL)
		}
	}
	return lines
}

func (b *builder) event() error {
	a := b.item.Activity
	b.set("Subject", a.Subject, "subject")
	if a.Cancelled {
		b.set("Subject", b.rules.Words.Text("record.cancelled", "subject", a.Subject), "cancelled")
	}
	if a.Location != "" {
		b.set("Location", a.Location, "location")
	}
	err := b.span()
	b.kind(b.rules.MeetingTypes, "meeting.type")
	b.describe(a.Notes, nil)
	b.finish(b.rules.MeetingFields, "meeting.fields")
	return err
}

// maxMeeting is the longest event that Salesforce takes (salesforce.md 3.2).
const maxMeeting = 14 * 24 * time.Hour

// span sets when a meeting was. All-day events are midnight UTC, the end being
// the last day (salesforce.md 3.3).
func (b *builder) span() error {
	a := b.item.Activity
	if a.AllDay {
		first, last, err := a.Days()
		if err != nil {
			return err
		}
		b.set("IsAllDayEvent", true, "all_day")
		b.set("StartDateTime", instant(first), "first_day")
		b.set("EndDateTime", instant(last), "last_day")
		return b.fits(last.AddDate(0, 0, 1).Sub(first))
	}
	start, err := a.Start.Time()
	if err != nil {
		return err
	}
	end, err := a.End.Time()
	if err != nil {
		return err
	}
	b.set("StartDateTime", instant(start), "start")
	b.set("EndDateTime", instant(end), "end")
	return b.fits(end.Sub(start))
}

func (b *builder) fits(length time.Duration) error {
	if length <= maxMeeting {
		return nil
	}
	return refuse("meeting_too_long", outbox.You, outbox.Args{"days": strconv.Itoa(int(maxMeeting.Hours() / 24))})
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// record gives what was made, its reasons in the order of the fields.
func (b *builder) record() *Record {
	slices.SortStableFunc(b.reasons, func(x, y Reason) int { return cmp.Compare(x.Field, y.Field) })
	return &Record{Object: b.name, Fields: b.fields, Reasons: b.reasons, Notes: b.notes}
}
