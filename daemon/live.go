package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/doctor"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// live asks the org, in one call, for what only the doctor wants to know: its CORS list
// and whether another tool logs the same activities.
func (d *Daemon) live(ctx context.Context, facts *crm.Facts) (*doctor.Live, error) {
	owner := sfclient.Quote(d.org.UserID())
	recent := " WHERE OwnerId = " + owner + " AND CreatedDate = LAST_N_DAYS:7 ORDER BY CreatedDate DESC LIMIT 200"
	var subcalls []sfclient.Subcall
	for _, query := range []struct{ name, soql string }{
		{"cors", "SELECT UrlPattern FROM CorsWhitelistEntry"},
		{"Task", "SELECT Id, Subject, ActivityDate, CreatedDate, Description" + keyOf(facts) + " FROM Task" + recent},
		{"Event", "SELECT Id, Subject, ActivityDate, CreatedDate, Description" + keyOf(facts) + " FROM Event" + recent},
	} {
		subcalls = append(subcalls, sfclient.Subcall{Name: query.name, Path: "query?" + url.Values{"q": {query.soql}}.Encode()})
	}
	answers, err := d.session.client.ReadTogether(ctx, subcalls)
	if err != nil {
		return nil, err
	}
	found := &doctor.Live{}
	ours, err := d.sentLately()
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		var page struct{ Records []map[string]any }
		if a.Err() != nil || json.Unmarshal(a.Body, &page) != nil {
			continue // the rep may not read it
		}
		for _, row := range page.Records {
			if a.Name == "cors" {
				found.Origins = append(found.Origins, text(row, "UrlPattern"))
			} else if ours.resembles(row, facts.KeyField) {
				found.Alike = append(found.Alike, text(row, "Id"))
			}
		}
	}
	return found, nil
}

func keyOf(facts *crm.Facts) string {
	if facts.KeyField == "" {
		return ""
	}
	return ", " + facts.KeyField
}

func text(row map[string]any, field string) string {
	value, _ := row[field].(string)
	return value
}

// lately are the days of the activities that went to Salesforce last, by what they are
// called.
type lately map[string][]time.Time

// besideDays is how far another tool's record of the same activity may be from ours: it
// may tell the day in another zone, or of the answer.
const besideDays = 2

// sentLately looks at the newest items alone: a record of another tool stands beside
// one of ours within days.
func (d *Daemon) sentLately() (lately, error) {
	items, _, err := d.home.Outbox.List(outbox.Query{State: outbox.Delivered, Limit: 200})
	sent := lately{}
	for i := range items {
		if name := plainSubject(items[i].Activity.Subject); name != "" {
			sent[name] = append(sent[name], dayOf(&items[i]))
		}
	}
	return sent, err
}

func dayOf(item *outbox.Item) time.Time {
	moment := item.Activity.OccurredAt
	if item.Activity.Kind == activity.Meeting {
		moment = item.Activity.Start
	}
	if at, err := moment.Time(); err == nil {
		return at
	}
	return item.CapturedAt
}

// resembles reports a record of about the same day that is called as one of ours and that
// fieldpost did not make, on this laptop or another of the rep's.
func (l lately) resembles(row map[string]any, keyField string) bool {
	if text(row, keyField) != "" || strings.Contains(text(row, "Description"), "\n"+crm.Marker("")) ||
		strings.HasPrefix(text(row, "Description"), crm.Marker("")) {
		return false
	}
	told, _, _ := strings.Cut(cmp.Or(text(row, "ActivityDate"), text(row, "CreatedDate")), "T")
	day, err := time.Parse(time.DateOnly, told)
	return err == nil && slices.ContainsFunc(l[plainSubject(text(row, "Subject"))], func(ours time.Time) bool {
		return ours.Sub(day).Abs() < (besideDays+1)*24*time.Hour
	})
}

// plainSubject is a subject without what mail programs and other loggers put before it.
func plainSubject(subject string) string {
	subject = strings.ToLower(strings.TrimSpace(subject))
	for {
		before, rest, found := strings.Cut(subject, ":")
		switch strings.TrimSpace(before) {
		case "email", "e-mail", "re", "fw", "fwd", "tr", "wg", "aw", "call", "meeting":
		default:
			return subject
		}
		if !found {
			return subject
		}
		subject = strings.TrimSpace(rest)
	}
}
