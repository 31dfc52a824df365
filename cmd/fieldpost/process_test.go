package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// binary builds the program once for all tests that need it as a process.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "fieldpost-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "fieldpost")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// laptop is a home on disk and the real program working on it, with a Salesforce
// that can go away in this process.
type laptop struct {
	t      *testing.T
	home   string
	org    *sandbox.Sandbox
	server *http.Server
	addr   string
	daemon *exec.Cmd
	env    []string // besides that of each command
	// program, where set, runs instead of the one that all tests share.
	program string
	// browser is the rep's.
	browser *http.Client
	// onCall, where set, sees each data call with its access token.
	onCall atomic.Pointer[func(*http.Request)]
}

func newLaptop(t *testing.T) *laptop {
	t.Helper()
	t.Parallel()
	return loneLaptop(t)
}

// loneLaptop is one beside which no other runs: its test takes what they share, such as
// the ports to which Salesforce sends a sign-in back.
func loneLaptop(t *testing.T) *laptop {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIP: kills processes by signal, which Windows has not")
	}
	l := &laptop{t: t, home: t.TempDir(), org: sandbox.New(sandbox.Config{}), addr: "127.0.0.1:0", browser: http.DefaultClient}
	l.comeBack()
	t.Cleanup(l.goAway)
	t.Cleanup(l.kill)
	return l
}

// comeBack and goAway start and stop Salesforce, always at the same address.
func (l *laptop) comeBack() {
	l.t.Helper()
	listener, err := net.Listen("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.addr = listener.Addr().String()
	l.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen := l.onCall.Load(); seen != nil {
			(*seen)(r)
		}
		l.org.ServeHTTP(w, r)
	}), ReadHeaderTimeout: time.Second}
	go func() { _ = l.server.Serve(listener) }()
}

func (l *laptop) goAway() { _ = l.server.Close() }

func (l *laptop) command(ctx context.Context, args ...string) *exec.Cmd {
	l.t.Helper()
	path := l.program
	if path == "" {
		var err error
		if path, err = binary(); err != nil {
			l.t.Fatal(err)
		}
	}
	c := exec.CommandContext(ctx, path, args...)
	c.Env = append(os.Environ(),
		"FIELDPOST_HOME="+l.home, "FIELDPOST_KEYCHAIN_BACKEND=file", "FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse",
		"FIELDPOST_SALESFORCE_LOGIN_URL=http://"+l.addr, "FIELDPOST_SALESFORCE_CLIENT_ID=test", "FIELDPOST_WEB_LISTEN=127.0.0.1:0",
		"FIELDPOST_UI_LANGUAGE=en", "FIELDPOST_SALESFORCE_REDIRECT_PORTS=[17170,27170,37170]",
		noDesktop,
	)
	c.Env = append(c.Env, l.env...)
	return c
}

// noDesktop keeps the notices of a test's daemon from whoever runs the test.
const noDesktop = "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent"

func (l *laptop) run(args ...string) string {
	l.t.Helper()
	var out, errs bytes.Buffer
	c := l.command(l.t.Context(), args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		l.t.Fatalf("fieldpost %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// start starts the daemon and returns once it answers.
func (l *laptop) start() {
	l.t.Helper()
	l.daemon = l.command(context.WithoutCancel(l.t.Context()), "run")
	logs, err := l.daemon.StderrPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.daemon.Start(); err != nil {
		l.t.Fatal(err)
	}
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"msg":"ready"`) {
			go func() {
				for lines.Scan() { // keep the pipe empty
				}
			}()
			return
		}
	}
	l.t.Fatal("the daemon never got ready")
}

func (l *laptop) kill() {
	if l.daemon != nil {
		_ = l.daemon.Process.Signal(syscall.SIGKILL)
		_ = l.daemon.Wait()
		l.daemon = nil
	}
}

// signIn signs in by the real flow, the rep's browser being an HTTP client.
func (l *laptop) signIn() {
	l.t.Helper()
	c := l.command(l.t.Context(), "auth", "login", "--no-browser")
	out, err := c.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		l.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		l.t.Fatal("auth login printed no address")
	}
	answer, err := l.browser.Get(lines.Text())
	if err != nil {
		l.t.Fatal(err)
	}
	_ = answer.Body.Close()
	for lines.Scan() {
	}
	if err := c.Wait(); err != nil {
		l.t.Fatalf("auth login: %v", err)
	}
}

func (l *laptop) status() apitype.Status {
	l.t.Helper()
	var status apitype.Status
	out, _ := l.command(l.t.Context(), "status", "--json").Output() // its exit code tells what stands in it
	if err := json.Unmarshal(out, &status); err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	return status
}

func (l *laptop) post(body string) (int, string) {
	l.t.Helper()
	return l.ask(http.MethodPost, "/v1/activities", body)
}

// address is where the daemon says that it answers.
func (l *laptop) address() (address apitype.Address) {
	l.t.Helper()
	data, err := os.ReadFile(filepath.Join(l.home, "api.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &address); err != nil {
		l.t.Fatal(err)
	}
	return address
}

// ask calls the daemon's port with the owner's token.
func (l *laptop) ask(method, path, body string) (int, string) {
	l.t.Helper()
	address := l.address()
	request, err := http.NewRequestWithContext(l.t.Context(), method, address.URL+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+address.Token)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	_, _ = text.ReadFrom(answer.Body)
	return answer.StatusCode, text.String()
}

// wantOnce holds that each of the subjects stands in Salesforce exactly once.
func (l *laptop) wantOnce(object string, subjects ...string) {
	l.t.Helper()
	seen := map[string]int{}
	for _, r := range l.org.Records(object) {
		seen[fmt.Sprint(r["Subject"])]++
	}
	for _, s := range subjects {
		if seen[s] != 1 {
			l.t.Errorf("%s %q stands there %d times", object, s, seen[s])
		}
	}
}

func TestSharesByCommandAndPortAndAMeetingByFileArriveAsAgreed(t *testing.T) {
	l := newLaptop(t)
	contact := l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "By command",
		"--body", "Hello Ana", "--url", "https://acme.showpad.biz/share/1", "--at", "2026-11-22T23:30:00+01:00")
	if code, text := l.post(`{"kind":"share","channel":"link","subject":"By port","url":"https://acme.showpad.biz/share/2","people":[{"id":"` + contact + `"}]}`); code != 201 {
		t.Fatalf("POST answered %d %s", code, text)
	}
	invite := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:v1\r\nDTSTAMP:20261118T090000Z\r\n" +
		"DTSTART:20261119T130000Z\r\nDTEND:20261119T140000Z\r\nSUMMARY:By file\r\nLOCATION:Lyon\r\nATTENDEE:mailto:ana@kunde.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	draft := filepath.Join(l.home, "visit.ics")
	if err := os.WriteFile(draft, []byte(invite), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(draft, filepath.Join(l.home, "Inbox", "visit.ics")); err != nil {
		t.Fatal(err)
	}
	l.eventually("three deliveries", func() bool { return l.status().Outbox.Delivered == 3 })
	l.wantOnce("Task", "By command", "By port")
	l.wantOnce("Event", "By file")
	for _, r := range l.org.Records("Task") {
		if r["Subject"] != "By command" {
			continue
		}
		text := fmt.Sprint(r["Description"])
		if !strings.HasPrefix(text, "Hello Ana\n\nView as recipient: https://acme.showpad.biz/share/1\nfieldpost:") {
			t.Errorf("the description is %q", text)
		}
		if r["ActivityDate"] != "2026-11-22" || r["Status"] != "Completed" || r["WhoId"] != contact || r["Type"] != "Showpad Email" {
			t.Errorf("the task is %v", r)
		}
	}
	if _, err := os.Stat(filepath.Join(l.home, "Done", "visit.ics")); err != nil {
		t.Error(err)
	}
}

// eventually waits for what another process does; it looks again each tenth of a second.
func (l *laptop) eventually(what string, is func() bool) {
	l.t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-deadline.C:
			l.t.Fatalf("no %s within 30 s: %+v", what, l.status())
		}
	}
}

func TestTwoHundredCapturedOfflineArriveOnceAfterAKill(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.People > 0 })
	l.goAway()
	var subjects []string
	for i := range 4 {
		var batch []string
		for j := range 50 {
			subjects = append(subjects, fmt.Sprintf("Share %d", i*50+j))
			batch = append(batch, fmt.Sprintf(`{"kind":"share","channel":"email","subject":%q,"people":[{"email":"ana@kunde.test"}]}`, subjects[len(subjects)-1]))
		}
		if code, text := l.post("[" + strings.Join(batch, ",") + "]"); code != 200 {
			t.Fatalf("POST answered %d %s", code, text)
		}
	}
	l.kill()
	l.start()
	if got := l.status().Outbox; got.Captured != 200 || got.Waiting+got.Sending != 200 {
		t.Fatalf("after the kill %+v", got)
	}
	l.org.ResetCalls()
	l.comeBack()
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", subjects...)
	if n := len(l.org.Records("Task")); n != 200 {
		t.Errorf("Salesforce holds %d tasks", n)
	}
	if n := len(l.org.CallsFor(sandbox.CreateMany)); n > 3 {
		t.Errorf("%d collections calls, 3 at most", n)
	}
}

func TestAKillAtTheFirstUseOfARotatedTokenCostsNoSignIn(t *testing.T) {
	l := newLaptop(t)
	l.org.Set(func(r *sandbox.Rules) { r.RotateRefresh = true })
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.People > 0 })
	l.org.ExpireSessions()
	l.org.ResetCalls()

	var renewed atomic.Bool
	killed := make(chan struct{})
	var once sync.Once
	killer := func(r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/oauth2/token"):
			renewed.Store(true)
		case renewed.Load():
			once.Do(func() {
				_ = l.daemon.Process.Signal(syscall.SIGKILL)
				close(killed)
			})
		}
	}
	l.onCall.Store(&killer)
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Across the rotation")
	<-killed
	l.onCall.Store(nil)
	_ = l.daemon.Wait()
	if n := len(l.org.CallsFor(sandbox.Token)); n != 1 {
		t.Errorf("%d token calls for one expired session", n)
	}
	l.start()
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", "Across the rotation")
	if state := l.status().Account.State; state != apitype.SignedIn {
		t.Errorf("the account is %s", state)
	}
}

func TestASecondDaemonIsTurnedAwayWithThePidOfTheFirst(t *testing.T) {
	l := newLaptop(t)
	l.start()
	out, err := l.command(t.Context(), "run").CombinedOutput()
	if err == nil || !strings.Contains(string(out), fmt.Sprint(l.daemon.Process.Pid)) {
		t.Errorf("the second said %v %s", err, out)
	}
}

func TestTheDaemonStopsCleanlyAndLeavesNoAddress(t *testing.T) {
	l := newLaptop(t)
	l.start()
	began := time.Now()
	if err := l.daemon.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := l.daemon.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	l.daemon = nil
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := os.Stat(filepath.Join(l.home, "api.json")); !os.IsNotExist(err) {
		t.Errorf("api.json is still there: %v", err)
	}
}

func TestADeliveredActivityIsWithdrawnUnlessSomebodyChangedIt(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	var records []string
	for _, key := range []string{"kept", "changed"} {
		if code, text := l.post(`{"kind":"share","channel":"email","subject":"Offer ` + key + `","body":"Bonjour\nAna","people":[{"email":"ana@kunde.test"}],"key":"` + key + `"}`); code != 201 {
			t.Fatalf("POST answered %d %s", code, text)
		}
	}
	l.run("outbox", "flush", "--timeout", "30s")
	var page apitype.Items
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &page); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, item := range page.Items {
		ids[item.Key] = item.ID
		records = append(records, item.Record.ID)
		if item.Key == "changed" {
			if err := l.org.Update(item.Record.ID, map[string]any{"Subject": "By hand"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.run("outbox", "withdraw", ids["kept"])
	out, err := l.command(t.Context(), "outbox", "withdraw", ids["changed"]).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "Subject") {
		t.Errorf("the changed one: %v %s", err, out)
	}
	deleted := 0
	for _, id := range records {
		if l.org.Record(id)["IsDeleted"] == true {
			deleted++
		}
	}
	if got := l.status().Outbox; deleted != 1 || got.Delivered != 1 || got.Discarded != 1 {
		t.Errorf("%d records deleted, the outbox has %+v", deleted, got)
	}
}

func TestWhatCannotBeWithdrawnNowStaysAndSaysWhy(t *testing.T) {
	l := atWork(t)
	l.org.AddUser("ben@acme.example", "Ben", "Vos")
	l.share("Brochure", "--to", "ana@kunde.test")
	l.run("outbox", "flush", "--timeout", "30s")
	var page apitype.Items
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &page); err != nil {
		t.Fatal(err)
	}
	id := page.Items[0].ID
	l.goAway()
	l.wantTold(exitFailed, []string{"could not be withdrawn now", "Withdraw it again"}, "outbox", "withdraw", id)
	l.comeBack()
	l.org.Set(func(r *sandbox.Rules) { r.SignInAs = "ben@acme.example" })
	l.signIn()
	l.wantTold(exitFailed, []string{"Sign in as"}, "outbox", "withdraw", id)
	l.run("auth", "logout")
	l.wantTold(exitSignIn, []string{"Nobody is signed in"}, "outbox", "withdraw", id)
	if got := l.status().Outbox; got.Delivered != 1 || got.Discarded != 0 {
		t.Errorf("the outbox has %+v", got)
	}
	l.wantOnce("Task", "Brochure")
}

func TestAnEditOfADeliveredActivityReachesItsRecord(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Brochure")
	l.run("outbox", "flush", "--timeout", "30s")
	var page apitype.Items
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &page); err != nil {
		t.Fatal(err)
	}
	item := page.Items[0]
	if out, err := l.command(t.Context(), "outbox", "edit", item.ID, "--subject", "Brochure 2027").CombinedOutput(); err == nil {
		t.Errorf("edited although it is delivered: %s", out)
	}
	l.run("outbox", "edit", item.ID, "--delivered", "--subject", "Brochure 2027")
	l.run("outbox", "flush", "--timeout", "30s")
	if got := l.org.Record(item.Record.ID)["Subject"]; got != "Brochure 2027" || len(l.org.Records("Task")) != 1 {
		t.Errorf("Salesforce holds %q", got)
	}
}

func TestWhatWasCapturedSignedOutIsClaimedWhereSeveralUsersAreKnown(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.org.AddUser("ben@acme.example", "Ben", "Vos")
	l.start()
	l.signIn()
	l.org.Set(func(r *sandbox.Rules) { r.SignInAs = "ben@acme.example" })
	l.signIn()
	l.run("auth", "logout")
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Nobody's")
	l.signIn()
	l.eventually("the question whose it is", func() bool {
		status := l.status()
		return status.Outbox.Waiting == 1 && len(status.Warnings) == 1 && status.Warnings[0].Code == "claim"
	})
	l.run("outbox", "claim")
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", "Nobody's")
}

func TestCommandsSideBySideWaitForEachOther(t *testing.T) {
	l := newLaptop(t)
	const many = 4
	var group sync.WaitGroup
	for i := range many {
		group.Go(func() {
			out, err := l.command(t.Context(), "capture", "share", "--channel", "link", "--subject", fmt.Sprint("Share ", i)).CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	group.Wait()
	var list struct{ Items []struct{ Subject string } }
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &list); err != nil || len(list.Items) != many {
		t.Errorf("%v: %d captured", err, len(list.Items))
	}
}
