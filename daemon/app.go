package daemon

import (
	"bytes"
	"context"
	"errors"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi"
	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/sfclient/sfauth"
)

// serverParts is the daemon as the local port sees it.
func (d *Daemon) serverParts(port int, guard *access.Access) localapi.Parts {
	return localapi.Parts{
		Port: port, Access: guard, Feed: d.feed, Outbox: queue{d.home.Outbox, d.drain, d.home.Directory.ForgetMisses}, Intake: intake{d}, Status: d,
		Settings: settings{d}, Doctor: d, SignIn: d.session, Sync: d, Refresh: d, Upkeep: upkeep{d.home, d}, Preview: d.home, Org: d.home, Drafts: d.home, Directory: d.home, People: people{d.home, d}, Stop: func() { d.stop() },
		Folders: d.home.folders, Refused: d.refused,
		Origins:  func() []string { return d.home.Config.Settings().Web.AllowedOrigins },
		Language: func(wish string) string { return d.home.language(wish) },
		Explain:  Explain, Now: d.home.Now, Log: d.home.Log,
	}
}

// refused are the files that the drop folder did not take, as the page shows them.
func (d *Daemon) refused() []page.Refused {
	var all []page.Refused
	for _, file := range d.inbox.Refused() {
		all = append(all, page.Refused(file))
	}
	return all
}

// folders are where the files of this home are.
func (h *Home) folders() page.Folders {
	paths := h.Config.Paths()
	return page.Folders{Inbox: h.Config.Settings().Inbox.Path, State: paths.State, Logs: paths.Logs, Settings: paths.ConfigFile}
}

// language is the rep's choice, else the wish of who asks, else the system's.
func (h *Home) language(wish string) string {
	return h.Config.Settings().Language(append([]string{wish}, config.SystemLanguages()...))
}

// queue is the outbox whose verbs wake the drain: a person asked.
type queue struct {
	*outbox.Store
	drain *drain.Drain
	// asked is told that a person wants another try.
	asked func()
}

func (q queue) Retry(id string) error   { return q.then(q.Store.Retry(id)) }
func (q queue) Release(id string) error { return q.then(q.Store.Release(id)) }
func (q queue) Restore(id string) error { return q.then(q.Store.Restore(id)) }

func (q queue) RetryAll(code string) (int, error) {
	n, err := q.Store.RetryAll(code)
	return n, q.then(err)
}

func (q queue) ReleaseAll(code string) (int, error) {
	n, err := q.Store.ReleaseAll(code)
	return n, q.then(err)
}

func (q queue) then(err error) error {
	if err != nil {
		return err
	}
	q.asked()
	return q.drain.Flush()
}

// people sends what an answer made due.
type people struct {
	*Home
	d *Daemon
}

func (p people) Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) error {
	return p.d.Resolve(ctx, id, asked)
}

// upkeep wakes the drain after what gives it something to do.
type upkeep struct {
	*Home
	d *Daemon
}

func (u upkeep) Edit(id string, delivered bool, patch []byte) error {
	err := u.Home.Edit(id, delivered, patch)
	u.d.drain.Nudge()
	return err
}

func (u upkeep) Recover(ctx context.Context, identity string) (apitype.Recovered, error) {
	done, err := u.Home.Recover(ctx, identity)
	u.d.drain.Nudge()
	return done, err
}

func (u upkeep) Import(ctx context.Context, items []outbox.Exported) (apitype.Imported, error) {
	done, err := u.Home.Import(ctx, items)
	u.d.drain.Nudge()
	return done, err
}

func (u upkeep) Claim(ctx context.Context) (int, error) {
	n, err := u.Home.Claim(ctx)
	u.d.drain.Nudge()
	return n, err
}

func (u upkeep) Withdraw(ctx context.Context, id string) error { return u.d.Withdraw(ctx, id) }

// intake captures what comes in over the port.
type intake struct{ d *Daemon }

func (i intake) JSON(ctx context.Context, from localapi.Door, data []byte) ([]localapi.Outcome, bool, error) {
	entries, list, err := capture.DecodeActivities(data)
	if err != nil {
		return nil, list, err
	}
	var notes []outbox.Note
	if from.Note != nil {
		notes = append(notes, *from.Note)
	}
	captured, err := i.d.intake.Each(ctx, from.Source, entries, notes...)
	if err != nil {
		return nil, list, err
	}
	outcomes := make([]localapi.Outcome, len(captured))
	for n, c := range captured {
		outcomes[n] = localapi.Outcome{Receipt: c.Receipt, Err: c.Err}
	}
	return outcomes, list, nil
}

func (i intake) File(ctx context.Context, name string, data []byte) ([]outbox.Receipt, error) {
	drafts, err := i.d.home.Reader().Read(name, int64(len(data)), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return i.d.intake.All(ctx, drafts)
}

// settings are read and changed over the port.
type settings struct{ d *Daemon }

func (s settings) List(p *words.Printer) ([]apitype.Setting, error) {
	var all []apitype.Setting
	for _, item := range s.d.home.Config.List(p, s.d.home.choices()) {
		setting := apitype.Setting{
			Key: item.Key, Label: item.Label, Value: item.Value, Source: string(item.Source), Locked: item.Locked, Help: item.Help,
		}
		for _, c := range item.Choices {
			setting.Choices = append(setting.Choices, apitype.Choice(c))
		}
		all = append(all, setting)
	}
	return all, nil
}

func (s settings) Change(ctx context.Context, changes map[string]any) error {
	if err := s.d.checkSettings(ctx, changes); err != nil {
		return err
	}
	return s.d.home.Config.Set(changes)
}

// Login begins a sign-in and waits for the rep behind the scenes.
func (s *session) Login(ctx context.Context, asked apitype.LoginRequest) (string, error) {
	attempt, err := s.begin(ctx, asked.Org, asked.ClientID)
	if err != nil {
		return "", err
	}
	go func() {
		if _, err := s.finish(context.WithoutCancel(ctx), attempt); err != nil {
			s.home.Log.Warn("a sign-in failed", "error", err)
		}
	}()
	return attempt.AuthorizeURL(), nil
}

// Last tells how the sign-in begun last goes.
func (s *session) Last(p *words.Printer) apitype.Login {
	result := s.result()
	switch {
	case result.pending:
		return apitype.Login{State: apitype.LoginPending}
	case result.err != nil:
		return apitype.Login{State: apitype.LoginFailed, Problem: apitype.ProblemOf(p, problemOf(result.err))}
	case result.account != nil:
		return apitype.Login{State: apitype.LoginDone, Username: result.account.Username}
	}
	return apitype.Login{State: apitype.LoginNone}
}

// Logout ends the session.
func (s *session) Logout(ctx context.Context, asked apitype.LogoutRequest) error {
	return s.signOut(ctx, asked.KeepWaiting, asked.Discard)
}

// problemOf names the sentence of an error of the sign-in.
func problemOf(err error) *outbox.Problem {
	problem := &outbox.Problem{Code: "sign_in_failed", Who: outbox.You, Args: outbox.Args{"error": "", "message": err.Error()}}
	var known coded
	if errors.As(err, &known) {
		problem.Code, problem.Args = known.Problem()
	}
	var own *sfauth.Error
	if errors.As(err, &own) && (own.Who == sfauth.Admin || own.Who == sfauth.Setup) {
		problem.Who = outbox.Admin
	}
	return problem
}

// Sync sends and refreshes now; it does not wait for either.
func (d *Daemon) Sync(context.Context) error {
	d.home.Directory.ForgetMisses()
	d.keeper.refresh()
	return d.drain.Flush()
}

// Refresh reads the org's facts and its people and records again, and tells how
// many there are. What kept it from that is told as a problem.
func (d *Daemon) Refresh(ctx context.Context) (apitype.Directory, error) {
	err := d.keeper.refreshed(ctx)
	switch {
	case err == nil:
		return d.directory()
	case ctx.Err() != nil:
		return apitype.Directory{}, err
	case errors.Is(err, directory.ErrScarce):
		return apitype.Directory{}, errors.Join(&codedError{code: "allowance_scarce"}, err)
	}
	return apitype.Directory{}, troubled(err)
}

// directory tells the copy of people and records in numbers.
func (d *Daemon) directory() (apitype.Directory, error) {
	stats, err := d.home.Directory.Stats(d.home.Now())
	if err != nil {
		return apitype.Directory{}, err
	}
	told := apitype.Directory{
		People: stats.People, Records: stats.Records, RefreshedAt: apitype.TimeOrNil(stats.RefreshedAt), CallsToday: stats.CallsToday,
	}
	if l := stats.Loading; l != nil {
		_, left, _ := d.loading.goes(d.home.Now(), l.Object, l.Done, max(l.Total-l.Done, 0))
		told.Loading = &apitype.Loading{Object: l.Object, Label: d.home.label(l.Object), Done: l.Done, Total: l.Total, SecondsLeft: apitype.SecondsOrNil(left)}
	}
	return told, nil
}

// label is what the org calls an object, as far as it is known.
func (h *Home) label(object string) string {
	facts, known := h.facts()
	if !known {
		return object
	}
	return facts.LabelOf(object)
}

// troubled tells as a problem what kept the account from being served.
func troubled(err error) error {
	if errors.Is(err, drain.ErrSignedOut) {
		return &troubleError{outbox.Problem{Code: "signed_out", Who: outbox.You}, err}
	}
	return &troubleError{crm.JudgeCall(err).Problem, err}
}

// troubleError is what keeps the account from being served, told as a problem.
type troubleError struct {
	problem outbox.Problem
	err     error
}

func (e *troubleError) Error() string { return e.problem.Code + ": " + e.err.Error() }
func (e *troubleError) Unwrap() error { return e.err }

// Problem names the sentence in daemon/words.
func (e *troubleError) Problem() (code string, args map[string]string) {
	return e.problem.Code, e.problem.Args
}

// coded is an error that names its own sentence.
type coded interface {
	error
	Problem() (code string, args map[string]string)
}

// Explain tells an error of the application in the printer's language, false for
// one that it does not know.
func Explain(p *words.Printer, err error) (localapi.Told, bool) {
	if refusal, ok := capture.AsRefusal(err); ok {
		return localapi.Told{Code: refusal.Code, Field: refusal.Field, Explained: capture.Explain(p, err)}, true
	}
	var setting *config.Error
	if errors.As(err, &setting) {
		return localapi.Told{Code: setting.Code, Field: setting.Key, Explained: setting.Explain(p)}, true
	}
	var known coded
	if errors.As(err, &known) {
		code, args := known.Problem()
		told := localapi.Told{Code: code, Explained: p.Explain(code, args)}
		switch of := known.(type) {
		case *troubleError:
			told.Who = of.problem.Who
		case *SettingError:
			told.Field = of.Key
		case *codedError:
			told.Field = of.field
		}
		return told, true
	}
	return localapi.Told{}, false
}
