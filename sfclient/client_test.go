package sfclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"fieldpost/sfclient"

	"github.com/google/go-cmp/cmp"
)

// org is a Salesforce of a few handlers, with the versions that it offers.
type org struct {
	*http.ServeMux
	server   *httptest.Server
	versions string
	asked    atomic.Int32 // for its versions
}

func newOrg(t *testing.T) *org {
	t.Helper()
	o := &org{ServeMux: http.NewServeMux(), versions: `[{"version":"65.0"},{"version":"66.0"},{"version":"67.0"}]`}
	o.HandleFunc("GET /services/data", func(w http.ResponseWriter, _ *http.Request) {
		o.asked.Add(1)
		answerJSON(w, http.StatusOK, o.versions)
	})
	o.server = httptest.NewServer(o)
	t.Cleanup(o.server.Close)
	return o
}

func answerJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// on answers every request of a pattern alike.
func (o *org) on(pattern string, status int, body string) {
	o.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, status, body) })
}

// session hands out numbered tokens and counts the renewals.
type session struct {
	url      string
	renewals atomic.Int32
	current  error
	renew    error
}

func (s *session) Current(context.Context) (sfclient.Grant, error) {
	return sfclient.Grant{InstanceURL: s.url, AccessToken: "token-0"}, s.current
}

func (s *session) Renew(context.Context, sfclient.Grant) (sfclient.Grant, error) {
	s.renewals.Add(1)
	return sfclient.Grant{InstanceURL: s.url, AccessToken: "token-1"}, s.renew
}

func client(t *testing.T, s sfclient.Session, change ...func(*sfclient.Config)) *sfclient.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	config := sfclient.Config{
		Session:   s,
		Transport: transport,
		Log:       slog.New(slog.DiscardHandler),
		UserAgent: "fieldpost/test",
	}
	for _, c := range change {
		c(&config)
	}
	return sfclient.New(config)
}

func (o *org) client(t *testing.T) *sfclient.Client {
	return client(t, &session{url: o.server.URL})
}

func TestACallSaysWhoCallsAndNothingMore(t *testing.T) {
	o := newOrg(t)
	var seen http.Header
	o.HandleFunc("POST /services/data/v66.0/sobjects/Task", func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		answerJSON(w, http.StatusCreated, `{"id":"00T000000000001AAA","success":true,"errors":[]}`)
	})
	id, err := o.client(t).Create(t.Context(), "Task", sfclient.Fields{"Subject": "Hello"})
	if err != nil || id != "00T000000000001AAA" {
		t.Fatalf("Create = %q, %v", id, err)
	}
	want := map[string]string{
		"Authorization":       "Bearer token-0",
		"Content-Type":        "application/json; charset=UTF-8",
		"User-Agent":          "fieldpost/test",
		"Sforce-Call-Options": "client=fieldpost",
		"Origin":              "",
		"Idempotency-Key":     "",
		"X-Idempotency-Key":   "",
	}
	for name, value := range want {
		if got := seen.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
}

func TestTheVersionIsAgreedOnOnce(t *testing.T) {
	cases := []struct {
		name, offered, want string
	}{
		{"the pinned one where there is one", `[{"version":"65.0"},{"version":"66.0"},{"version":"67.0"}]`, "66.0"},
		{"else the highest", `[{"version":"9.0"},{"version":"62.0"},{"version":"61.0"}]`, "62.0"},
		{"also where the pinned one is retired", `[{"version":"70.0"},{"version":"71.0"}]`, "71.0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := newOrg(t)
			o.versions = c.offered
			o.on("GET /services/data/v"+c.want+"/limits", http.StatusOK, `{"DailyApiRequests":{"Max":15000,"Remaining":14998}}`)
			client := o.client(t)
			for range 2 {
				limits, err := client.Limits(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				want := map[string]sfclient.Limit{"DailyApiRequests": {Max: 15000, Remaining: 14998}}
				if diff := cmp.Diff(want, limits); diff != "" {
					t.Error(diff)
				}
			}
			if n := o.asked.Load(); n != 1 {
				t.Errorf("asked %d times for versions", n)
			}
		})
	}
}

func TestAnOrgThatIsTooOldNeedsItsAdministrator(t *testing.T) {
	o := newOrg(t)
	o.versions = `[{"version":"59.0"}]`
	_, err := o.client(t).Limits(t.Context())
	var old *sfclient.VersionError
	if !errors.As(err, &old) || old.Highest != "59.0" || sfclient.ClassOf(err) != sfclient.Admin {
		t.Fatalf("%v, class %s", err, sfclient.ClassOf(err))
	}
}

func TestARetiredVersionIsReplacedWithoutLosingTheCall(t *testing.T) {
	o := newOrg(t)
	o.on("POST /services/data/v66.0/sobjects/Task", http.StatusGone, `[{"errorCode":"UNSUPPORTED_API_VERSION","message":"retired"}]`)
	o.on("POST /services/data/v67.0/sobjects/Task", http.StatusCreated, `{"id":"00T000000000001AAA","success":true,"errors":[]}`)
	o.on("POST /services/data/v66.0/sobjects/Event", http.StatusCreated, `{"id":"00U000000000001AAA","success":true,"errors":[]}`)
	client := o.client(t)
	if _, err := client.Create(t.Context(), "Event", sfclient.Fields{}); err != nil {
		t.Fatal(err)
	}
	o.versions = `[{"version":"67.0"}]`
	if _, err := client.Create(t.Context(), "Task", sfclient.Fields{}); err != nil {
		t.Fatal(err)
	}
}

func TestAnUnknownRecordIsNotMistakenForAnUnknownVersion(t *testing.T) {
	o := newOrg(t)
	o.on("GET /services/data/v66.0/sobjects/Task/00T000000000001AAA", http.StatusNotFound, `[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]`)
	var into json.RawMessage
	err := o.client(t).Retrieve(t.Context(), "Task", "00T000000000001AAA", nil, &into)
	var own *sfclient.Error
	if !errors.As(err, &own) || own.Code != "NOT_FOUND" || sfclient.ClassOf(err) != sfclient.Permanent {
		t.Fatalf("%v", err)
	}
}

func TestTheAllowanceIsToldAfterEachCall(t *testing.T) {
	o := newOrg(t)
	o.HandleFunc("GET /services/data/v66.0/limits", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Sforce-Limit-Info", "api-usage=18/15000")
		answerJSON(w, http.StatusForbidden, `[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]`)
	})
	var told []sfclient.Usage
	c := client(t, &session{url: o.server.URL}, func(c *sfclient.Config) {
		c.OnUsage = func(u sfclient.Usage) { told = append(told, u) }
	})
	_, err := c.Limits(t.Context())
	if class := sfclient.ClassOf(err); class != sfclient.Limited || !sfclient.Retryable(err) {
		t.Errorf("class %s", class)
	}
	if diff := cmp.Diff([]sfclient.Usage{{Used: 18, Max: 15000}}, told); diff != "" {
		t.Error(diff)
	}
}

func newServer(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
