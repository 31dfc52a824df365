package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// told runs a command and gives what it said and its exit code.
func (l *laptop) told(args ...string) (out, errs string, code int) {
	l.t.Helper()
	var stdout, stderr bytes.Buffer
	c := l.command(l.t.Context(), args...)
	c.Stdout, c.Stderr = &stdout, &stderr
	var ended *exec.ExitError
	if err := c.Run(); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		l.t.Fatal(err)
	}
	return stdout.String(), stderr.String(), code
}

// wantTold wants an exit code and texts on stderr.
func (l *laptop) wantTold(code int, texts []string, args ...string) {
	l.t.Helper()
	out, errs, got := l.told(args...)
	if got != code {
		l.t.Errorf("fieldpost %s exits %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errs)
	}
	for _, text := range texts {
		if !strings.Contains(errs, text) {
			l.t.Errorf("fieldpost %s does not say %q but\n%s", strings.Join(args, " "), text, errs)
		}
	}
}

// atWork is a laptop whose rep is signed in and whose directory is copied.
func atWork(t *testing.T) *laptop {
	t.Helper()
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.RefreshedAt != nil })
	return l
}

func (l *laptop) share(subject string, more ...string) {
	l.t.Helper()
	l.run(append([]string{"capture", "share", "--channel", "link", "--url", "https://acme.showpad.biz/share/1", "--subject", subject}, more...)...)
}

// endSession ends the rep's grant and session as an administrator does.
func (l *laptop) endSession() {
	l.org.RevokeGrants(l.org.Rep().ID)
	l.org.ExpireSessions()
}

func TestAFlushThatNeedsASignInEndsAtOnceWithTheReason(t *testing.T) {
	l := atWork(t)
	l.endSession()
	l.share("Waits", "--to", "ana@kunde.test")
	began := time.Now()
	l.wantTold(exitSignIn, []string{"Please sign in to Salesforce again", "fieldpost auth login", "Who can act: you."}, "outbox", "flush", "--timeout", "50s")
	l.wantTold(exitSignIn, []string{"Reconnectez-vous à Salesforce", "Qui peut agir\u00a0: vous."}, "outbox", "flush", "--timeout", "50s", "--lang", "fr")
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("two flushes took %v", took)
	}

	// The reason is told once in the status, with a fitting first line.
	out, _, code := l.told("status")
	if code != exitSignIn || strings.Count(out, "Please sign in") != 1 || strings.Contains(out, "patience") {
		t.Errorf("status exits %d and says\n%s", code, out)
	}

	l.wantTold(exitSignIn, []string{"Please sign in to Salesforce again"}, "org", "refresh")
	l.kill()
	// Without the daemon it is remembered only who was signed in.
	out, _, code = l.told("auth", "status")
	if code != exitDone || !strings.Contains(out, "was signed in when fieldpost last ran") {
		t.Errorf("auth status exits %d and says %s", code, out)
	}
	out, _, _ = l.told("auth", "status", "--json")
	var known signedIn
	if err := json.Unmarshal([]byte(out), &known); err != nil || !known.Remembered || known.Username != l.org.Rep().Username {
		t.Errorf("auth status --json: %v %s", err, out)
	}
}

func TestAFlushOfABlockedAccountEndsAtOnceWithTheReason(t *testing.T) {
	l := atWork(t)
	l.share("Waits", "--to", "ana@kunde.test")
	l.run("outbox", "flush", "--timeout", "30s")
	l.org.Inject(sandbox.APIDisabledForUser())
	l.share("Blocked", "--to", "ana@kunde.test")
	began := time.Now()
	l.wantTold(exitFailed, []string{"You are not allowed to connect programs", "API Enabled", "Who can act: your administrator."}, "outbox", "flush", "--timeout", "50s")
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the flush took %v", took)
	}
	out, _, _ := l.told("status")
	if strings.Count(out, "You are not allowed to connect programs") != 1 {
		t.Errorf("status says\n%s", out)
	}
	l.wantTold(exitFailed, []string{"You are not allowed to connect programs"}, "org", "refresh")
}

func TestAFlushSaysThatAllIsInSalesforceOnlyWhereItIs(t *testing.T) {
	l := atWork(t)
	l.share("Known", "--to", "ana@kunde.test")
	if out := l.run("outbox", "flush", "--timeout", "30s"); out != "Everything is in Salesforce. You can close the lid.\n" {
		t.Errorf("flush says %q", out)
	}
	l.share("Nobody there", "--to", "nobody@kunde.test")
	out := l.run("outbox", "flush", "--timeout", "30s")
	if strings.Contains(out, "Everything") || !strings.Contains(out, "Nothing waits any more.") || !strings.Contains(out, "1 activity needs you.") {
		t.Errorf("flush says %q", out)
	}
	out = l.run("outbox", "flush", "--timeout", "30s", "--lang", "fr")
	if !strings.Contains(out, "Plus rien n’attend.") || !strings.Contains(out, "1 activité est à traiter.") {
		t.Errorf("flush says %q", out)
	}
}

func TestARefreshWaitsForWhatItReads(t *testing.T) {
	l := newLaptop(t)
	l.start()
	l.wantTold(exitSignIn, []string{"Nobody is signed in"}, "org", "refresh")
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.RefreshedAt != nil })
	before := l.status().Directory
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	var read apitype.Directory
	if err := json.Unmarshal([]byte(l.run("org", "refresh", "--json")), &read); err != nil {
		t.Fatal(err)
	}
	if read.People != before.People+1 || read.RefreshedAt == nil || !read.RefreshedAt.After(*before.RefreshedAt) {
		t.Errorf("before %+v, read %+v", before, read)
	}
	if out := l.run("org", "refresh"); !strings.Contains(out, "people and") {
		t.Errorf("refresh says %q", out)
	}
	l.goAway()
	l.share("Waits", "--to", "ana@kunde.test")
	l.wantTold(exitFailed, []string{"1 activity still waits, safe on this computer", "The reason: No network."}, "outbox", "flush", "--timeout", "2s")
	l.wantTold(exitFailed, []string{"No network"}, "org", "refresh")
	l.wantTold(exitFailed, []string{"Pas de réseau"}, "org", "refresh", "--lang", "fr")
}

func TestASignInThatFailsExitsTheSameWithAndWithoutADaemon(t *testing.T) {
	l := loneLaptop(t)
	held := l.holdPorts()
	ports := []string{"auth", "login", "--no-browser"}
	l.wantTold(exitFailed, []string{"Other programs hold the ports"}, ports...)
	l.start()
	l.wantTold(exitFailed, []string{"Other programs hold the ports"}, ports...)
	l.wantTold(exitFailed, []string{"Other programs hold the ports"}, "demo", "--once")
	for _, h := range held {
		_ = h.Close()
	}
	l.goAway()
	l.wantTold(exitFailed, []string{"cannot be reached"}, ports...)
	l.kill()
	l.wantTold(exitFailed, []string{"cannot be reached"}, ports...)
}

// holdPorts takes the ports to which a sign-in comes back, as far as they are free.
func (l *laptop) holdPorts() []net.Listener {
	l.t.Helper()
	var held []net.Listener
	for _, port := range []string{"17170", "27170", "37170"} {
		for _, host := range []string{"127.0.0.1", "[::1]"} {
			if listener, err := net.Listen("tcp", host+":"+port); err == nil {
				held = append(held, listener)
				l.t.Cleanup(func() { _ = listener.Close() })
			}
		}
	}
	return held
}

func TestARefusedConsentIsAFailure(t *testing.T) {
	l := newLaptop(t)
	l.org.Set(func(r *sandbox.Rules) { r.DenyConsent = true })
	for _, running := range []bool{false, true} {
		if running {
			l.start()
		}
		errs, code := l.browse(func(address string) {
			answer, err := http.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
		})
		if code != exitFailed || !strings.Contains(errs, "Access was refused") {
			t.Errorf("with a daemon %v: exits %d and says\n%s", running, code, errs)
		}
	}
}

func TestWhoStopsASignInIsToldInOneSentence(t *testing.T) {
	l := newLaptop(t)
	for _, running := range []bool{false, true} {
		want := "You gave the sign-in up; nothing has changed.\n"
		if running {
			l.start()
			want = "You stopped waiting; the sign-in still counts if you finish it in the browser within two minutes.\n"
		}
		errs, code := l.browse(nil)
		if code != exitFailed || errs != want {
			t.Errorf("with a daemon %v: exits %d and says %q", running, code, errs)
		}
	}
}

// browse begins a sign-in and lets the rep do something with its address; nil is
// Ctrl-C.
func (l *laptop) browse(do func(address string)) (errs string, code int) {
	l.t.Helper()
	c := l.command(l.t.Context(), "auth", "login", "--no-browser")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		l.t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil {
		l.t.Fatal(err)
	}
	if do == nil {
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			l.t.Fatal(err)
		}
	} else {
		do(strings.TrimSpace(string(line[:n])))
	}
	var ended *exec.ExitError
	if err := c.Wait(); errors.As(err, &ended) {
		code = ended.ExitCode()
	}
	return stderr.String(), code
}
