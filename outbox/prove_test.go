package outbox_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	gocmp "github.com/google/go-cmp/cmp"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// roleEnv names the part that a child process plays: a proof that may end the
// process that runs it is run in a child of its own.
const roleEnv = "FIELDPOST_PROVE_ROLE"

var roles = map[string]func() error{
	"writer": writer,
	"judge":  func() error { return serve(judge) },
	"victim": func() error { return serve((&victim{reader: helper{role: "reader", patience: readerPatience}}).open) },
	"reader": func() error { return serve(read) },
	"opener": func() error { return serve(opener) },
}

func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := roles[role](); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// opener tells which of the errors of Open it got, or none.
func opener(path string) string {
	store, err := outbox.Open(path, optionsFor(true))
	switch {
	case err == nil:
		return fmt.Sprint("opened; closing it: ", store.Close())
	case errors.Is(err, outbox.ErrInUse):
		return outbox.ErrInUse.Error()
	}
	return err.Error()
}

// serve answers each line of JSON with another, until there are no more.
func serve[Q, A any](answer func(Q) A) error {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var question Q
		if err := in.Decode(&question); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := out.Encode(answer(question)); err != nil {
			return err
		}
	}
}

// helper is a child process that is asked one thing after another. It is started
// when it is asked, and again after it has died.
type helper struct {
	role     string
	patience time.Duration // for one answer; helperPatience if zero
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	stderr   *strings.Builder
}

var (
	errDied = errors.New("the child died")
	errHung = errors.New("the child did not answer")
)

// helperPatience is how long a child may take for one answer.
const helperPatience = time.Minute

// ask returns once the child has answered, errDied where it died of the question,
// errHung where it went on for too long.
func (h *helper) ask(question, answer any) error {
	if h.cmd == nil {
		if err := h.start(); err != nil {
			return err
		}
	}
	child := h.cmd.Process
	timer := time.AfterFunc(cmp.Or(h.patience, helperPatience), func() { _ = child.Kill() })
	err := json.NewEncoder(h.in).Encode(question)
	var line []byte
	if err == nil {
		line, err = h.out.ReadBytes('\n')
	}
	hung := !timer.Stop()
	if err == nil {
		return json.Unmarshal(line, answer)
	}
	h.stop()
	if hung {
		return errHung
	}
	said := h.stderr.String()
	return fmt.Errorf("%w: %s", errDied, said[:min(len(said), 600)])
}

func (h *helper) start() error {
	h.cmd, h.stderr = exec.Command(os.Args[0]), &strings.Builder{}
	h.cmd.Env = append(os.Environ(), roleEnv+"="+h.role, "GOTRACEBACK=single")
	h.cmd.Stderr = h.stderr
	var err error
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	h.out = bufio.NewReader(out)
	return h.cmd.Start()
}

func (h *helper) stop() {
	if h.cmd != nil {
		_ = h.in.Close()
		_ = h.cmd.Wait()
		h.cmd = nil
	}
}

var rep = outbox.Account{OrgID: "00D000000000001AAA", UserID: "005000000000001AAA", Username: "ana.ruiz@acme.example"}

// repsIdentity is the rep's identity in the proofs, the same one in each process. It is
// read once: a proof may give up the right to read it again.
var repsIdentity = sync.OnceValue(func() *age.X25519Identity {
	text, err := os.ReadFile("testdata/v1.identity")
	if err != nil {
		panic(err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return identity
})

// optionsFor are the options of a proof, with syncing or without.
func optionsFor(noSync bool) outbox.Options {
	identity := repsIdentity()
	return outbox.Options{
		Recipients: []age.Recipient{identity.Recipient()}, Identity: identity, Now: time.Now,
		LockWait: 50 * time.Millisecond, NoSync: noSync,
	}
}

// shareOf is the share that a key stands for: of a key the whole content is known,
// so that a single wrong byte shows. Its texts are from a line to some pages long.
func shareOf(key string) activity.Activity {
	sum := fnv.New32a()
	sum.Write([]byte(key))
	length := int(sum.Sum32() % 1500)
	if sum.Sum32()%16 == 0 {
		length *= 10
	}
	return activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: "Brochure " + key, Key: key,
		Body:   strings.Repeat(key+" ", length/(len(key)+1)+1),
		People: []activity.Person{{Email: key + "@acme.test", Name: "Ana Müller"}},
	}
}

func draftOf(key string) outbox.Draft {
	return outbox.Draft{Activity: shareOf(key), Source: outbox.FromCLI}
}

// fastDir is a folder in memory where there is one, for files that need no disk.
func fastDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "fieldpost-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// wellOrdered says what is wrong with a store as a whole: counters that are not the
// states' items, a check that finds something.
func wellOrdered(s *outbox.Store) error {
	counts, err := s.Counts()
	if err != nil {
		return err
	}
	found := map[outbox.State]int{}
	sum := 0
	for cursor, more := "", true; more; more = cursor != "" {
		var items []outbox.Item
		if items, cursor, err = s.List(outbox.Query{Limit: 500, Cursor: cursor}); err != nil {
			return err
		}
		for _, item := range items {
			found[item.State]++
			sum++
		}
	}
	for _, state := range outbox.States {
		if counts.ByState[state] != found[state] {
			return fmt.Errorf("%d items are %s, the counter says %d", found[state], state, counts.ByState[state])
		}
	}
	if counts.Captured != sum {
		return fmt.Errorf("%d items, the counters say %d", sum, counts.Captured)
	}
	report, err := s.Check()
	if err == nil && len(report.Damaged) > 0 {
		err = fmt.Errorf("the check found %v", report.Damaged)
	}
	return err
}

// sameContent says how an item differs from the share that its key stands for.
func sameContent(item outbox.Item, key string) error {
	if want := shareOf(key); !gocmp.Equal(want, item.Activity) {
		return fmt.Errorf("%s (%s) reads %.200s", item.ID, key, gocmp.Diff(want, item.Activity))
	}
	return nil
}

// writeHome makes a folder with these files in it.
func writeHome(home string, files map[string][]byte) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(home, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
