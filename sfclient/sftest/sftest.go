// Package sftest gives tests a client of a sandbox that is signed in already. What
// signing in itself does is tested where it is made, in sfauth.
package sftest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
)

// Client serves the org until the test ends and gives a client of its rep.
func Client(t testing.TB, org *sandbox.Sandbox) *sfclient.Client {
	t.Helper()
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	access, _ := org.Grant(org.Rep().ID)
	return At(server.URL, access)
}

// Unplugged gives a client whose every connection is refused.
func Unplugged() *sfclient.Client {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	return At(server.URL, "x")
}

// At gives a client with an access token of the org at an address.
func At(address, access string) *sfclient.Client {
	return sfclient.New(sfclient.Config{
		Session:   session{sfclient.Grant{InstanceURL: address, AccessToken: access}},
		Transport: &http.Transport{}, Log: slog.New(slog.DiscardHandler), UserAgent: "test",
	})
}

// session never ends and is never renewed.
type session struct{ grant sfclient.Grant }

func (s session) Current(context.Context) (sfclient.Grant, error) { return s.grant, nil }

func (s session) Renew(context.Context, sfclient.Grant) (sfclient.Grant, error) { return s.grant, nil }
