package sandbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func TestTheRepCanReadTheEdition(t *testing.T) {
	c := start(t)
	const soql = "SELECT OrganizationType FROM Organization"
	if got := c.column("OrganizationType", soql); !cmp.Equal(got, []any{"Enterprise Edition"}) {
		t.Errorf("a new org has the edition %v", got)
	}
	c.set(func(r *sandbox.Rules) { r.Edition = "Professional Edition" })
	if got := c.column("OrganizationType", soql); !cmp.Equal(got, []any{"Professional Edition"}) {
		t.Errorf("edition %v", got)
	}
}
