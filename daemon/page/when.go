package page

import (
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox/activity"
)

// teller tells times and numbers as the rep's language writes them.
type teller struct {
	*words.Printer
	now time.Time
	// alike holds what rows are said to look like, by id.
	alike map[string]apitype.Item
}

// number writes n with the marks of the language ("3,210", « 3 210 »).
func (t teller) number(n int) string {
	return message.NewPrinter(language.Make(t.Lang())).Sprint(number.Decimal(n))
}

// when tells a time the way people do.
func (t teller) when(at time.Time) string {
	return t.Text("page.when.at", "day", t.day(at), "time", t.clock(at))
}

// day names a day, by its distance where it is near.
func (t teller) day(at time.Time) string {
	at = at.In(t.now.Location())
	key := "page.day.year"
	switch day := at.Format(time.DateOnly); {
	case day == t.now.Format(time.DateOnly):
		key = "page.day.today"
	case day == t.now.AddDate(0, 0, -1).Format(time.DateOnly):
		key = "page.day.yesterday"
	case day == t.now.AddDate(0, 0, 1).Format(time.DateOnly):
		key = "page.day.tomorrow"
	case at.Year() == t.now.Year():
		key = "page.day.month"
	}
	return t.Text(key, "day", at.Day(), "month", t.Text("page.month."+at.Format("01")), "year", at.Year())
}

func (t teller) clock(at time.Time) string {
	at = at.In(t.now.Location())
	return t.Text("page.when.clock", "hour", at.Format("15"), "minute", at.Format("04"))
}

// happened tells when the rep did it, or when it was captured where that is not
// known.
func (t teller) happened(item *apitype.Item) string {
	moment := item.OccurredAt
	if item.Kind == activity.Meeting {
		moment = item.Start
	}
	at := moment.In(t.now.Location())
	switch {
	case at.IsZero():
		return t.when(item.CapturedAt)
	case item.AllDay || moment.IsDate():
		return t.day(at)
	}
	return t.when(at)
}
