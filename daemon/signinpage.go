package daemon

import (
	"fieldpost/daemon/words"
	"fieldpost/sfclient/sfauth"
)

// signInPage is what the rep's browser shows at the end of a sign-in.
func signInPage(p *words.Printer, failure error, account sfauth.Account) sfauth.Page {
	if failure == nil {
		return sfauth.Page{Lang: p.Lang(), Title: p.Text("signin.done.title"), Lines: []string{p.Text("signin.done.text", "username", account.Username)}}
	}
	problem := problemOf(failure)
	told := p.Explain(problem.Code, problem.Args)
	return sfauth.Page{Lang: p.Lang(), Title: told.Title, Lines: []string{told.Detail, told.Remedy, p.Text("signin.failed.text")}}
}
