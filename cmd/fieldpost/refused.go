package main

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"fieldpost/daemon"
	"fieldpost/daemon/capture"
	"fieldpost/daemon/localapi"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// refusalOf gives what refuses a capture, whether the daemon said so or the files'
// own desk; nil for an error of another kind.
func (p *program) refusalOf(err error) *apitype.Error {
	var told *apitype.Error
	if errors.As(err, &told) {
		if isRefusal(told) {
			return told
		}
		return nil
	}
	if _, ok := capture.AsRefusal(err); !ok {
		return nil
	}
	known, _ := daemon.Explain(p.words, err)
	return refused(known.Code, known.Field, known.Explained)
}

func refused(code, field string, told words.Explained) *apitype.Error {
	return &apitype.Error{
		Status: localapi.StatusOf(code), Code: code, Field: field, Title: told.Title, Detail: told.Detail, Remedy: told.Remedy,
	}
}

// isRefusal tells a capture that is at fault from one that could not be kept.
func isRefusal(e *apitype.Error) bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// refusedFlag tells why what was typed is refused, by the flags and not by the
// fields that they fill. to are the values of --to.
func (p *program) refusedFlag(err error, to []string) error {
	refusal, ok := capture.AsRefusal(err)
	if !ok {
		told := p.refusalOf(err)
		if told == nil {
			return err
		}
		if told.Field == "" || told.Code == capture.RelatedNotAllowed { // it names the record's kind
			return &codeError{exitUsage, told}
		}
		refusal = capture.Refuse(told.Code)
		refusal.Field = told.Field
	}
	explained := p.explainFlag(refusal, to)
	return &codeError{exitUsage, refused(refusal.Code, refusal.Field, explained)}
}

func (p *program) explainFlag(refusal *capture.Refusal, to []string) words.Explained {
	typed := *refusal
	typed.Args = map[string]string{}
	for name, value := range refusal.Args {
		typed.Args[name] = value
	}
	typed.Args["field"] = flagFor(refusal.Field, to)
	if typed.Code == "required" && typed.Args["limit"] != "" { // these are fields too
		fields := strings.Split(typed.Args["limit"], ", ")
		for i := range fields {
			fields[i] = flagFor(fields[i], to)
		}
		typed.Args["limit"] = strings.Join(fields, ", ")
	}
	told := capture.Explain(p.words, &typed)
	if own := "cli.refusal." + typed.Code; p.words.Has(own) {
		told.Detail = p.words.Fill(own, typed.Args)
		told.Remedy = p.words.Text(own + ".remedy")
		if day := own + ".remedy." + typed.Field; p.words.Has(day) {
			told.Remedy = p.words.Text(day)
		}
	}
	return told
}

// flagNames are those of flags called otherwise than the field they fill.
var flagNames = map[string]string{"related_to": "related", "occurred_at": "at"}

// flagFor names the flag that fills a field, with the value where it has several.
func flagFor(field string, to []string) string {
	first, rest, _ := strings.Cut(strings.ReplaceAll(field, "[", "."), ".")
	if first == "people" {
		number, _, _ := strings.Cut(rest, "]")
		if n, err := strconv.Atoi(number); err == nil && n < len(to) {
			return "--to " + clean(to[n])
		}
		return "--to"
	}
	if flag, ok := flagNames[first]; ok {
		return "--" + flag
	}
	return "--" + strings.ReplaceAll(first, "_", "-")
}
