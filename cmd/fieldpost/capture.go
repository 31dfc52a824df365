package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/activity"
)

func (p *program) capture() *cobra.Command {
	return p.group("capture", p.captureShare(), p.captureMeeting(), p.captureFile())
}

// typed are the flags that shares and meetings have in common.
type typed struct {
	activity.Activity
	to      []string
	related string
}

func (p *program) common(c *cobra.Command, t *typed) {
	f := c.Flags()
	f.StringVar(&t.Subject, "subject", "", p.words.Text("cli.flag.subject"))
	f.StringArrayVar(&t.to, "to", nil, p.words.Text("cli.flag.to"))
	f.StringVar(&t.related, "related", "", p.words.Text("cli.flag.related"))
	f.StringVar(&t.Key, "key", "", p.words.Text("cli.flag.key"))
}

func (p *program) captureShare() *cobra.Command {
	t := &typed{}
	var channel, at string
	c := p.command("share", func(c *cobra.Command, _ []string) error {
		t.Kind, t.Channel, t.OccurredAt = activity.Share, activity.Channel(channel), typedMoment(at)
		return p.captureOne(c, t)
	})
	p.common(c, t)
	f := c.Flags()
	f.StringVar(&channel, "channel", "", p.words.Text("cli.flag.channel"))
	f.StringVar(&t.Body, "body", "", p.words.Text("cli.flag.body"))
	f.StringVar(&t.URL, "url", "", p.words.Text("cli.flag.url"))
	f.StringVar(&at, "at", "", p.words.Text("cli.flag.at"))
	return p.described(c, "capture.share", `capture share --channel email --to ana@acme.test --subject "Brochure 2027"`)
}

func (p *program) captureMeeting() *cobra.Command {
	t := &typed{}
	var start, end string
	c := p.command("meeting", func(c *cobra.Command, _ []string) error {
		t.Kind, t.Start, t.End = activity.Meeting, typedMoment(start), typedMoment(end)
		return p.captureOne(c, t)
	})
	p.common(c, t)
	f := c.Flags()
	f.StringVar(&start, "start", "", p.words.Text("cli.flag.start"))
	f.StringVar(&end, "end", "", p.words.Text("cli.flag.end"))
	f.BoolVar(&t.AllDay, "all-day", false, p.words.Text("cli.flag.all_day"))
	f.StringVar(&t.TimeZone, "time-zone", "", p.words.Text("cli.flag.time_zone"))
	f.StringVar(&t.Location, "location", "", p.words.Text("cli.flag.location"))
	f.StringVar(&t.Notes, "notes", "", p.words.Text("cli.flag.notes"))
	return p.described(c, "capture.meeting", `capture meeting --subject "Visit" --start "2026-11-22 14:00" --end "2026-11-22 15:00" --to ana@acme.test`)
}

// typedMoment lets a person leave the offset out: the time is then this machine's.
// What it does not know goes on as it is and is refused by its field.
func typedMoment(text string) activity.Moment {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return activity.MomentOf(t)
		}
	}
	return activity.Moment(text)
}

func (p *program) captureOne(c *cobra.Command, t *typed) error {
	t.People = peopleOf(t.to)
	if t.related != "" {
		t.RelatedTo = &activity.Related{ID: t.related}
	}
	if err := t.Validate(); err != nil { // before JSON, which would alter what is no text
		return p.refusedFlag(err, t.to)
	}
	data, err := json.Marshal(t.Activity)
	if err != nil {
		return err
	}
	return p.atDesk(c.Context(), func(d desk) error {
		outcomes, err := d.CaptureJSON(c.Context(), data)
		if err != nil {
			return p.refusedFlag(err, t.to)
		}
		if problem := outcomes[0].Problem; problem != nil {
			return p.refusedFlag(problem, t.to)
		}
		if p.json {
			return p.printJSON(outcomes[0].Receipt)
		}
		p.promised(outcomes[0].Receipt)
		return nil
	})
}

// promised tells that an activity is safe, and which others it looks like.
func (p *program) promised(receipt *apitype.Receipt) {
	p.say("cli.captured", "id", receipt.ID)
	p.tellSimilar(receipt.ID, receipt.Similar)
}

func (p *program) tellSimilar(id string, similar []string) {
	if len(similar) > 0 {
		fmt.Fprintln(p.out, "  "+p.words.Text("cli.similar", "id", id, "ids", strings.Join(similar, ", ")))
	}
}

// peopleOf reads what was typed: an address, or a Salesforce id.
func peopleOf(typed []string) []activity.Person {
	var people []activity.Person
	for _, to := range typed {
		if strings.Contains(to, "@") {
			people = append(people, activity.Person{Email: to})
		} else {
			people = append(people, activity.Person{ID: to})
		}
	}
	return people
}
