package packages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fieldpost/installer/machine"
	"fieldpost/sfclient/sandbox"
)

// salesforce is where the machine's reps find the sandbox.
const salesforce = "127.0.0.1:7420"

const policy = `locked = ["salesforce.login_url"]
[salesforce]
login_url = "http://` + salesforce + `"
client_id = "CLIENT"
[keychain]
backend = "file"
`

// The whole life of the deb on a machine with a real systemd: put on, started with the
// machine, killed, rebooted, upgraded with activities waiting, taken off.
func TestADebLivesUnderARealSystemd(t *testing.T) {
	m := machine.New(t)
	for _, version := range []string{"1.0.0", "1.1.0"} {
		out := t.TempDir()
		if err := Build(t.Context(), Options{Root: "../../..", Out: out, Version: version, Only: []string{"deb"}}); err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(filepath.Join(out, "*amd64.deb"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%q, %v", found, err)
		}
		m.CopyIn(t, found[0], "/root/"+version+".deb")
	}
	r := &rep{t: t, m: m, org: sandbox.New(sandbox.Config{})}
	r.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	m.Write(t, "/etc/fieldpost/policy.toml", policy)
	m.Write(t, "/home/"+machine.Rep+"/.config/environment.d/keychain.conf", "FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse\n")
	m.MustRun(t, "chown", "-R", machine.Rep, "/home/"+machine.Rep)

	m.MustRun(t, "dpkg", "-i", "/root/1.0.0.deb")
	if got := m.MustRun(t, "systemctl", "--global", "is-enabled", "fieldpost.service"); got != "enabled\n" {
		t.Errorf("for every user: %s", got)
	}
	m.MustRun(t, "loginctl", "enable-linger", "root")
	r.reboot()
	machine.Eventually(t, 10*time.Second, "the daemon is up after the boot", func() bool { return r.state() == "running" })
	t.Log(r.exposure())
	t.Log(r.fieldpost("service", "status"))
	if out, _ := m.Run("systemctl", "--user", "--machine=root@", "is-active", "fieldpost.service"); out != "inactive\n" {
		t.Errorf("for root it is %q", out)
	}
	journal := m.MustRun(t, "journalctl", "--no-pager", "--output=json", "--output-fields=MESSAGE,PRIORITY", "_SYSTEMD_USER_UNIT=fieldpost.service")
	if !regexp.MustCompile(`(?m)"PRIORITY":"6".*"MESSAGE":"ready|"MESSAGE":"ready.*"PRIORITY":"6"`).MatchString(journal) {
		t.Errorf("the journal does not know that the daemon is ready:\n%s", journal)
	}
	r.fieldpost("service", "install")
	if m.Lies("/home/" + machine.Rep + "/.config/systemd/user/fieldpost.service") {
		t.Error("one user was given a second unit")
	}
	r.comeBack()
	r.signIn()
	r.share("Before all")
	r.fieldpost("outbox", "flush", "--timeout", "30s")

	before := r.pid()
	m.MustRun(t, "kill", "-9", before)
	machine.Eventually(t, 3*time.Second, "a killed daemon is back", func() bool { return r.state() == "running" && r.pid() != before })

	r.goAway()
	r.share("Before the reboot")
	r.reboot()
	machine.Eventually(t, 10*time.Second, "the daemon is back after a reboot", func() bool { return r.state() == "running" && r.version() == "1.0.0" })
	r.share("Before the upgrade")
	m.MustRun(t, "dpkg", "-i", "/root/1.1.0.deb")
	machine.Eventually(t, 20*time.Second, "the new version runs", func() bool { return r.version() == "1.1.0" })
	r.comeBack()
	r.fieldpost("outbox", "flush", "--timeout", "60s")
	r.wantOnce("Before all", "Before the reboot", "Before the upgrade")

	m.MustRun(t, "dpkg", "--purge", "fieldpost")
	left, _ := m.Run("find", "/etc/systemd", "/usr/bin", "/usr/share", "/usr/lib/systemd", "-iname", "*fieldpost*")
	running, _ := m.Run("pgrep", "--exact", "fieldpost")
	if left+running != "" {
		t.Errorf("left behind: %s%s", left, running)
	}
	if !m.Lies("/home/" + machine.Rep + "/.local/state/fieldpost/outbox.db") {
		t.Error("the rep's data went with the package")
	}
}

// rep is the machine's user, and the Salesforce that user finds.
type rep struct {
	t      *testing.T
	m      *machine.Machine
	org    *sandbox.Sandbox
	server *http.Server
}

func (r *rep) comeBack() {
	r.t.Helper()
	listener := r.m.Listen(r.t, salesforce)
	r.server = &http.Server{Handler: r.org, ReadHeaderTimeout: time.Second}
	go func() { _ = r.server.Serve(listener) }()
}

func (r *rep) goAway() { _ = r.server.Close() }

func (r *rep) reboot() {
	r.t.Helper()
	r.m.PowerOff(r.t)
	r.m.PowerOn(r.t)
	r.m.WaitSession(r.t)
}

// fieldpost runs a command as the rep; what it prints on both outputs is given.
func (r *rep) fieldpost(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("fieldpost %q: %v\n%s", args, err, out)
	}
	return out
}

func (r *rep) try(args ...string) (string, error) {
	return r.m.AsRep(true, "env", append([]string{"FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse", "LANG=C.UTF-8", "fieldpost"}, args...)...)
}

func (r *rep) share(subject string) {
	r.t.Helper()
	r.fieldpost("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", subject)
}

// signIn lets an HTTP client in the machine be the rep's browser.
func (r *rep) signIn() {
	r.t.Helper()
	command, out := r.m.CommandAsRep("env", "FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse", "fieldpost", "auth", "login", "--no-browser")
	if err := command.Start(); err != nil {
		r.t.Fatal(err)
	}
	var address string
	if _, err := fmt.Fscanln(out, &address); err != nil {
		r.t.Fatal(err)
	}
	browser := http.Client{Transport: &http.Transport{DialContext: r.m.Dial}}
	answer, err := browser.Get(address)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if err := command.Wait(); err != nil {
		r.t.Fatalf("auth login: %v", err)
	}
}

func (r *rep) state() string {
	var status struct {
		State string
		PID   int
	}
	r.json(&status, "service", "status")
	return status.State
}

func (r *rep) pid() string {
	var status struct{ PID int }
	r.json(&status, "service", "status")
	return fmt.Sprint(status.PID)
}

func (r *rep) version() string {
	var status struct{ Version string }
	r.json(&status, "status")
	return status.Version
}

// json reads what a command prints; nothing where it fails, as while a daemon starts.
func (r *rep) json(into any, args ...string) {
	out, _ := r.try(append(args, "--json")...)
	_ = json.Unmarshal([]byte(out), into)
}

// wantOnce holds that each of the subjects stands in Salesforce exactly once.
func (r *rep) wantOnce(subjects ...string) {
	r.t.Helper()
	seen := map[string]int{}
	for _, record := range r.org.Records("Task") {
		seen[fmt.Sprint(record["Subject"])]++
	}
	for _, subject := range subjects {
		if seen[subject] != 1 {
			r.t.Errorf("%q stands there %d times", subject, seen[subject])
		}
	}
}

// exposure is the last line of systemd's own verdict on the unit.
func (r *rep) exposure() string {
	out, _ := r.m.AsRep(true, "systemd-analyze", "--user", "--no-pager", "security", "fieldpost.service")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}
