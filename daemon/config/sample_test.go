package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/config"
	"fieldpost/daemon/words"

	"github.com/google/go-cmp/cmp"
)

const samples = "../../installer/package/policy"

func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(samples, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settings are those of a user whom only this policy tells anything.
func settings(t *testing.T, policy string) *config.Config {
	t.Helper()
	home := t.TempDir()
	paths, err := config.Places(runtime.GOOS, func(name string) string {
		return map[string]string{"HOME": home, "USERPROFILE": home}[name]
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "policy.toml")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Inputs{Paths: paths, Policy: func() string { return file }})
	if err != nil {
		t.Fatal(err)
	}
	if problem := c.Policy().Problem; problem != nil {
		t.Fatal(problem)
	}
	return c
}

// said tells what the policy says about each setting it names, and what is built in.
func said(t *testing.T, c *config.Config) (policy, builtIn map[string]any) {
	t.Helper()
	policy, builtIn = map[string]any{}, map[string]any{}
	for _, key := range config.Keys() {
		told, err := c.Explain(words.In("en"), key, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range told.Layers {
			switch layer.Source {
			case config.FromDefault:
				builtIn[key] = layer.Value
			case config.FromPolicy:
				policy[key] = layer.Value
			}
		}
	}
	return policy, builtIn
}

func TestTheSamplePolicyDecidesWhatMostCompaniesDo(t *testing.T) {
	c := settings(t, sample(t, "policy.toml"))
	policy, _ := said(t, c)
	want := map[string]any{"salesforce.login_url": "https://acme.my.salesforce.com", "salesforce.client_id": "CONSUMER_KEY_OF_YOUR_APP"}
	if diff := cmp.Diff(want, policy); diff != "" {
		t.Error(diff)
	}
	var locked []string
	for _, item := range c.List(words.In("en"), nil) {
		if item.Locked {
			locked = append(locked, item.Key)
		}
	}
	if want := []string{"salesforce.login_url", "salesforce.client_id", "web.allowed_origins", "keychain.backend"}; !slices.Equal(locked, want) {
		t.Errorf("locked are %v", locked)
	}
}

func TestTheSamplePolicyShowsEverySettingWithWhatIsBuiltIn(t *testing.T) {
	text := sample(t, "policy.toml")
	policy, builtIn := said(t, settings(t, regexp.MustCompile(`(?m)^#([^ \n])`).ReplaceAllString(text, "$1")))
	for _, key := range config.Keys() {
		shown, named := policy[key]
		switch comment := commentOn(text, key); {
		case !named:
			t.Errorf("%s is not shown", key)
		case len(comment) < 20:
			t.Errorf("%s is shown without a word: %q", key, comment)
		case strings.Contains(comment, "CHANGE THIS") || strings.Contains(comment, "Example"):
			if builtIn[key] != "" && !strings.Contains(comment, config.Text(builtIn[key])) {
				t.Errorf("%s: nothing tells that %v is built in", key, builtIn[key])
			}
		default:
			if diff := cmp.Diff(asJSON(t, builtIn[key]), asJSON(t, shown)); diff != "" {
				t.Errorf("%s: %s", key, diff)
			}
		}
	}
}

// commentOn is the prose right above a setting's line, on or off.
func commentOn(text, key string) string {
	section, name, _ := strings.Cut(key, ".")
	_, text, _ = strings.Cut(text, "\n["+section+"]\n")
	var comment strings.Builder
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(strings.TrimPrefix(line, "#"), name+" = "):
			return comment.String()
		case strings.HasPrefix(line, "# "):
			comment.WriteString(line[2:])
		case strings.HasPrefix(line, "["):
			return ""
		default:
			comment.Reset()
		}
	}
	return ""
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
