package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// printed is what a status looks like to a person.
func printed(t *testing.T, lang string, s *apitype.Status) string {
	t.Helper()
	var out bytes.Buffer
	if err := (&program{out: &out, errOut: &out, words: words.In(lang)}).printStatus(s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAStatusTellsEachProblemOnceWithAFittingFirstLine(t *testing.T) {
	cases := map[string]struct {
		account apitype.AccountState
		state   apitype.ConnectionState
		code    string
		who     outbox.Who
		first   map[string]string
	}{
		"a sign-in is needed": {
			apitype.NeedsSignIn, apitype.Limited, "sign_in_needed", outbox.You,
			map[string]string{"en": "Nothing reaches Salesforce for ana@acme.test", "fr": "Rien ne part vers Salesforce pour ana@acme.test"},
		},
		"the keychain is locked": {
			apitype.NeedsSignIn, apitype.Limited, "keychain_locked", outbox.You,
			map[string]string{"en": "Nothing reaches Salesforce for ana@acme.test", "fr": "Rien ne part vers Salesforce pour ana@acme.test"},
		},
		"the org is busy": {
			apitype.SignedIn, apitype.Limited, "REQUEST_LIMIT_EXCEEDED", outbox.Wait,
			map[string]string{"en": "Signed in as ana@acme.test.\nSalesforce asks for patience.", "fr": "Connecté en tant que ana@acme.test.\nSalesforce demande de patienter."},
		},
	}
	for name, c := range cases {
		for lang, first := range c.first {
			problem := apitype.ProblemOf(words.In(lang), &outbox.Problem{Code: c.code, Who: c.who})
			got := printed(t, lang, &apitype.Status{
				Account:    apitype.Account{State: c.account, Username: "ana@acme.test"},
				Connection: apitype.Connection{State: c.state, Problem: problem},
				Warnings:   []apitype.Problem{*problem},
			})
			if !strings.HasPrefix(got, first) {
				t.Errorf("%s, %s begins otherwise:\n%s", name, lang, got)
			}
			if n := strings.Count(got, problem.Title); n != 1 {
				t.Errorf("%s, %s: the problem is told %d times:\n%s", name, lang, n, got)
			}
		}
	}
}

func TestAStatusWithNothingCapturedAnnouncesNoList(t *testing.T) {
	for lang, want := range map[string]string{"en": "Nothing captured yet.\n", "fr": "Rien d’enregistré pour l’instant.\n"} {
		if got := printed(t, lang, &apitype.Status{}); !strings.Contains(got, want) || strings.Contains(got, ":\n") {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func TestAFlushStandsStillOnlyOnceAnAttemptHasFailed(t *testing.T) {
	problem := func(code string) *apitype.Problem { return &apitype.Problem{Code: code} }
	next := time.Now()
	cases := map[string]struct {
		account apitype.AccountState
		problem *apitype.Problem
		next    *time.Time
		exit    int
	}{
		"signed out":                 {apitype.SignedOut, nil, nil, exitSignIn},
		"needs a sign-in":            {apitype.NeedsSignIn, problem("sign_in_needed"), &next, exitSignIn},
		"needed one before":          {apitype.NeedsSignIn, problem("sign_in_needed"), nil, exitDone},
		"the keychain is locked":     {apitype.NeedsSignIn, problem("keychain_locked"), &next, exitFailed},
		"blocked by the admin":       {apitype.Blocked, problem("API_CURRENTLY_DISABLED"), &next, exitFailed},
		"no network, which may come": {apitype.SignedIn, problem("offline"), &next, exitDone},
		"all is well":                {apitype.SignedIn, nil, nil, exitDone},
	}
	for name, c := range cases {
		err := standstill(apitype.Status{
			Account: apitype.Account{State: c.account}, Connection: apitype.Connection{Problem: c.problem, NextAttemptAt: c.next},
		})
		exit := exitDone
		if err != nil {
			_, exit = (&program{words: words.In("en")}).tell(err)
		}
		if exit != c.exit {
			t.Errorf("%s: exits %d, want %d", name, exit, c.exit)
		}
	}
}

func TestOnlyWhatWasTypedIsWrongUsage(t *testing.T) {
	for code, want := range map[string]int{
		"ports_taken": exitFailed, "wrong_client_id": exitFailed, "login_host_unreachable": exitFailed, "consent_refused": exitFailed,
		"sign_in_timed_out": exitFailed, "keychain_locked": exitFailed, "keychain_unavailable": exitFailed, "not_durable": exitFailed,
		"sign_in_needed": exitSignIn, "sign_in_first": exitSignIn, "signed_out": exitSignIn,
		"items_waiting": exitRefused, "login_host_invalid": exitUsage, "setting_value": exitUsage, "locked": exitUsage,
	} {
		for _, status := range []int{0, 400, 409, 502} { // the port's status says nothing about who is at fault
			if _, got := (&program{words: words.In("en")}).tell(&apitype.Error{Status: status, Code: code, Title: "x"}); got != want {
				t.Errorf("%s with status %d exits %d, want %d", code, status, got, want)
			}
		}
	}
	if _, got := (&program{words: words.In("en")}).tell(errors.Join(errors.New("x"), &codeError{code: exitUsage})); got != exitUsage {
		t.Errorf("a joined code is lost: %d", got)
	}
}
