package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"fieldpost/cmd/dev/sfcli"
	"fieldpost/sfclient/sandbox"
)

// trialOrg is the sandbox as users start it, for clients that others wrote. It ends with
// the test.
func trialOrg(t *testing.T) sandboxStarted {
	t.Helper()
	sfcli.NeedsNPM(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, "sandbox", "--json", "--listen", "127.0.0.1:0")
	c.Env = append(os.Environ(), "FIELDPOST_HOME="+t.TempDir())
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() })
	var started sandboxStarted
	if err := json.NewDecoder(out).Decode(&started); err != nil {
		t.Fatal(err)
	}
	return started
}

// cli is the Salesforce CLI with a home of its own.
type cli struct {
	t    *testing.T
	home string
}

// cliAt is the CLI signed in to an org by an access token.
func cliAt(t *testing.T, url string) cli {
	t.Helper()
	c := cli{t, t.TempDir()}
	login := sfcli.Command(t, c.home, "org", "login", "access-token", "--instance-url", url, "--no-prompt", "--set-default", "--json")
	login.Env = append(login.Env, "SF_ACCESS_TOKEN="+accessToken(t, url))
	if out, err := login.Output(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return c
}

// accessToken signs in by HTTP alone: the sandbox consents by itself.
func accessToken(t *testing.T, url string) string {
	t.Helper()
	app := oauth2.Config{
		ClientID: "PlatformCLI", RedirectURL: "http://localhost:1717/OauthRedirect", Scopes: []string{"api", "refresh_token"},
		Endpoint: oauth2.Endpoint{AuthURL: url + "/services/oauth2/authorize", TokenURL: url + "/services/oauth2/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier := oauth2.GenerateVerifier()
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(app.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	token, err := app.Exchange(t.Context(), back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

func (c cli) run(args ...string) (string, error) {
	c.t.Helper()
	var out, errs bytes.Buffer
	command := sfcli.Command(c.t, c.home, args...)
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("sf %s: %w\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String(), nil
}

// text is what a command prints.
func (c cli) text(args ...string) string {
	c.t.Helper()
	out, err := c.run(args...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// result reads what a command answers with --json.
func (c cli) result(into any, args ...string) {
	c.t.Helper()
	out := c.text(append(args, "--json")...)
	answer := struct{ Result any }{into}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		c.t.Fatalf("%v: %s", err, out)
	}
}

// refused wants a command to fail with a code of Salesforce's.
func (c cli) refused(code string, args ...string) {
	c.t.Helper()
	out, err := c.run(append(args, "--json")...)
	var answer struct{ Name string }
	if exit := new(exec.ExitError); !errors.As(err, &exit) || json.Unmarshal([]byte(out), &answer) != nil || answer.Name != code {
		c.t.Errorf("sf %s: %v, want %s: %s", strings.Join(args, " "), err, code, out)
	}
}

func (c cli) query(soql string) []map[string]any {
	c.t.Helper()
	var found struct {
		Records   []map[string]any
		TotalSize int
	}
	c.result(&found, "data", "query", "--query", soql)
	if found.TotalSize != len(found.Records) {
		c.t.Errorf("%s: %d records of %d", soql, len(found.Records), found.TotalSize)
	}
	return found.Records
}

// fields are the names that an object's description tells.
func (c cli) fields(object string) []string {
	c.t.Helper()
	var described struct {
		Name   string
		Fields []struct{ Name string }
	}
	c.result(&described, "sobject", "describe", "--sobject", object)
	names := []string{}
	for _, field := range described.Fields {
		names = append(names, field.Name)
	}
	if described.Name != object || len(names) == 0 {
		c.t.Errorf("%s is described as %+v", object, described)
	}
	return names
}

func TestTheSalesforceCLIReadsAndWritesInTheSandbox(t *testing.T) {
	org := trialOrg(t)
	sf := cliAt(t, org.URL)
	var shown struct{ Username, ConnectedStatus string }
	sf.result(&shown, "org", "display")
	if shown.Username != org.Username || shown.ConnectedStatus != "Connected" {
		t.Errorf("the org shows as %+v", shown)
	}
	if names := sf.fields("Task"); !slices.Contains(names, "fieldpost_Key__c") || slices.Contains(names, "TaskWhoIds") {
		t.Errorf("a Task has %v", names)
	}
	contact := sf.query("SELECT Id FROM Contact WHERE Email = 'helene.lefevre@saint-eloi.example'")[0]["Id"].(string)
	create := []string{"data", "create", "record", "--sobject", "Task", "--values"}
	var made struct {
		ID      string
		Success bool
	}
	sf.result(&made, append(create, "Subject='Brochure à envoyer' Status=Completed ActivityDate=2026-11-22 WhoId="+contact+" fieldpost_Key__c=one")...)
	if !made.Success || !strings.HasPrefix(made.ID, "00T") {
		t.Fatalf("the create answered %+v", made)
	}
	sf.refused("DUPLICATE_VALUE", append(create, "Subject=again fieldpost_Key__c=one")...)
	sf.refused("INVALID_FIELD", append(create, "Bogus=1")...)
	sf.refused("INVALID_FIELD", "data", "query", "--query", "SELECT Bogus FROM Task")

	task := sf.query("SELECT Id, Subject, IsClosed, ActivityDate, Who.Name FROM Task WHERE fieldpost_Key__c = 'one'")[0]
	who, _ := task["Who"].(map[string]any)
	if task["Id"] != made.ID || task["Subject"] != "Brochure à envoyer" || task["IsClosed"] != true || task["ActivityDate"] != "2026-11-22" || who["Name"] != "Hélène Lefèvre" {
		t.Errorf("the record reads %v", task)
	}
	table := sf.text("data", "query", "--query", "SELECT Subject, Who.Name, Account.Name FROM Task", "--result-format", "csv")
	if table != "Subject,Who.Name,Account.Name\nBrochure à envoyer,Hélène Lefèvre,Hôpital Saint-Éloi\n" {
		t.Errorf("the table is %q", table)
	}
	sf.result(&made, "data", "update", "record", "--sobject", "Task", "--record-id", made.ID, "--values", "Subject=Changed")
	var read map[string]any
	sf.result(&read, "data", "get", "record", "--sobject", "Task", "--where", "fieldpost_Key__c=one")
	if read["Subject"] != "Changed" {
		t.Errorf("after the update it reads %v", read)
	}
	sf.result(&made, "data", "delete", "record", "--sobject", "Task", "--record-id", made.ID)
	if left := sf.query("SELECT Id FROM Task"); len(left) != 0 {
		t.Errorf("after the delete there is %v", left)
	}
}

func TestTheSalesforceCLICallsTheSandboxAsItLikes(t *testing.T) {
	sf := cliAt(t, trialOrg(t).URL)
	for _, command := range [][]string{{"org", "list", "limits"}, {"limits", "api", "display"}} {
		var limits []struct {
			Name           string
			Max, Remaining int
		}
		sf.result(&limits, command...)
		if len(limits) == 0 || limits[0].Name != "DailyApiRequests" || limits[0].Remaining <= 0 || limits[0].Remaining >= limits[0].Max {
			t.Errorf("sf %s tells %+v", strings.Join(command, " "), limits)
		}
	}
	const events = "/services/data/v66.0/sobjects/Event"
	var made struct{ ID string }
	body := `{"Subject":"Visit","StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":30}`
	answered := sf.text("api", "request", "rest", events, "--method", "POST", "--body", body)
	if err := json.Unmarshal([]byte(answered), &made); err != nil || made.ID == "" {
		t.Fatalf("the POST answered %v: %s", err, answered)
	}
	if read := sf.text("api", "request", "rest", events+"/"+made.ID); !strings.Contains(read, "2026-11-22T13:30:00.000+0000") {
		t.Errorf("the event reads %s", read)
	}
	var found struct{ SearchRecords []map[string]any }
	sf.result(&found, "data", "search", "--query", "FIND {lefev*} IN NAME FIELDS RETURNING Contact(Id, Name)")
	if len(found.SearchRecords) != 1 || found.SearchRecords[0]["Name"] != "Hélène Lefèvre" {
		t.Errorf("the search found %v", found)
	}
	var objects []string
	sf.result(&objects, "sobject", "list", "--sobject", "custom")
	if !slices.Equal(objects, []string{"Visit__c"}) {
		t.Errorf("the custom objects are %v", objects)
	}
}

func TestTheSalesforceCLISeesPeopleListsWhereTheOrgHasSharedActivities(t *testing.T) {
	sfcli.NeedsNPM(t)
	org := sandbox.New(sandbox.Config{})
	org.Set(func(r *sandbox.Rules) { r.SharedActivities = true })
	server := httptest.NewServer(org)
	defer server.Close()
	if names := cliAt(t, server.URL).fields("Task"); !slices.Contains(names, "TaskWhoIds") {
		t.Errorf("a Task has %v", names)
	}
}

// TestTheSalesforceCLISignsInThroughTheBrowser has the CLI's own PKCE, the browser
// being a script that leaves the address to the test.
func TestTheSalesforceCLISignsInThroughTheBrowser(t *testing.T) {
	org := trialOrg(t)
	sf := cli{t, t.TempDir()}
	login := sfcli.Command(t, sf.home, "org", "login", "web", "--instance-url", org.URL, "--set-default", "--json")
	browser, address := filepath.Join(sf.home, "browser"), filepath.Join(sf.home, "address")
	script := "#!/bin/sh\nprintf %s \"$1\" >" + address + ".new && mv " + address + ".new " + address + "\n"
	if err := os.WriteFile(browser, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	login.Env = append(login.Env, "BROWSER="+browser)
	go visit(t.Context(), address)
	out, err := login.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var shown struct{ Username, ClientID string }
	sf.result(&shown, "org", "display")
	if shown.Username != org.Username || shown.ClientID != "PlatformCLI" {
		t.Errorf("the org shows as %+v", shown)
	}
}

// visit goes to the address that a file will hold, as soon as it does, and follows
// where that leads.
func visit(ctx context.Context, file string) {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		if address, err := os.ReadFile(file); err == nil {
			if answer, err := http.Get(string(address)); err == nil {
				_ = answer.Body.Close()
			}
			return
		}
	}
}

// TestJsforceWorksAgainstTheSandbox runs a script over the library that most programs
// in JavaScript talk to Salesforce with.
func TestJsforceWorksAgainstTheSandbox(t *testing.T) {
	texts := map[string][]byte{}
	for _, name := range []string{"package.json", "check.mjs"} {
		text, err := os.ReadFile(filepath.Join("testdata", "jsforce", name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	folder := sfcli.Packages(t, "jsforce", string(texts["package.json"]))
	if err := os.WriteFile(filepath.Join(folder, "check.mjs"), texts["check.mjs"], 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "node", "check.mjs", trialOrg(t).URL)
	c.Dir = folder
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
