package sfauth_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"fieldpost/sfclient/sfauth"
)

func (w *world) config(change ...func(*sfauth.Config)) sfauth.Config {
	config := sfauth.Config{
		LoginURL:  w.url,
		ClientID:  clientID,
		Ports:     []int{0},
		Transport: w.transport,
		Log:       w.logger(),
		Page: func(failure error, account sfauth.Account) sfauth.Page {
			var coded *sfauth.Error
			if errors.As(failure, &coded) {
				return sfauth.Page{Lang: "en", Title: "No: " + string(coded.Code)}
			}
			if failure != nil {
				return sfauth.Page{Lang: "en", Title: "Not kept"}
			}
			return sfauth.Page{Lang: "en", Title: "Welcome " + account.Username, Lines: []string{"<b>done</b>"}}
		},
	}
	for _, c := range change {
		c(&config)
	}
	return config
}

func (w *world) begin(change ...func(*sfauth.Config)) *sfauth.Attempt {
	w.t.Helper()
	attempt, err := sfauth.Begin(w.t.Context(), w.config(change...))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(attempt.Close)
	return attempt
}

// browse opens an address as a browser does and gives the last page.
func browse(t *testing.T, address string) (status int, header http.Header, body string) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// redirectOf is the address that the attempt waits at, with other parameters.
func redirectOf(t *testing.T, attempt *sfauth.Attempt, parameters url.Values) string {
	t.Helper()
	query := authorization(t, attempt)
	if parameters.Get("state") == "ours" {
		parameters.Set("state", query.Get("state"))
	}
	return query.Get("redirect_uri") + "?" + parameters.Encode()
}

func authorization(t *testing.T, attempt *sfauth.Attempt) url.Values {
	t.Helper()
	u, err := url.Parse(attempt.AuthorizeURL())
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func wantCode(t *testing.T, err error, code sfauth.Code) *sfauth.Error {
	t.Helper()
	var failure *sfauth.Error
	if !errors.As(err, &failure) || failure.Code != code {
		t.Fatalf("%v, want %s", err, code)
	}
	return failure
}
