package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestTheSystemsPolicyBeatsTheOneAskedFor(t *testing.T) {
	paths := home(t)
	if got := paths.PolicyFile(""); got != "" {
		t.Errorf("none: %q", got)
	}
	if got := paths.PolicyFile("/asked.toml"); got != "/asked.toml" {
		t.Errorf("asked for: %q", got)
	}
	write(t, paths.SystemPolicy, "")
	if got := paths.PolicyFile("/asked.toml"); got != paths.SystemPolicy {
		t.Errorf("the system's: %q", got)
	}
}

func TestABrokenPolicyLeavesTheLastGoodOneInForce(t *testing.T) {
	c := load(t, "locked = [\"contacts.scope\"]\ncontacts.scope = \"own\"\n", "")
	if err := c.KeepPolicy(); err != nil {
		t.Fatal(err)
	}
	write(t, c.Paths().SystemPolicy, "contacts.scop = \"own\"\n")
	if err := c.Reload(); err != nil {
		t.Fatal(err)
	}
	policy := c.Policy()
	if policy.Problem == nil || !policy.Copy || !policy.Problem.Kept || policy.Problem.Code() != "policy_kept" {
		t.Fatalf("%+v", policy)
	}
	if got := get(t, c, "contacts.scope"); got.Value != "own" || !got.Locked {
		t.Errorf("%+v", got)
	}
	told, err := c.Explain(english, "contacts.scope", nil)
	if err != nil || told.Layers[1].Where != c.Paths().PolicyCopy {
		t.Errorf("%+v, %v", told, err)
	}
	if err := c.KeepPolicy(); err != nil || !strings.Contains(read(t, c.Paths().PolicyCopy), "own") {
		t.Error("the copy was lost:", err)
	}
}

func TestABrokenPolicyWithoutACopyIsSaidNotGuessed(t *testing.T) {
	for _, text := range []string{"[", "locked = 3", "locked = [\"web.port\"]", "contacts.scope = \"mine\""} {
		c := load(t, text, "")
		policy := c.Policy()
		if policy.Problem == nil || policy.Copy || policy.Problem.Code() != "policy_broken" {
			t.Fatalf("%q: %+v", text, policy)
		}
		var cause *Error
		if !errors.As(policy.Problem, &cause) || cause.File != c.Paths().SystemPolicy || cause.Line != 1 {
			t.Errorf("%q: %+v", text, cause)
		}
		if told := policy.Problem.Error(); !strings.Contains(told, "nothing is sent") || !strings.Contains(told, "policy.toml") {
			t.Errorf("%q", told)
		}
	}
}

func TestAPolicyAskedForThatIsNotThereIsBroken(t *testing.T) {
	paths := home(t)
	c := mustLoad(t, Inputs{Paths: paths, Policy: func() string { return paths.PolicyFile("/nowhere/policy.toml") }})
	if policy := c.Policy(); policy.Problem == nil || policy.Problem.Err.Code != CodeUnreadable {
		t.Errorf("%+v", policy)
	}
}

func TestTheCopyGoesWithThePolicy(t *testing.T) {
	c := load(t, "contacts.scope = \"own\"\n", "")
	for range 2 {
		if err := c.KeepPolicy(); err != nil {
			t.Fatal(err)
		}
	}
	without := mustLoad(t, Inputs{Paths: c.Paths()})
	for range 2 {
		if err := without.KeepPolicy(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(c.Paths().PolicyCopy); err == nil {
		t.Error("the copy is still there")
	}
}

func TestReadingSettingsWritesNothing(t *testing.T) {
	c := load(t, "contacts.scope = \"own\"\n", "")
	c.List(english, nil)
	if _, err := os.Stat(c.Paths().PolicyCopy); err == nil {
		t.Error("a copy was written")
	}
}
