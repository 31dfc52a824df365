package page

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Today is what a rep wants to know first: did it go through, and what is needed of them.
type Today struct {
	// Now is the time in the rep's zone, in which every time is shown.
	Now    time.Time
	Status apitype.Status
	Asks   []apitype.PairAsk
	// NeedsYou and Latest are newest first.
	NeedsYou []apitype.Item
	Latest   []apitype.Item
	// Alike holds what those look like, by id: MostSimilar of each.
	Alike map[string]apitype.Item
	// Days are the last Days, the oldest first.
	Days []outbox.Day
	// CanClaim tells that what was captured signed out can be taken.
	CanClaim bool
	// Refused are files of the drop folder that were refused lately.
	Refused []Refused
	// Inbox is the drop folder.
	Inbox string
	// CanSignIn and CanSync tell which buttons have something behind them.
	CanSignIn bool
	CanSync   bool
}

// todayDrawing is Today in words.
type todayDrawing struct {
	Today
	Words    *words.Printer
	Headline string
	Outcome  string
	Counts   string
	NextTry  string
	// Trouble is what keeps everything from being sent.
	Trouble  *apitype.Problem
	SignedIn bool
	SendNow  bool
	Asks     []asking
	Warnings []warning
	Refused  []refused
	// NeedsCount counts all that need the rep; Needs are the latest of them.
	NeedsCount string
	Needs      []row
	// Programs say how a mail gets into the drop folder, while nothing was captured yet.
	Programs []program
	// Sending is how far the sending of much is, Loading the first copy of people and
	// records; nil for none.
	Sending, Loading *under
	// Causes are the reasons that more than one activity shares.
	Causes []cause
	Rows   []row
	// Month is nil where nothing was captured in it.
	Month *month
}

// under is what takes a while: how far it is, and how long the rest takes.
type under struct {
	Done, Total int
	Text        string
}

// worthABar is how many activities are sent before a bar says how far that is.
const worthABar = 20

func (t teller) under(text string, done, total int, left *int) *under {
	if left != nil {
		text += " · " + t.left(*left)
	}
	return &under{Done: done, Total: max(total, done, 1), Text: text}
}

// left tells how long something takes still, the way people do.
func (t teller) left(seconds int) string {
	if minutes := (seconds + 30) / 60; minutes > 0 {
		return t.Text("page.left.minutes", "n", t.number(minutes))
	}
	return t.Text("page.left.seconds")
}

type asking struct {
	apitype.PairAsk
	Until string
}

// cause is one reason that several activities share, and the button that does the same
// with all of them.
type cause struct{ Code, Text, Label, Path, Body, Done string }

// causes offers to "retry" or to "release" all activities of a reason.
func (t teller) causes(all []apitype.Cause, verb string) []cause {
	var shared []cause
	for _, c := range all {
		if c.Count < 2 {
			continue
		}
		n := t.number(c.Count)
		shared = append(shared, cause{
			Code: c.Code, Text: t.Text("page.cause", "title", c.Title, "n", n), Label: t.Text("page.cause."+verb, "n", n),
			Path: "/v1/activities/" + verb, Body: `{"code":` + strconv.Quote(c.Code) + `}`, Done: t.Text("page.cause." + verb + ".done"),
		})
	}
	return shared
}

// Refused is a file of the drop folder, and why it was refused.
type Refused struct {
	Name, Why string
	At        time.Time
}

// warning is what is in the way, and the button that mends it where there is one.
type warning struct {
	apitype.Problem
	Mend *action
}

func (v Today) warnings(t teller) []warning {
	var all []warning
	for _, problem := range v.Status.Warnings {
		w := warning{Problem: problem}
		if problem.Code == outbox.ProblemClaim && v.CanClaim {
			w.Mend = &action{Method: "POST", Path: "/v1/activities/claim", Label: t.Text("page.action.claim"), Done: t.Text("page.done.claim")}
		}
		all = append(all, w)
	}
	return all
}

type refused struct{ Name, Why, When string }

// program is a mail program and how it saves a mail as a file.
type program struct{ Name, How string }

func (t teller) programs() []program {
	var all []program
	for _, key := range []string{"outlook_classic", "outlook_new", "apple_mail", "gmail", "thunderbird"} {
		key = "page.first." + key
		all = append(all, program{t.Text(key + ".name"), t.Text(key)})
	}
	return all
}

type site struct {
	apitype.Pairing
	Since string
}

func (v Today) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now, alike: v.Alike}
	s := &v.Status
	d := todayDrawing{
		Today: v, Words: p,
		Headline: t.headline(s), Outcome: t.outcome(&s.Outbox), Counts: t.counts(&s.Outbox),
		Trouble: s.Connection.Problem, NeedsCount: t.number(s.Outbox.NeedsAttention),
		SignedIn: s.Account.State == apitype.SignedIn || s.Account.State == apitype.Blocked,
	}
	d.SendNow = v.CanSync && d.SignedIn && s.Outbox.Waiting > 0
	if at := s.Connection.NextAttemptAt; at != nil && at.After(v.Now) && s.Outbox.Waiting > 0 {
		d.NextTry = p.Text("page.next_try", "time", t.when(*at))
	}
	if l := s.Directory.Loading; l != nil {
		d.Loading = t.under(p.Text("page.loading.how_far", "object", l.Label, "done", t.number(l.Done), "total", t.number(l.Total)), l.Done, l.Total, l.SecondsLeft)
	}
	if u := s.Sending; u != nil && u.Total >= worthABar {
		d.Sending = t.under(p.Text("page.sending.how_far", "done", t.number(u.Done), "total", t.number(u.Total)), u.Done, u.Total, u.SecondsLeft)
	}
	if s.Outbox.Captured == 0 {
		d.Programs = t.programs()
	}
	d.Causes, d.Month = t.causes(s.Causes, "retry"), t.month(v.Days)
	d.Warnings = v.warnings(t)
	for _, a := range v.Asks {
		d.Asks = append(d.Asks, asking{a, t.clock(a.ExpiresAt)})
	}
	for _, r := range v.Refused {
		d.Refused = append(d.Refused, refused{Name: r.Name, Why: r.Why, When: t.when(r.At)})
	}
	for i := range v.NeedsYou {
		d.Needs = append(d.Needs, t.row(&v.NeedsYou[i]))
	}
	for i := range v.Latest {
		if v.Latest[i].State != outbox.NeedsAttention {
			d.Rows = append(d.Rows, t.row(&v.Latest[i]))
		}
	}
	return "today.html", d
}

// headline tells the connection in one sentence.
func (t teller) headline(s *apitype.Status) string {
	switch s.Account.State {
	case apitype.SignedOut:
		return t.Text("page.now.signed_out")
	case apitype.NeedsSignIn:
		if p := s.Connection.Problem; p != nil && strings.HasPrefix(p.Code, "keychain_") {
			return p.Title // a sign-in would not help
		}
		return t.Text("page.now.needs_sign_in")
	case apitype.Blocked:
		return t.Text("page.now.blocked", "username", s.Account.Username)
	}
	switch s.Connection.State {
	case apitype.Offline:
		if s.Outbox.Waiting == 0 {
			return t.Text("page.now.offline_idle")
		}
		return t.Text("page.now.offline", "n", t.number(s.Outbox.Waiting))
	case apitype.Limited:
		return t.Text("page.now.limited")
	}
	return t.Text("page.now.online", "username", s.Account.Username, "host", hostOf(s.Account.InstanceURL))
}

// outcome answers "did it go through?".
func (t teller) outcome(o *apitype.Outbox) string {
	open := o.Waiting + o.Sending + o.NeedsAttention + o.Held
	switch {
	case o.Captured == 0:
		return t.Text("page.outcome.nothing")
	case open == 0:
		return t.Text("page.outcome.all")
	case o.Delivered == 0:
		return t.Text("page.outcome.none", "n", t.number(open))
	}
	return t.Text("page.outcome.but", "n", t.number(open))
}

// counts adds up: what was captured is the sum of where it stands, zero unsaid.
func (t teller) counts(o *apitype.Outbox) string {
	if o.Captured == 0 {
		return ""
	}
	told := t.Text("page.count.captured", "n", t.number(o.Captured))
	sign := " = "
	for _, part := range []struct {
		n   int
		key string
	}{
		{o.Delivered, "delivered"},
		{o.Waiting, "waiting"},
		{o.Sending, "sending"},
		{o.NeedsAttention, "needs_attention"},
		{o.Held, "held"},
		{o.Discarded, "discarded"},
	} {
		if part.n > 0 {
			told += sign + t.Text("page.count."+part.key, "n", t.number(part.n))
			sign = " + "
		}
	}
	return told
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
