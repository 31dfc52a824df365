package sfauth_test

import (
	"errors"
	"io/fs"
	"testing"

	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

func TestTheSessionOfAnotherUserIsNotUsed(t *testing.T) {
	w := newWorld(t)
	other := w.sb.AddUser("eve@acme.test", "Eve", "Other")
	_, refresh := w.sb.Grant(other)
	grant := w.grant()
	grant.RefreshToken = refresh
	if err := w.refresher().Adopt(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	r := w.refresher()
	for range 2 {
		_, err := r.Current(t.Context())
		var failure *sfauth.Error
		if !errors.As(err, &failure) || failure.Code != sfauth.SignInOtherUser {
			t.Fatalf("%v", err)
		}
	}
	if n := w.tokenCalls(); n != 1 {
		t.Errorf("%d token calls, want 1", n)
	}
}

func TestAnotherSignInLeavesNothingOfTheOneBefore(t *testing.T) {
	w := newWorld(t)
	w.signedIn()
	old := w.account()
	eve := w.sb.AddUser("eve@acme.test", "Eve", "Other")
	access, refresh := w.sb.Grant(eve)
	account := old
	account.UserID, account.Username = eve, "eve@acme.test"
	r := w.refresher()
	if err := r.Adopt(t.Context(), &sfauth.Grant{Account: account, AccessToken: access, RefreshToken: refresh}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.refresher().Current(t.Context()); !errors.Is(err, sfauth.ErrSignInNeeded) {
		t.Errorf("the one before: %v", err)
	}
	if _, err := w.refresher(func(c *sfauth.RefresherConfig) { c.Account = account }).Current(t.Context()); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

func TestTwoHomesShareNoSession(t *testing.T) {
	w := newWorld(t)
	w.signedIn()
	r := w.refresher(func(c *sfauth.RefresherConfig) { c.Store = "home-2" })
	if _, err := r.Current(t.Context()); !errors.Is(err, sfauth.ErrSignInNeeded) {
		t.Fatalf("%v", err)
	}
}

func TestASignOutEndsTheGrantAndForgetsIt(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	if err := r.Revoke(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.sb.Grants(w.sb.Rep().ID); n != 0 {
		t.Errorf("%d grants live", n)
	}
	if err := r.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, slot := range []string{"a", "b"} {
		if _, err := w.secrets.Get(t.Context(), "refresh-token-"+slot+"/home-1"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("slot %s: %v", slot, err)
		}
	}
	if _, err := r.Current(t.Context()); !errors.Is(err, sfauth.ErrSignInNeeded) {
		t.Errorf("%v", err)
	}
}

func TestASignOutOfAGrantThatIsGoneTellsSo(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	w.sb.Inject(sandbox.RefuseSignIn("invalid_token", "token is unknown").On(sandbox.Revoke))
	var failure *sfauth.Error
	if err := r.Revoke(t.Context()); !errors.As(err, &failure) || failure.OAuth != "invalid_token" {
		t.Fatalf("%v", err)
	}
}
