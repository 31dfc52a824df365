package outbox_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fieldpost/outbox"
	"fieldpost/outbox/outboxtest"
)

// TestAReceiptMeansOnDiskWhereverThePowerIsCut is promise 1: it rebuilds what a disk
// may hold after a power cut at any moment of a trace of real work, and opens it.
func TestAReceiptMeansOnDiskWhereverThePowerIsCut(t *testing.T) {
	images := outboxtest.Rounds(t, 5000)
	seed := outboxtest.Seed(t)
	cut := &cuts{}
	for made := 0; made < images; made += imagesOfOneTrace {
		cut.play(t, seed+uint64(made), false, min(imagesOfOneTrace, images-made))
	}
	for _, fault := range cut.faults[:min(len(cut.faults), 20)] {
		t.Error(fault)
	}
	t.Logf("%d images, %d acknowledged items looked for in them: %d images failed; %d held doubts that no claim explains",
		images, cut.looked, len(cut.faults), cut.needless)
}

// TestThePowerCutShowsWhatAWriterWithoutSyncsLoses is the control: a proof that this
// writer passes proves nothing.
func TestThePowerCutShowsWhatAWriterWithoutSyncsLoses(t *testing.T) {
	const images = 40
	cut := &cuts{}
	cut.play(t, outboxtest.Seed(t), true, images)
	t.Logf("%d images, %d acknowledged items looked for in them: %d images failed", images, cut.looked, len(cut.faults))
	if len(cut.faults) == 0 {
		t.Error("without syncs nothing was lost: the images are no power cuts")
	}
}

// imagesOfOneTrace is how many images are made of one trace of a writer.
const imagesOfOneTrace = 1000

// cuts is what a row of power cuts did.
type cuts struct {
	mu       sync.Mutex
	looked   int
	needless int
	faults   []string
}

// play traces a writer and judges images of what a power cut may leave of it.
func (c *cuts) play(t *testing.T, seed uint64, noSync bool, images int) {
	t.Helper()
	operations, lines := traceWriter(t, seed, noSync)
	random := rand.New(rand.NewPCG(seed, 1))
	at := make([]int, images)
	for i := range at {
		at[i] = random.IntN(lines + 1)
	}
	slices.Sort(at)
	questions := make(chan judging, 4)
	dir := fastDir(t)
	var judges sync.WaitGroup
	for n := range 2 {
		judges.Go(func() { c.judge(filepath.Join(dir, fmt.Sprint("judge", n)), questions) })
	}
	d, told, line := newDisk(operations), newAccount(operations), 0
	for i, cut := range at {
		for ; line < cut; line++ {
			d.pass(line + 1)
			told.pass(line + 1)
		}
		questions <- judging{Image: i, Line: cut, Files: d.image(random), Told: told.expected()}
	}
	close(questions)
	judges.Wait()
}

// judge asks a child about each image: one that is damaged can end who opens it.
func (c *cuts) judge(dir string, questions <-chan judging) {
	child := &helper{role: "judge"}
	defer child.stop()
	for q := range questions {
		q.Home = filepath.Join(dir, fmt.Sprint(q.Image))
		err := writeHome(q.Home, q.Files)
		var answer judgement
		if err == nil {
			err = child.ask(q, &answer)
		}
		if err != nil {
			answer.Faults = append(answer.Faults, err.Error())
		}
		c.mu.Lock()
		c.looked += len(q.Told.Items)
		if answer.Needless > writerClaims { // fewer may be of a claim that was under way
			c.needless++
		}
		if len(answer.Faults) > 0 {
			c.faults = append(c.faults, fmt.Sprintf("image %d, cut at line %d: %.600s", q.Image, q.Line, strings.Join(answer.Faults, "; ")))
		}
		c.mu.Unlock()
		_ = os.RemoveAll(q.Home)
	}
}

// traceWriter lets a writer work under strace and gives what it did.
func traceWriter(t *testing.T, seed uint64, noSync bool) ([]*operation, int) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIP: strace is not installed; without it no power cut is played")
	}
	dir := fastDir(t)
	told := writing{Home: filepath.Join(dir, "home"), Marker: filepath.Join(dir, "marker"), Seed: seed, NoSync: noSync}
	if err := os.Mkdir(told.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	trace := filepath.Join(dir, "trace")
	cmd := exec.Command(strace, "-f", "-qq", "--seccomp-bpf", "-xx", "-s", "67108864", "-o", trace, "-e", "trace="+tracedCalls, os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=writer", writingEnv+"="+string(text))
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "ptrace") {
			t.Skipf("SKIP: no process may be traced here: %s", out)
		}
		t.Fatalf("the writer: %v: %s", err, out)
	}
	operations, lines, err := readTrace(trace, told.Home, told.Marker)
	if err != nil {
		t.Fatal(err)
	}
	syncs := 0
	for _, o := range operations {
		if o.kind == opSync {
			syncs++
		}
	}
	t.Logf("seed %d: traced %d calls, %d syncs among them", seed, len(operations), syncs)
	return operations, lines
}

// account is what the writer has told of each item up to a line of the trace.
type account struct {
	byStart map[int][]*operation
	keys    map[string]string // of every item that is told of at any time
	told    expectation
}

func newAccount(operations []*operation) *account {
	a := &account{byStart: map[int][]*operation{}, keys: map[string]string{}}
	for _, o := range operations {
		if o.kind == opSay {
			a.byStart[o.start] = append(a.byStart[o.start], o)
			if o.words[0] == saysAdded {
				a.keys[o.words[1]] = o.words[2]
			}
		}
	}
	a.told.Items = map[string]*standing{}
	return a
}

// pass takes in what was said at a line: saying begins after the acknowledgement.
func (a *account) pass(line int) {
	for _, o := range a.byStart[line] {
		switch o.words[0] {
		case saysSignedIn:
			a.told.SignedIn = true
		case saysAdded:
			a.item(o.words[1])
		case saysTry:
			a.item(o.words[2]).try(o.words[1])
		case saysOK:
			a.item(o.words[2]).ok(o.words[1])
		}
	}
}

func (a *account) item(id string) *standing {
	if a.told.Items[id] == nil {
		a.told.Items[id] = &standing{Key: a.keys[id], States: []outbox.State{outbox.Waiting}}
	}
	return a.told.Items[id]
}

// expected is a copy of what is known now.
func (a *account) expected() expectation {
	now := expectation{SignedIn: a.told.SignedIn, Items: map[string]*standing{}}
	for id, s := range a.told.Items {
		one := *s
		one.States = slices.Clone(s.States)
		now.Items[id] = &one
	}
	return now
}
