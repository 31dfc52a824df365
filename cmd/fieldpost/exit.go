package main

import (
	"context"
	"errors"
	"fmt"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/daemon/words"
	"fieldpost/installer"
	"fieldpost/outbox"
)

// The exit codes of CONTRACT section 2.
const (
	exitDone = iota
	exitFailed
	exitUsage
	exitNotRunning
	exitSignIn
	exitAttention
	exitRefused
)

// A codeError ends the program with a code; what it has to say was said already
// where err is nil.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return fmt.Sprint(e.err) }
func (e *codeError) Unwrap() error { return e.err }

// A sentence ends the program with a code and the words of problem.CODE.
type sentence struct {
	exit int
	code string
	args map[string]string
}

func (s *sentence) Error() string { return s.code }

// wrong is wrong usage, told by problem.CODE with particulars as name, value pairs.
func wrong(code string, pairs ...string) error { return &sentence{exitUsage, code, particulars(pairs)} }

// failed is a failure, told in the same way.
func failed(code string, pairs ...string) error {
	return &sentence{exitFailed, code, particulars(pairs)}
}

func particulars(pairs []string) map[string]string {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = clean(pairs[i+1])
	}
	return args
}

// withRemedy gives an error another way out: the one that this command offers.
type withRemedy struct {
	error
	remedy string // its key
}

func (e *withRemedy) Unwrap() error { return e.error }

// told is an error as a person reads it.
type told struct {
	words.Explained
	who outbox.Who
}

// exit tells an error on stderr, as what happened, why, and what to do, and gives
// the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	told, code := p.tell(err)
	for _, line := range []string{told.Title, told.Detail, told.Remedy, p.who(told.who)} {
		if line != "" {
			fmt.Fprintln(p.errOut, line)
		}
	}
	return code
}

// who tells who can act, where that is known.
func (p *program) who(who outbox.Who) string {
	if who == "" {
		return ""
	}
	return p.words.Text("cli.who." + string(who))
}

func (p *program) tell(err error) (told, int) {
	var coded *codeError
	var better *withRemedy
	switch {
	case errors.As(err, &coded) && coded.err == nil:
		return told{}, coded.code
	case errors.As(err, &coded):
		told, _ := p.tell(coded.err)
		return told, coded.code
	case errors.As(err, &better):
		told, code := p.tell(better.error)
		told.Remedy = p.words.Text(better.remedy)
		return told, code
	}
	explained, code := p.explained(err)
	var refused *apitype.Error
	if errors.As(err, &refused) {
		return told{explained, refused.Who}, code
	}
	return told{Explained: explained}, code
}

func (p *program) explained(err error) (words.Explained, int) {
	var own *sentence
	var refused *apitype.Error
	var service *installer.Error
	var setting *config.Error
	var state *outbox.StateError
	switch {
	case errors.As(err, &own):
		return p.words.Explain(own.code, own.args), own.exit
	case errors.As(err, &refused) && refused.Title == "":
		return p.words.Explain("no_answer", map[string]string{"status": fmt.Sprint(refused.Status)}), exitFailed
	case errors.As(err, &refused):
		return words.Explained{Title: refused.Title, Detail: refused.Detail, Remedy: refused.Remedy}, codeOf(refused.Code)
	case errors.Is(err, client.ErrNotRunning):
		return p.words.Explain("not_running", nil), exitNotRunning
	case errors.As(err, &service):
		return p.words.Explain(service.Code, service.Args()), exitFailed
	case errors.As(err, &setting):
		return setting.Explain(p.words), codeOfSetting(setting)
	case errors.Is(err, outbox.ErrNotFound):
		return p.words.Explain("no_such_item", nil), exitFailed
	case errors.As(err, &state):
		return p.wrongState(state), exitFailed
	}
	if told, known := daemon.Explain(p.words, err); known {
		return told.Explained, codeOf(told.Code)
	}
	if errors.Is(err, context.Canceled) {
		return p.words.Explain("interrupted", nil), exitFailed
	}
	return words.Explained{Title: clean(err.Error())}, exitFailed
}

// wrongState tells a verb that does not fit, as the daemon tells it.
func (p *program) wrongState(state *outbox.StateError) words.Explained {
	if state.State == outbox.Delivered {
		return p.words.Explain("already_delivered", nil)
	}
	return p.words.Explain("wrong_state", map[string]string{"state": p.words.Text("api.state." + string(state.State))})
}

// codeOfSetting: what was typed is wrong usage, what stands somewhere is not.
func codeOfSetting(e *config.Error) int {
	if e.Source == config.FromRequest || e.Source == config.FromFlag {
		return exitUsage
	}
	return exitFailed
}

// codeOf gives the exit code of a problem. Wrong usage are only those that the
// command line itself brought in; a malformed capture is told by its command.
func codeOf(code string) int {
	switch code {
	case "items_waiting":
		return exitRefused
	case "sign_in_needed", "sign_in_first", "signed_out":
		return exitSignIn
	case "login_host_invalid", config.CodeUnknown, config.CodeForm, config.CodeValue, config.CodeLocked:
		return exitUsage
	}
	return exitFailed
}
