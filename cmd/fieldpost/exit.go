package main

import (
	"errors"
	"fmt"
	"net/http"

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

func usage(err error) error { return &codeError{exitUsage, err} }

// exit tells an error on stderr, as what happened, why, and what to do, and gives
// the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	told, code := p.tell(err)
	for _, line := range []string{told.Title, told.Detail, told.Remedy} {
		if line != "" {
			fmt.Fprintln(p.errOut, line)
		}
	}
	return code
}

func (p *program) tell(err error) (words.Explained, int) {
	var coded *codeError
	if errors.As(err, &coded) {
		if coded.err == nil {
			return words.Explained{}, coded.code
		}
		told, _ := p.tell(coded.err)
		return told, coded.code
	}
	var refused *apitype.Error
	var service *installer.Error
	var setting *config.Error
	switch {
	case errors.As(err, &refused):
		return words.Explained{Title: refused.Title, Detail: refused.Detail, Remedy: refused.Remedy}, codeOf(refused.Code, refused.Status)
	case errors.Is(err, client.ErrNotRunning):
		return p.words.Explain("not_running", nil), exitNotRunning
	case errors.As(err, &service):
		return p.words.Explain(service.Code, service.Args()), exitFailed
	case errors.As(err, &setting):
		code := exitFailed
		if setting.Source == config.FromRequest || setting.Source == config.FromFlag {
			code = exitUsage
		}
		return setting.Explain(p.words), code
	case errors.Is(err, outbox.ErrNotFound):
		return p.words.Explain("no_such_item", nil), exitFailed
	}
	if told, known := daemon.Explain(p.words, err); known {
		return told.Explained, codeOf(told.Code, http.StatusBadRequest)
	}
	return words.Explained{Title: err.Error()}, exitFailed
}

func codeOf(code string, status int) int {
	switch code {
	case "items_waiting":
		return exitRefused
	case "sign_in_needed", "sign_in_first":
		return exitSignIn
	case "already_running", "not_durable", "wrong_state", "already_delivered":
		return exitFailed
	}
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return exitUsage
	}
	return exitFailed
}
