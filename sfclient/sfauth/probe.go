package sfauth

import (
	"context"
	"html"
	"io"
	"net/http"
	"slices"

	"golang.org/x/oauth2"
)

// probe asks for the sign-in page before the rep does. A login host out of reach
// or an app that it does not know would otherwise end in an error page that never
// comes back to us (salesforce.md section 1.3). The challenge is a throw-away one.
func (e *endpoint) probe(ctx context.Context) error {
	ctx, cancel := e.within(ctx)
	defer cancel()
	address := e.config.AuthCodeURL("probe", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return e.signInFailure(&HostError{Given: e.login, Why: "host"})
	}
	response, err := e.http.Do(request)
	if err != nil {
		return e.signInFailure(tokenFailure(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 256<<10))
	if err != nil {
		return e.signInFailure(tokenFailure(err))
	}
	if refusal := e.refusalIn(response, string(body)); refusal != nil {
		return refusal
	}
	return nil
}

// final are the refusals that stand before anybody has signed in.
var final = []Code{WrongClientID, RedirectMismatch, AppNotInstalled, AppBlocked, ScopeMissing, OrgInactive}

func (e *endpoint) refusalIn(response *http.Response, body string) *Error {
	for _, text := range []string{response.Header.Get("Location"), html.UnescapeString(body)} {
		if refusal := parseRefusal(text); refusal != nil && slices.Contains(final, refusal.Code) {
			return refusal
		}
	}
	host := map[string]string{"host": hostOf(e.login)}
	switch {
	case response.StatusCode == http.StatusNotFound || response.StatusCode == 420:
		return &Error{Code: LoginUnreachable, Who: User, Args: host}
	case response.StatusCode >= 500:
		return &Error{Code: LoginForeign, Who: Wait, Args: host}
	}
	return nil
}
