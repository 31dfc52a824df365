package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

func (p *program) outboxShow() *cobra.Command {
	var preview bool
	c := p.command("show", func(c *cobra.Command, args []string) error {
		if preview {
			return p.preview(c, args[0])
		}
		return p.one(c, args[0], desk.Get)
	}, "id")
	c.Args = exactly(1)
	c.Flags().BoolVar(&preview, "preview", false, p.words.Text("cli.flag.preview"))
	return p.described(c, "outbox.show", "outbox show "+anID)
}

// title is what an activity is called: its subject, else its link or what it
// offered, else that it is sealed.
func (p *program) title(item *apitype.Item) string {
	titles := []string{item.Subject, item.URL}
	for _, content := range item.Content {
		titles = append(titles, content.Title, content.URL)
	}
	for _, title := range titles {
		if strings.TrimSpace(title) != "" {
			return clean(title)
		}
	}
	if item.Sealed {
		return p.words.Text("page.sealed." + string(item.Kind))
	}
	return ""
}

// item prints all of an activity that a person asks about, nothing cut.
func (p *program) item(item *apitype.Item) error {
	if p.json {
		return p.printJSON(item)
	}
	fmt.Fprintf(p.out, "%s  %s\n", item.ID, p.words.Text("state."+string(item.State)))
	fmt.Fprintln(p.out, p.title(item))
	p.particulars(item)
	for _, person := range item.People {
		fmt.Fprintln(p.out, "  "+clean(joined(person.Name, person.Email, person.ID)))
	}
	if item.State != outbox.Discarded {
		p.tellSimilar(item.ID, item.Similar)
	}
	p.explain(item.Problem)
	p.letter(item.Problem)
	if item.Record != nil {
		fmt.Fprintf(p.out, "  %s %s %s\n", item.Record.Object, item.Record.ID, item.Record.URL)
	}
	for _, e := range item.History {
		fmt.Fprintf(p.out, "  %s  %s\n", moment(e.Time), clean(e.Detail))
	}
	return nil
}

func (p *program) particulars(item *apitype.Item) {
	channel := ""
	if item.Channel != "" {
		channel = p.words.Text("page.share." + string(item.Channel) + ".alone")
	}
	related := ""
	if to := item.RelatedTo; to != nil {
		related = joined(to.Name, to.Object, to.ID)
	}
	for _, each := range []struct{ key, value string }{
		{"when", p.when(&item.Activity)},
		{"channel", channel},
		{"location", item.Location},
		{"url", item.URL},
		{"related", related},
	} {
		if each.value != "" {
			fmt.Fprintln(p.out, "  "+p.words.Text("cli.show."+each.key, "value", clean(each.value)))
		}
	}
	for _, content := range item.Content {
		fmt.Fprintln(p.out, "  "+p.words.Text("cli.show.content", "value", clean(joined(content.Title, content.URL))))
	}
}

// when is the time of a share, or from when to when a meeting went: days for one
// that took whole days.
func (p *program) when(a *activity.Activity) string {
	if a.Kind != activity.Meeting {
		return shown(a.OccurredAt)
	}
	if !a.AllDay {
		return span(shown(a.Start), shown(a.End))
	}
	first, last, err := a.Days()
	if err != nil {
		return span(string(a.Start), string(a.End))
	}
	return span(first.Format(time.DateOnly), last.Format(time.DateOnly))
}

func shown(m activity.Moment) string {
	at := m.In(time.Local)
	if at.IsZero() {
		return string(m)
	}
	return moment(at)
}

func span(from, to string) string {
	if from == to || to == "" {
		return from
	}
	return from + " – " + to
}

// joined leaves out what is empty.
func joined(parts ...string) string {
	var given []string
	for _, part := range parts {
		if part != "" {
			given = append(given, part)
		}
	}
	return strings.Join(given, " ")
}
