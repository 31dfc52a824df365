package sfauth_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"

	"golang.org/x/sync/errgroup"
)

func TestASessionIsFetchedWhenFirstNeeded(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	if n := w.tokenCalls(); n != 0 {
		t.Fatalf("%d token calls before anybody asked", n)
	}
	for range 2 {
		if _, err := w.client(r).Limits(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.tokenCalls(); n != 1 {
		t.Errorf("%d token calls, want 1", n)
	}
}

func TestTheSessionOfASignInServesAtOnce(t *testing.T) {
	w := newWorld(t)
	r := w.refresher(func(c *sfauth.RefresherConfig) { c.Account = sfauth.Account{} })
	if err := r.Adopt(t.Context(), w.grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client(r).Limits(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.tokenCalls(); n != 0 {
		t.Errorf("%d token calls, want 0", n)
	}
	if r.Account() != w.account() {
		t.Errorf("account %v", r.Account())
	}
}

func TestNobodySignedInNeedsASignIn(t *testing.T) {
	w := newWorld(t)
	r := w.refresher(func(c *sfauth.RefresherConfig) { c.Account = sfauth.Account{} })
	_, err := r.Current(t.Context())
	if !errors.Is(err, sfauth.ErrSignInNeeded) || sfclient.ClassOf(err) != sfclient.Auth {
		t.Fatalf("%v, class %s", err, sfclient.ClassOf(err))
	}
	if len(w.sb.Calls()) != 0 {
		t.Error("Salesforce was asked")
	}
}

func TestTenCallsRefusedAtOnceCostOneRefresh(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	stale, err := r.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.sb.ExpireSessions()
	w.sb.ResetCalls()
	var group errgroup.Group
	for range 10 {
		group.Go(func() error {
			fresh, err := r.Renew(t.Context(), stale)
			if err == nil && fresh.AccessToken == stale.AccessToken {
				err = errors.New("the stale token again")
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := w.tokenCalls(); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}

func TestRefreshesAreLimited(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	renew := func() error {
		grant, err := r.Current(t.Context())
		if err == nil {
			_, err = r.Renew(t.Context(), grant)
		}
		return err
	}
	for range 2 {
		w.now = w.now.Add(time.Minute)
		if err := renew(); err != nil {
			t.Fatal(err)
		}
	}
	err := renew()
	var failure *sfauth.Error
	if !errors.As(err, &failure) || failure.Code != sfauth.SessionUnstable || failure.RetryAfter != 4*time.Minute || !sfclient.Retryable(err) {
		t.Fatalf("%v, after %v", err, failure.RetryAfter)
	}
	if n := w.tokenCalls(); n != 3 {
		t.Errorf("%d refreshes in five minutes", n)
	}
	w.now = w.now.Add(failure.RetryAfter)
	if err := renew(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestASessionLockedToAnAddressIsRenewedFromTheNewOne(t *testing.T) {
	w := newWorld(t)
	client := w.client(w.signedIn())
	w.sb.Set(func(r *sandbox.Rules) { r.LockSessionsToIP, r.Source = true, "192.0.2.1" })
	if _, err := client.Limits(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.sb.Set(func(r *sandbox.Rules) { r.Source = "192.0.2.2" })
	if _, err := client.Limits(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.tokenCalls(); n != 2 {
		t.Errorf("%d token calls, want 2", n)
	}
}

func TestAnEgressThatKeepsChangingEndsAsSessionRefused(t *testing.T) {
	w := newWorld(t)
	w.sb.Set(func(r *sandbox.Rules) { r.LockSessionsToIP = true })
	w.transport = before(w.transport, func(r *http.Request) {
		source := "192.0.2.1"
		if strings.HasSuffix(r.URL.Path, "/token") {
			source = "192.0.2.2"
		}
		w.sb.Set(func(r *sandbox.Rules) { r.Source = source })
	})
	_, err := w.client(w.signedIn()).Limits(t.Context())
	var refused *sfclient.SessionRefusedError
	if !errors.As(err, &refused) || sfclient.ClassOf(err) != sfclient.Auth || sfclient.Doubtful(err) {
		t.Fatalf("%v", err)
	}
	if n := w.tokenCalls(); n != 2 {
		t.Errorf("%d token calls, want 2", n)
	}
}

func TestTheTwoRefusalsThatNoRefreshCuresAreNotRefreshed(t *testing.T) {
	for _, message := range []string{"This session is not valid for use with the REST API", "Connected app is not attached to Agent"} {
		w := newWorld(t)
		client := w.client(w.signedIn())
		if _, err := client.Limits(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.sb.Inject(sandbox.Refuse(401, "INVALID_SESSION_ID", message).On(sandbox.Limits))
		_, err := client.Limits(t.Context())
		if sfclient.ClassOf(err) != sfclient.Admin {
			t.Errorf("%s: %v, class %s", message, err, sfclient.ClassOf(err))
		}
		if n := w.tokenCalls(); n != 1 {
			t.Errorf("%s: %d token calls, want 1", message, n)
		}
	}
}

func TestAMovedInstanceIsFollowedAndTold(t *testing.T) {
	w := newWorld(t)
	var told []sfauth.Account
	r := w.signedIn(func(c *sfauth.RefresherConfig) {
		c.OnAccount = func(a sfauth.Account) { told = append(told, a) }
	})
	moved := strings.Replace(w.url, "127.0.0.1", "localhost", 1)
	w.sb.Set(func(r *sandbox.Rules) { r.InstanceURL = moved })
	grant, err := r.Current(t.Context())
	if err != nil || grant.InstanceURL != moved {
		t.Fatalf("%v, %v", grant, err)
	}
	if len(told) != 1 || told[0].InstanceURL != moved || told[0].UserID != w.sb.Rep().ID {
		t.Errorf("told %v", told)
	}
}

func TestAFalseInstanceGetsNoToken(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	w.sb.Set(func(r *sandbox.Rules) { r.InstanceURL = "https://evil.example" })
	_, err := r.Current(t.Context())
	var failure *sfauth.Error
	if !errors.As(err, &failure) || failure.Code != sfauth.InstanceRefused {
		t.Fatalf("%v", err)
	}
}

func TestAnIdleSessionIsKeptAlive(t *testing.T) {
	const week = 7 * 24 * time.Hour
	w := newWorld(t)
	r := w.signedIn()
	for _, wait := range []time.Duration{0, time.Hour, week, time.Hour} {
		w.now = w.now.Add(wait)
		if err := r.KeepAlive(t.Context(), week); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.tokenCalls(); n != 2 {
		t.Errorf("%d refreshes, want 2: at first, and after a week", n)
	}
}

func TestNoTokenIsLoggedOrTold(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	grant, err := r.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.sb.ExpireSessions()
	w.sb.Inject(sandbox.CutAnswer().On(sandbox.Token).Times(2))
	_, failure := w.client(r).Limits(t.Context())
	w.logger().Info("grant", "grant", grant, "failure", failure)
	refresh, _ := w.secrets.Get(t.Context(), "refresh-token-b/home-1")
	for _, secret := range []string{grant.AccessToken, "5Aep861", refresh} {
		if secret != "" && strings.Contains(w.log.String(), secret) {
			t.Errorf("%.12s… stands in the log", secret)
		}
	}
	for _, call := range w.sb.Calls() {
		if call.TokenInURL {
			t.Errorf("a token in the URL of %s", call.Path)
		}
	}
}
