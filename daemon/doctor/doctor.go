// Package doctor turns what the daemon found into checks a person can act on:
// each has a code, a result, and words that say what is wrong, what to do and who
// can. It looks at nothing itself.
package doctor

import (
	"strconv"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Result is the outcome of a check.
type Result string

// The results. A warning blocks nothing.
const (
	OK      Result = "ok"
	Warning Result = "warning"
	Failed  Result = "failed"
	Skipped Result = "skipped"
)

// Check is one thing looked at. Its words are doctor.CODE.RESULT.* in daemon/words.
type Check struct {
	Code   string
	Result Result
	Who    outbox.Who
	Args   outbox.Args
	// Problem, where set, has words of its own that tell the check.
	Problem *outbox.Problem
	// Teller, where set, tells the check itself.
	Teller Teller
}

// A Teller tells what it is about in the printer's language.
type Teller interface {
	Explain(p *words.Printer) words.Explained
}

// Findings are what the daemon knows.
type Findings struct {
	SignedIn bool
	Username string
	// NeedsSignIn: the session is over, only a new sign-in helps.
	NeedsSignIn bool
	Connection  *outbox.Problem
	Keychain    *outbox.Problem
	// LostKey: activities that a lost key keeps shut.
	LostKey *outbox.Problem
	// Policy: the administrator's file is broken.
	Policy Teller
	// IdentityInFile: the identity lies beside the outbox for want of a keychain.
	IdentityInFile bool
	FactsKnown     bool
	KeyField       string
	KeyFieldName   string
	// TaskDelivery and EventDelivery name how a second record is kept out.
	TaskDelivery, EventDelivery string
	TasksWritable               bool
	EventsWritable              bool
	Shared                      bool
	// MissingTypes are Task Types that the settings name and the org lacks.
	MissingTypes []string
	InboxMissing bool
	InboxLeft    int
	InboxFolder  string
	OutboxPath   string
	// Salvaged tells of the last damaged outbox file, nil where there was none.
	Salvaged *outbox.Salvage
	// DiskFull: nothing is captured for want of room.
	DiskFull      bool
	WantedAddress string
	Address       string
}

// Examine makes the checks of the findings, in the order in which to read them.
func Examine(f Findings) []Check {
	checks := []Check{
		policy(f),
		problem("keychain", f.Keychain),
		identity(f),
		when(f.SignedIn && !f.NeedsSignIn, "sign_in", Failed, outbox.You, outbox.Args{"username": f.Username}),
	}
	if f.SignedIn {
		checks = append(checks, problem("connection", f.Connection))
	} else {
		checks = append(checks, Check{Code: "connection", Result: Skipped})
	}
	checks = append(checks, orgChecks(f)...)
	return append(checks,
		when(!f.InboxMissing, "inbox", Failed, outbox.You, outbox.Args{"folder": f.InboxFolder}),
		when(f.InboxLeft == 0, "inbox_left", Warning, outbox.You, outbox.Args{"n": strconv.Itoa(f.InboxLeft), "folder": f.InboxFolder}),
		when(f.WantedAddress == f.Address, "port", Warning, outbox.You, outbox.Args{"wanted": f.WantedAddress, "address": f.Address}),
		when(!f.DiskFull, "disk", Failed, outbox.You, nil),
		store(f),
	)
}

// store tells of a damaged file and what was taken back of it.
func store(f Findings) Check {
	if f.Salvaged == nil {
		return Check{Code: "store", Result: OK, Args: outbox.Args{"path": f.OutboxPath}}
	}
	return Check{Code: "store", Result: Warning, Who: outbox.You, Args: outbox.Args{
		"file": f.Salvaged.File, "found": strconv.Itoa(f.Salvaged.Found), "lost": strconv.Itoa(f.Salvaged.Lost),
	}}
}

func orgChecks(f Findings) []Check {
	if !f.FactsKnown {
		return []Check{{Code: "org", Result: Skipped}}
	}
	checks := []Check{
		when(f.TasksWritable, "tasks", Failed, outbox.Admin, nil),
		when(f.EventsWritable, "events", Failed, outbox.Admin, nil),
		when(f.KeyField != "", "key_field", Warning, outbox.Admin, outbox.Args{"field": f.KeyFieldName, "task": f.TaskDelivery, "event": f.EventDelivery}),
		when(f.Shared, "shared_activities", Warning, outbox.Admin, nil),
	}
	for _, value := range f.MissingTypes {
		checks = append(checks, Check{Code: "task_type", Result: Warning, Who: outbox.Admin, Args: outbox.Args{"value": value}})
	}
	return checks
}

func policy(f Findings) Check {
	if f.Policy == nil {
		return Check{Code: "policy", Result: OK}
	}
	return Check{Code: "policy", Result: Failed, Who: outbox.Admin, Teller: f.Policy}
}

// identity is where the key to the outbox lies. A locked keychain does not tell.
func identity(f Findings) Check {
	switch {
	case f.LostKey != nil:
		return Check{Code: "identity", Result: Failed, Who: f.LostKey.Who, Problem: f.LostKey}
	case f.IdentityInFile:
		return Check{Code: "identity", Result: Warning, Who: outbox.You}
	case f.Keychain != nil:
		return Check{Code: "identity", Result: Skipped}
	}
	return Check{Code: "identity", Result: OK}
}

func when(good bool, code string, otherwise Result, who outbox.Who, args outbox.Args) Check {
	if good {
		return Check{Code: code, Result: OK, Args: args}
	}
	return Check{Code: code, Result: otherwise, Who: who, Args: args}
}

func problem(code string, found *outbox.Problem) Check {
	if found == nil {
		return Check{Code: code, Result: OK}
	}
	return Check{Code: code, Result: Failed, Who: found.Who, Problem: found}
}

// Tell gives the words of the check.
func (c Check) Tell(p *words.Printer) words.Explained {
	if c.Teller != nil {
		return c.Teller.Explain(p)
	}
	if c.Problem != nil {
		return p.Explain(c.Problem.Code, c.Problem.Args)
	}
	base := "doctor." + c.Code + "." + string(c.Result)
	told := words.Explained{Title: p.Fill(base+".title", c.Args)}
	if p.Has(base + ".detail") {
		told.Detail = p.Fill(base+".detail", c.Args)
	}
	if p.Has(base + ".remedy") {
		told.Remedy = p.Fill(base+".remedy", c.Args)
	}
	return told
}
