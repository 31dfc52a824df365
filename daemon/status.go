package daemon

import (
	"context"
	"errors"
	"strconv"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/sfclient/sfauth"
)

// Status tells how things stand.
func (d *Daemon) Status(_ context.Context, p *words.Printer) (apitype.Status, error) {
	counts, err := d.home.Outbox.Counts()
	if err != nil {
		return apitype.Status{}, err
	}
	people, err := d.directory()
	if err != nil {
		return apitype.Status{}, err
	}
	causes, err := d.home.Outbox.Causes(outbox.NeedsAttention)
	if err != nil {
		return apitype.Status{}, err
	}
	conn := d.drain.Connection()
	files := d.inbox.Counts()
	return apitype.Status{
		Version:   d.Version,
		StartedAt: d.startedAt,
		Account:   accountStatus(d.session.refresher.Account(), conn),
		Connection: apitype.Connection{
			State: apitype.ConnectionState(conn.State), Since: apitype.TimeOrNil(conn.Since),
			NextAttemptAt: apitype.TimeOrNil(conn.NextAttemptAt), Problem: apitype.ProblemOf(p, conn.Problem),
		},
		Outbox:    apitype.OutboxOf(counts),
		Inbox:     apitype.Inbox{Rejected: files.Rejected, Excluded: files.Excluded, Stuck: files.Stuck},
		Directory: people,
		Delivery:  d.delivery(),
		Causes:    apitype.CausesOf(p, causes),
		Warnings:  d.warnings(p, conn, counts, files.Missing),
		Sending:   d.sendingNow(conn, counts),
	}, nil
}

// sendingNow is how far the sending of what waits is; nil while nothing is on its way.
func (d *Daemon) sendingNow(conn drain.Connection, counts outbox.Counts) *apitype.Progress {
	rest := counts.ByState[outbox.Waiting] + counts.ByState[outbox.Sending]
	done, left, under := d.sending.goes(d.home.Now(), string(conn.State), counts.ByState[outbox.Delivered], rest)
	if !under || conn.State != drain.Online {
		return nil
	}
	return &apitype.Progress{Done: done, Total: done + rest, SecondsLeft: apitype.SecondsOrNil(left)}
}

func (d *Daemon) delivery() *apitype.Delivery {
	facts, known := d.home.facts()
	if !known {
		return nil
	}
	return deliveryOf(facts)
}

func deliveryOf(facts *crm.Facts) *apitype.Delivery {
	return &apitype.Delivery{Task: facts.Delivery("Task"), Event: facts.Delivery("Event")}
}

func accountStatus(account sfauth.Account, conn drain.Connection) apitype.Account {
	if account.UserID == "" {
		return apitype.Account{State: apitype.SignedOut}
	}
	status := apitype.Account{
		State: apitype.SignedIn, Username: account.Username, UserID: account.UserID, OrgID: account.OrgID,
		InstanceURL: account.InstanceURL,
	}
	if conn.State == drain.Limited && conn.Problem != nil {
		switch conn.Problem.Who {
		case outbox.You:
			status.State = apitype.NeedsSignIn
		case outbox.Admin:
			status.State = apitype.Blocked
		}
	}
	return status
}

// warnings holds what keeps something from being delivered or captured and does
// not pass by itself.
func (d *Daemon) warnings(p *words.Printer, conn drain.Connection, counts outbox.Counts, folderMissing bool) []apitype.Problem {
	var problems []*outbox.Problem
	if conn.Problem != nil && conn.Problem.Who != outbox.Wait {
		problems = append(problems, conn.Problem)
	}
	if d.session.refresher.Account().UserID == "" && counts.ByState[outbox.Waiting] > 0 {
		problems = append(problems, &outbox.Problem{Code: "sign_in_first", Who: outbox.You})
	}
	if locked := d.keychainProblem(); locked != nil {
		problems = append(problems, locked)
	}
	if d.home.Outbox.Full() {
		problems = append(problems, &outbox.Problem{Code: "disk_full", Who: outbox.You})
	}
	if n, err := d.home.Outbox.Unowned(); err == nil && n > 0 {
		problems = append(problems, &outbox.Problem{Code: outbox.ProblemClaim, Who: outbox.You})
	}
	if lost := d.lostKeyProblem(); lost != nil {
		problems = append(problems, lost)
	}
	if folderMissing {
		problems = append(problems, &outbox.Problem{Code: "inbox_missing", Who: outbox.You, Args: outbox.Args{"folder": d.home.Config.Settings().Inbox.Path}})
	}
	told := []apitype.Problem{}
	for _, problem := range problems {
		told = append(told, *apitype.ProblemOf(p, problem))
	}
	policy := d.home.Config.Policy().Problem
	if policy != nil && !policy.Kept && (conn.Problem == nil || conn.Problem.Code != policy.Code()) {
		words := policy.Explain(p)
		told = append(told, apitype.Problem{Code: policy.Code(), Title: words.Title, Detail: words.Detail, Remedy: words.Remedy, Who: outbox.Admin})
	}
	return told
}

// keychainProblem is what the keychain said last, nil once it opened the outbox.
func (d *Daemon) keychainProblem() *outbox.Problem {
	d.mu.Lock()
	err := d.keychainErr
	d.mu.Unlock()
	if err == nil {
		return nil
	}
	return keychainProblemOf(err)
}

func keychainProblemOf(err error) *outbox.Problem {
	code, args := "keychain_unavailable", map[string]string(nil)
	var known coded
	if errors.As(err, &known) {
		code, args = known.Problem()
	}
	return &outbox.Problem{Code: code, Who: outbox.You, Args: args}
}

// lostKeyProblem tells that a lost key keeps activities shut; nil where none is.
func (d *Daemon) lostKeyProblem() *outbox.Problem {
	n, err := d.home.sealedForGood()
	if err != nil {
		d.home.Log.Error("counting what is sealed failed", "error", err)
	}
	if n == 0 {
		return nil
	}
	return &outbox.Problem{Code: "identity_lost", Who: outbox.You, Args: outbox.Args{"n": strconv.Itoa(n)}}
}
