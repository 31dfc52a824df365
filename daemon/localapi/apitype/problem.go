package apitype

import (
	"fmt"
	"strings"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Problem says what keeps something from being delivered, and who can act.
type Problem struct {
	Code   string     `json:"code"`
	Title  string     `json:"title"`
	Detail string     `json:"detail"`
	Remedy string     `json:"remedy"`
	Who    outbox.Who `json:"who"`
	// ForAdmin is a text to send to the administrator, where it is one who acts.
	ForAdmin string `json:"for_admin,omitempty"`
}

// ProblemOf tells a problem of the outbox; nil stays nil.
func ProblemOf(p *words.Printer, of *outbox.Problem) *Problem {
	if of == nil {
		return nil
	}
	told := p.Explain(of.Code, of.Args)
	problem := &Problem{Code: of.Code, Title: told.Title, Detail: told.Detail, Remedy: told.Remedy, Who: of.Who}
	if of.Who == outbox.Admin {
		problem.ForAdmin = p.Text("admin.text", "title", told.Title, "detail", told.Detail, "remedy", told.Remedy, "code", of.Code)
	}
	return problem
}

// concerning adds to the text for the administrator whom and what it is about.
func (pr *Problem) concerning(p *words.Printer, account *outbox.Account, id string) *Problem {
	if pr == nil || pr.ForAdmin == "" || account == nil {
		return pr
	}
	pr.ForAdmin += "\n" + p.Text("admin.about", "username", account.Username, "org", account.OrgID, "id", id)
	return pr
}

// Error is the body of an answer that refuses (RFC 9457), and the error that the
// client gives for it.
type Error struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	// Field is the JSON path, query parameter or setting that is at fault.
	Field  string `json:"field,omitempty"`
	Title  string `json:"title"`
	Detail string `json:"detail,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Who can act, where that is known.
	Who outbox.Who `json:"who,omitempty"`
	// Record is where the item stands in Salesforce, when that is the reason.
	Record *Record `json:"record,omitempty"`
}

// Error tells what happened, why and what to do.
func (e *Error) Error() string {
	if e.Title == "" {
		return fmt.Sprintf("fieldpost answered with status %d", e.Status)
	}
	parts := []string{strings.TrimSuffix(e.Title, ".") + "."}
	for _, part := range []string{e.Detail, e.Remedy} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}
