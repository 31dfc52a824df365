package config_test

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheBrowsersLetInThePagesThatMayPair holds each browser policy to the origins that
// are built in.
func TestTheBrowsersLetInThePagesThatMayPair(t *testing.T) {
	var patterns, hosts []string
	for _, origin := range settings(t, "").Settings().Web.AllowedOrigins {
		patterns = append(patterns, strings.Replace(origin, "://*.", "://[*.]", 1))
		hosts = append(hosts, strings.TrimPrefix(origin, "https://"))
	}
	for suffix, policy := range map[string]string{"": "LoopbackNetworkAllowedForUrls", "-before-146": "LocalNetworkAccessAllowedForUrls"} {
		check := func(file string, want, got any) {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s%s: %s", file, suffix, diff)
			}
		}
		var linux map[string][]string
		if err := json.Unmarshal([]byte(sample(t, "browser/linux"+suffix+".json")), &linux); err != nil {
			t.Error(err)
		}
		check("linux", map[string][]string{policy: patterns}, linux)
		check("windows", map[string][]string{
			`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome\` + policy:  patterns,
			`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Edge\` + policy: patterns,
		}, registry(t, sample(t, "browser/windows"+suffix+".reg")))
		check("macos", map[string][]string{"com.google.Chrome": patterns, "com.microsoft.Edge": patterns},
			payloads(t, sample(t, "browser/macos"+suffix+".mobileconfig"), policy))
	}
	var firefox struct {
		Policies struct {
			LocalNetworkAccess struct{ SkipDomains []string }
		}
	}
	if err := json.Unmarshal([]byte(sample(t, "browser/firefox.json")), &firefox); err != nil || !slices.Equal(firefox.Policies.LocalNetworkAccess.SkipDomains, hosts) {
		t.Errorf("firefox: %v, %+v", err, firefox)
	}
}

// registry reads a .reg file whose keys hold numbered texts: the texts by key.
func registry(t *testing.T, text string) map[string][]string {
	t.Helper()
	entry := regexp.MustCompile(`^"[1-9][0-9]*"="([^"\\]+)"$`)
	keys, key := map[string][]string{}, ""
	for i, line := range strings.Split(text, "\r\n") {
		found := entry.FindStringSubmatch(line)
		switch {
		case i == 0 && line == "Windows Registry Editor Version 5.00", i > 0 && line == "":
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			key = line[1 : len(line)-1]
		case found != nil && key != "":
			keys[key] = append(keys[key], found[1])
		default:
			t.Errorf("line %d is %q", i+1, line)
		}
	}
	return keys
}

// A node is an element of a property list.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

// payloads reads a configuration profile: by each payload's type, the texts that a key
// of it lists.
func payloads(t *testing.T, text, key string) map[string][]string {
	t.Helper()
	var document node
	if err := xml.Unmarshal([]byte(text), &document); err != nil || document.XMLName.Local != "plist" || len(document.Nodes) != 1 {
		t.Fatalf("no property list: %v", err)
	}
	profile := dict(t, document.Nodes[0])
	if kind := profile["PayloadType"].Text; kind != "Configuration" {
		t.Errorf("the profile is a %q", kind)
	}
	ids := []string{profile["PayloadUUID"].Text}
	lists := map[string][]string{}
	for _, each := range profile["PayloadContent"].Nodes {
		payload := dict(t, each)
		ids = append(ids, payload["PayloadUUID"].Text)
		for _, value := range payload[key].Nodes {
			lists[payload["PayloadType"].Text] = append(lists[payload["PayloadType"].Text], value.Text)
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 1+len(profile["PayloadContent"].Nodes) {
		t.Errorf("an id stands there twice: %v", ids)
	}
	return lists
}

// dict gives the values of a dict, each behind its key.
func dict(t *testing.T, n node) map[string]node {
	t.Helper()
	values := map[string]node{}
	if n.XMLName.Local != "dict" || len(n.Nodes)%2 != 0 {
		t.Fatalf("a %s of %d is no dict", n.XMLName.Local, len(n.Nodes))
	}
	for i := 0; i < len(n.Nodes); i += 2 {
		if n.Nodes[i].XMLName.Local != "key" || n.Nodes[i+1].XMLName.Local == "key" {
			t.Fatalf("no key and value: %+v", n.Nodes[i])
		}
		values[n.Nodes[i].Text] = n.Nodes[i+1]
	}
	return values
}
