// Package doctor turns what the daemon found into checks a person can act on:
// each has a code, a result, and words that say what is wrong, what to do and who
// can. It looks at nothing itself; what the org allows it reads off crm's facts.
package doctor

import (
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
	Account Account
	Org     Org
	Laptop  Laptop
}

// Examine makes the checks of the findings, in the order in which to read them.
func Examine(f Findings) []Check {
	checks := f.Account.checks()
	checks = append(checks, f.Org.checks()...)
	return append(checks, f.Laptop.checks()...)
}

func ok(code string, args outbox.Args) Check { return Check{Code: code, Result: OK, Args: args} }

func skipped(code string) Check { return Check{Code: code, Result: Skipped} }

func when(good bool, code string, otherwise Result, who outbox.Who, args outbox.Args) Check {
	if good {
		return ok(code, args)
	}
	return Check{Code: code, Result: otherwise, Who: who, Args: args}
}

func problem(code string, found *outbox.Problem) Check {
	if found == nil {
		return ok(code, nil)
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
