package crm

import (
	"maps"
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
	// Notes tell what the org's limits changed, for the item's history.
	Notes []outbox.Note
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
	// Zone is the machine's time zone, for orgs that do not tell the rep's.
	Zone *time.Location
}

// Build makes the record of an activity. A *Refused error says why Salesforce is
// not asked at all; the item then needs attention.
func Build(item Item, facts *Facts, rules *Rules) (*Record, error) {
	b := &builder{item: item, facts: facts, rules: rules, fields: map[string]any{}}
	if err := b.relate(); err != nil {
		return nil, err
	}
	if item.Activity.Kind == activity.Meeting {
		return b.event()
	}
	return b.task()
}

// Item is an activity on its way to a record, its people looked up.
type Item struct {
	ID       string
	Activity *activity.Activity
	// CapturedAt stands in for a share's missing occurred_at.
	CapturedAt time.Time
	// People says for each of the activity's people who they are in Salesforce.
	People []Resolved
	// RelatedName is what the Related To is called, "" where it is not known.
	RelatedName string
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
	notes   []outbox.Note
	also    []string // people who are named, not related
	whatRef string   // a Related To that is named, not set
}

func (b *builder) task() (*Record, error) {
	a := b.item.Activity
	b.object, b.name = b.facts.Task, "Task"
	b.fields["Subject"] = subjectOf(a)
	if status := b.facts.closedStatus(); status != "" {
		b.fields["Status"] = status
	}
	b.fields["ActivityDate"] = b.day().Format(time.DateOnly)
	if value := b.object.Value("Type", b.rules.Types[a.Channel]); value != "" {
		b.fields["Type"] = value
	}
	b.fields["Description"] = b.description(a.Body, b.offered())
	return b.finish(b.rules.ShareFields), nil
}

// subjectOf never leaves a record nameless: a share may come as a bare link.
func subjectOf(a *activity.Activity) string {
	if s := strings.TrimSpace(a.Subject); s != "" {
		return s
	}
	for _, c := range a.Content {
		if c.Title != "" {
			return c.Title
		}
	}
	return a.URL
}

// day is the calendar day of a share for the rep: in the offset it was told
// with, or, where it was told in UTC, in the rep's zone (CONTRACT section 6).
func (b *builder) day() time.Time {
	occurred := b.item.Activity.OccurredAt
	t, err := occurred.Time()
	if err != nil {
		return b.item.CapturedAt.In(b.zone())
	}
	if occurred.IsUTC() {
		return t.In(b.zone())
	}
	return t
}

func (b *builder) zone() *time.Location {
	if zone, err := activity.Zone(b.facts.TimeZone); err == nil {
		return zone
	}
	return b.rules.Zone
}

// offered lists the recipient's link and the titles of what was shared.
func (b *builder) offered() []string {
	a := b.item.Activity
	var lines []string
	if a.URL != "" {
		lines = append(lines, b.rules.Words.Text("record.view_as_recipient", "url", a.URL))
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

func (b *builder) event() (*Record, error) {
	a := b.item.Activity
	b.object, b.name = b.facts.Event, "Event"
	b.fields["Subject"] = a.Subject
	if a.Cancelled {
		b.fields["Subject"] = b.rules.Words.Text("record.cancelled", "subject", a.Subject)
	}
	if a.Location != "" {
		b.fields["Location"] = a.Location
	}
	if err := b.span(); err != nil {
		return nil, err
	}
	if value := b.object.Value("Type", b.rules.MeetingTypes); value != "" {
		b.fields["Type"] = value
	}
	b.fields["Description"] = b.description(a.Notes, nil)
	return b.finish(b.rules.MeetingFields), nil
}

// span sets when a meeting was. All-day events are midnight UTC, the end being
// the last day (salesforce.md 3.3).
func (b *builder) span() error {
	a := b.item.Activity
	if a.AllDay {
		first, last, err := a.Days()
		if err != nil {
			return err
		}
		b.fields["IsAllDayEvent"] = true
		b.fields["StartDateTime"], b.fields["EndDateTime"] = instant(first), instant(last)
		return nil
	}
	start, err := a.Start.Time()
	if err != nil {
		return err
	}
	end, err := a.End.Time()
	if err != nil {
		return err
	}
	b.fields["StartDateTime"], b.fields["EndDateTime"] = instant(start), instant(end)
	return nil
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// finish puts the marker of the delivery mode and the admin's constants in, and
// leaves out what the org does not let the rep write.
func (b *builder) finish(constants map[string]any) *Record {
	maps.Copy(b.fields, constants)
	if b.facts.KeyField != "" {
		b.fields[b.facts.KeyField] = b.item.ID
	} else if b.name == "Task" {
		b.fields["CallObject"] = Marker(b.item.ID)
	}
	for _, field := range slices.Sorted(maps.Keys(b.fields)) {
		if !b.object.Writes(field) {
			delete(b.fields, field)
			b.note("field_dropped", "field", field)
			continue
		}
		if text, ok := b.fields[field].(string); ok {
			b.fields[field] = b.fit(field, text)
		}
	}
	return &Record{Object: b.name, Fields: b.fields, Notes: b.notes}
}

// fit cuts a text to the field's length, in characters (salesforce.md section 8,
// STRING_TOO_LONG).
func (b *builder) fit(field, text string) string {
	limit := b.object.lengthOf(field)
	if limit == 0 || len(text) <= limit {
		return text
	}
	short, cut := cutTo(text, limit)
	if cut {
		b.note("text_cut", "field", b.label(field), "limit", strconv.Itoa(limit))
	}
	return short
}

func (b *builder) label(field string) string {
	if label := b.object.Fields[field].Label; label != "" {
		return label
	}
	return field
}

func (b *builder) note(code string, pairs ...string) {
	args := outbox.Args{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	b.notes = append(b.notes, outbox.Note{Code: code, Args: args})
}
