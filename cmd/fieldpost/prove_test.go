package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/outboxtest"
	"fieldpost/sfclient/sandbox"
)

// captors is how many capture at the same time while the daemon is killed.
const captors = 64

// TestAKilledDaemonLosesNothingAcknowledgedAndDoublesNothing is promise 2, and promise
// 3 with it: the real program is killed in the middle of captures and deliveries.
func TestAKilledDaemonLosesNothingAcknowledgedAndDoublesNothing(t *testing.T) {
	rounds, seed := outboxtest.Rounds(t, 200), outboxtest.Seed(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	l := loneLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.People > 0 })
	acknowledged := map[string]bool{}
	slowest := time.Duration(0)
	for round := range rounds {
		for subject := range l.captureUntilKilled(round, time.Duration(20+rng.IntN(250))*time.Millisecond) {
			acknowledged[subject] = true
		}
		began := time.Now()
		l.start()
		slowest = max(slowest, time.Since(began))
	}
	l.run("outbox", "flush", "--timeout", "60s")
	written := map[string]int{}
	for _, r := range l.org.Records("Task") {
		written[fmt.Sprint(r["Subject"])]++
	}
	for subject := range acknowledged {
		if written[subject] == 0 {
			t.Errorf("%s was acknowledged and is lost", subject)
		}
	}
	for subject, n := range written {
		if n > 1 {
			t.Errorf("%s was written %d times", subject, n)
		}
	}
	t.Logf("%d kills, %d acknowledged, %d written, each once; ready again after %v at the latest", rounds, len(acknowledged), len(written), slowest)
}

// captureUntilKilled lets many capture at once, kills the daemon after a while, and
// gives the subjects that were acknowledged.
func (l *laptop) captureUntilKilled(round int, after time.Duration) map[string]bool {
	l.t.Helper()
	address := l.address()
	var mu sync.Mutex
	var wg sync.WaitGroup
	acknowledged := map[string]bool{}
	killed := make(chan struct{})
	for captor := range captors {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-killed:
					return
				default:
				}
				subject := fmt.Sprintf("%d-%d-%d", round, captor, n)
				body := fmt.Sprintf(`{"kind":"share","channel":"email","subject":%q,"key":%q,"people":[{"email":"ana@kunde.test"}]}`, subject, subject)
				if capturedBy(address, body) {
					mu.Lock()
					acknowledged[subject] = true
					mu.Unlock()
				}
			}
		})
	}
	time.AfterFunc(after, func() {
		_ = l.daemon.Process.Signal(syscall.SIGKILL)
		close(killed)
	})
	wg.Wait()
	_ = l.daemon.Wait()
	l.daemon = nil
	return acknowledged
}

func capturedBy(address apitype.Address, body string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.URL+"/v1/activities", strings.NewReader(body))
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", "Bearer "+address.Token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode == http.StatusCreated
}

// TestNoSecretLiesInAnyByteOfTheHome is promise 14.
func TestNoSecretLiesInAnyByteOfTheHome(t *testing.T) {
	const body, excluded = "canary-7f3a9c in the body", "canary-excluded@secret.test"
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.org.Set(func(r *sandbox.Rules) { r.RotateRefresh = true })
	secrets := l.eavesdrop()
	l.start()
	l.signIn()
	l.run("config", "set", "privacy.exclude", `["`+excluded+`"]`)
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--to", excluded, "--subject", "One", "--body", body)
	l.run("outbox", "flush", "--timeout", "30s")
	l.org.ExpireSessions()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Two", "--body", body)
	l.run("outbox", "flush", "--timeout", "30s")
	l.goAway()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Three", "--body", body)
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", l.daemon.Process.Pid))
	if err != nil {
		t.Skipf("SKIP: the arguments of a process cannot be read here: %v", err)
	}
	sought := append(secrets(), body, excluded)
	if len(sought) < 5 {
		t.Fatalf("too few secrets were overheard: %d", len(sought))
	}
	for _, secret := range sought {
		if bytes.Contains(cmdline, []byte(secret)) {
			t.Errorf("%.10s… is an argument of the daemon", secret)
		}
		for _, name := range l.filesWith(secret) {
			t.Errorf("%.10s… lies in %s", secret, name)
		}
	}
	t.Logf("%d secrets sought in every byte under the home", len(sought))
}

// eavesdrop collects the tokens that pass between the laptop and the org.
func (l *laptop) eavesdrop() func() []string {
	var mu sync.Mutex
	heard := map[string]bool{}
	listen := func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			heard[bearer] = true
		}
		if !strings.HasSuffix(r.URL.Path, "/oauth2/token") {
			return
		}
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		if form, err := url.ParseQuery(string(data)); err == nil && form.Get("refresh_token") != "" {
			heard[form.Get("refresh_token")] = true
		}
	}
	l.onCall.Store(&listen)
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		var all []string
		for secret := range heard {
			all = append(all, secret)
		}
		return all
	}
}

// filesWith names the files under the home that hold a text. The drop folder is the
// rep's own, and the settings hold what the rep wrote there.
func (l *laptop) filesWith(text string) (names []string) {
	l.t.Helper()
	err := filepath.WalkDir(l.home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch filepath.Base(path) {
		case "Inbox", "Done", "Rejected":
			return fs.SkipDir
		case "config.toml":
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return names
}
