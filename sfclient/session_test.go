package sfclient_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fieldpost/sfclient"
)

const sessionExpired = `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]`

// onlyFor answers a creation for one token and 401 for all others.
func onlyFor(o *org, token string) {
	o.HandleFunc("POST /services/data/v66.0/sobjects/Task", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			answerJSON(w, http.StatusUnauthorized, sessionExpired)
			return
		}
		answerJSON(w, http.StatusCreated, `{"id":"00T000000000001AAA","success":true,"errors":[]}`)
	})
}

func TestAnExpiredSessionIsRenewedOnceAndTheCallReplayed(t *testing.T) {
	o := newOrg(t)
	onlyFor(o, "token-1")
	s := &session{url: o.server.URL}
	id, err := client(t, s).Create(t.Context(), "Task", sfclient.Fields{})
	if err != nil || id == "" || s.renewals.Load() != 1 {
		t.Fatalf("%q, %v, %d renewals", id, err, s.renewals.Load())
	}
}

func TestASessionRefusedTwiceIsNotRenewedAgain(t *testing.T) {
	o := newOrg(t)
	onlyFor(o, "nobody's")
	s := &session{url: o.server.URL}
	_, err := client(t, s).Create(t.Context(), "Task", sfclient.Fields{})
	var refused *sfclient.SessionRefusedError
	if !errors.As(err, &refused) || s.renewals.Load() != 1 {
		t.Fatalf("%v, %d renewals", err, s.renewals.Load())
	}
	if sfclient.ClassOf(err) != sfclient.Auth || sfclient.Doubtful(err) || sfclient.Retryable(err) {
		t.Errorf("class %s, doubtful %v", sfclient.ClassOf(err), sfclient.Doubtful(err))
	}
}

func TestAForeign401IsNoReasonToRenew(t *testing.T) {
	for _, body := range []string{"", "<html>Sign in to the network</html>", `[{"errorCode":"INVALID_AUTH_HEADER","message":"x"}]`} {
		o := newOrg(t)
		o.on("POST /services/data/v66.0/sobjects/Task", http.StatusUnauthorized, body)
		s := &session{url: o.server.URL}
		if _, err := client(t, s).Create(t.Context(), "Task", sfclient.Fields{}); err == nil || s.renewals.Load() != 0 {
			t.Errorf("%q: %v, %d renewals", body, err, s.renewals.Load())
		}
	}
}

func TestAnExpiredSessionIsNoticedAtTheVersionsToo(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /services/data", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-1" {
			answerJSON(w, http.StatusUnauthorized, sessionExpired)
			return
		}
		answerJSON(w, http.StatusOK, `[{"version":"66.0"}]`)
	})
	mux.HandleFunc("GET /services/data/v66.0/limits", func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, http.StatusOK, `{}`) })
	s := &session{url: newServer(t, mux)}
	if _, err := client(t, s).Limits(t.Context()); err != nil || s.renewals.Load() != 1 {
		t.Fatalf("%v, %d renewals", err, s.renewals.Load())
	}
}

func TestASessionThatCannotBeHadLeavesTheCallUnsent(t *testing.T) {
	o := newOrg(t)
	onlyFor(o, "token-1")
	lost := &sfclient.TransportError{Sent: true, Kind: sfclient.NetworkTimeout, Err: errors.New("no answer")}
	cases := map[string]*session{
		"none at first":  {url: o.server.URL, current: lost},
		"none after 401": {url: o.server.URL, renew: lost},
	}
	for name, s := range cases {
		_, err := client(t, s).Create(t.Context(), "Task", sfclient.Fields{})
		if !errors.Is(err, lost) || sfclient.Doubtful(err) || !sfclient.Unsent(err) || sfclient.ClassOf(err) != sfclient.Transient {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAGrantDoesNotPrintItsToken(t *testing.T) {
	grant := sfclient.Grant{InstanceURL: "https://acme.my.salesforce.com", AccessToken: "secret"}
	for _, text := range []string{fmt.Sprint(grant), fmt.Sprintf("%v %+v %s", grant, grant, grant), grant.LogValue().String()} {
		if strings.Contains(text, "secret") {
			t.Errorf("%q", text)
		}
	}
}
