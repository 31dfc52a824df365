package drain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/outbox/outboxtest"
	"fieldpost/sfclient/sandbox"
)

// stepsPerSeed is how long a world lives before its faults stop.
const stepsPerSeed = 200

// TestNothingIsLostOrDoubledWhateverGoesWrong holds the invariants I1 to I7 of
// reliability.md section 4 over worlds in which everything goes wrong at random.
func TestNothingIsLostOrDoubledWhateverGoesWrong(t *testing.T) {
	rounds, seed := outboxtest.Rounds(t, 2000), outboxtest.Seed(t)
	const lanes = 4
	for lane := range lanes {
		t.Run(fmt.Sprintf("lane %d", lane), func(t *testing.T) {
			t.Parallel()
			total := 0
			for i := lane; i < rounds; i += lanes {
				faults := simulate(t, seed+uint64(i), plants{}, &total)
				for _, fault := range faults[:min(len(faults), 5)] {
					t.Errorf("FIELDPOST_SEED=%d: %s", seed+uint64(i), fault)
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d seeds of %d steps, %d activities: nothing lost, nothing doubled", (rounds+lanes-1-lane)/lanes, stepsPerSeed, total)
		})
	}
}

func TestEachPlantedBugIsFound(t *testing.T) {
	for name, planted := range map[string]plants{
		"acknowledged before it was on disk (I1)":     {ackBeforeCommit: true},
		"settled without an answer (I1)":              {settleUnanswered: true},
		"a body in the log (I4)":                      {logBodies: true},
		"an outcome not stored (I5, I6)":              {leaveClaimed: true},
		"a doubt forgotten (I2, I3)":                  {forgetDoubt: true},
		"sent again after thirty seconds (I3)":        {resendAfterSecond: true},
		"a rotated token dropped (I6)":                {dropRotatedToken: true},
		"another user's sign-in overtakes calls (I7)": {sendUnderAnybody: true},
	} {
		t.Run(name, func(t *testing.T) {
			total := 0
			for seed := range uint64(150) {
				if len(simulate(t, seed, planted, &total)) > 0 {
					t.Logf("found by seed %d", seed)
					return
				}
			}
			t.Error("150 seeds did not find it")
		})
	}
}

// canary stands in each body and must stand nowhere else.
const canary = "canary-7f3a in the body"

// simulate lives one world through and tells which invariants it broke.
func simulate(t *testing.T, seed uint64, planted plants, total *int) (faults []string) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, planted)
		for range stepsPerSeed {
			w.step()
		}
		w.settleAll()
		faults = w.judge()
		*total += len(w.known)
		w.end()
	})
	return faults
}

// step does one thing that may happen to a laptop.
func (w *world) step() {
	w.t.Helper()
	switch n := w.rng.IntN(100); {
	case n < 22:
		w.capture()
	case n < 29:
		w.tell()
	case n < 34:
		w.drops.step()
	case n < 52:
		w.pass(time.Duration(w.rng.Int64N(int64(2 * time.Minute))))
	case n < 58:
		w.pass(time.Duration(w.rng.Int64N(int64(20 * time.Minute))))
	case n < 60:
		w.pass(8 * time.Hour) // asleep
	case n < 72:
		w.fault()
	case n < 76:
		w.cable.Store(!w.cable.Load())
		w.drain.Reconnected()
	case n < 80:
		w.halt(w.rng.IntN(3) > 0)
		w.boot()
	case n < 83:
		w.org.ExpireSessions()
	case n < 86:
		w.signIn(1 - w.rep)
	case n < 88:
		w.skew.Add(w.rng.Int64N(int64(48*time.Hour)) - int64(24*time.Hour))
	case n < 97:
		w.verb()
	default:
		_ = w.drain.Flush()
	}
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) capture() {
	w.t.Helper()
	drafts := make([]outbox.Draft, 1+w.rng.IntN(3))
	for i := range drafts {
		key := fmt.Sprintf("k%d", len(w.keys))
		if len(w.keys) > 0 && w.rng.IntN(10) == 0 {
			key = w.keys[w.rng.IntN(len(w.keys))] // told twice
		} else {
			w.keys = append(w.keys, key)
		}
		a := activity.Activity{
			Kind: activity.Share, Channel: activity.Email, Subject: key, Key: key, Body: canary, OccurredAt: activity.MomentOf(w.wall()),
			People: []activity.Person{{Email: fmt.Sprintf("c%d@kunde.test", w.rng.IntN(4))}},
		}
		if w.rng.IntN(3) == 0 {
			a.Kind, a.Channel, a.OccurredAt, a.Body = activity.Meeting, "", "", ""
			a.Start, a.End = activity.MomentOf(w.wall()), activity.MomentOf(w.wall().Add(time.Hour))
		}
		drafts[i] = outbox.Draft{Source: outbox.FromAPI, Activity: a}
	}
	receipts, err := w.add(drafts)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range receipts {
		if !r.Known {
			w.known[r.ID] = &known{owner: w.reps[w.rep].UserID}
		}
	}
	w.drain.Nudge()
}

func (w *world) add(drafts []outbox.Draft) ([]outbox.Receipt, error) {
	if w.plants.ackBeforeCommit && w.rng.IntN(20) == 0 { // the power goes before the commit
		return []outbox.Receipt{{ID: fmt.Sprintf("00000000-0000-7000-8000-%012d", len(w.known)), State: outbox.Waiting}}, nil
	}
	return w.box.Add(context.Background(), drafts)
}

// fault lets something go wrong with the next calls.
func (w *world) fault() {
	faults := []sandbox.Fault{
		sandbox.Drop(), sandbox.Drop().AfterCommit(), sandbox.CutAnswer(), sandbox.HTML(502), sandbox.HTML(503).AfterCommit(),
		sandbox.CaptivePortal(), sandbox.ServerError().AfterCommit(), sandbox.ServerError(), sandbox.Maintenance(), sandbox.Empty(500),
		sandbox.LockRow(), sandbox.Stall(5 * time.Minute), sandbox.Slow(90 * time.Second), sandbox.ConcurrentLimit(), sandbox.NoRoute(),
		sandbox.Refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
	}
	f := faults[w.rng.IntN(len(faults))].Times(1 + w.rng.IntN(3))
	switch w.rng.IntN(4) {
	case 0:
		f = f.On(sandbox.Token)
		if w.org.Rules().RotateRefresh {
			return // a lost answer to a rotation may cost a sign-in, by nobody's fault (W13)
		}
	case 1:
		f = f.On(sandbox.Query, sandbox.Versions, sandbox.Update)
	default:
		f = f.On(sandbox.CreateMany)
	}
	w.org.Inject(f)
}

// verb lets the rep do something with an activity.
func (w *world) verb() {
	w.t.Helper()
	items, _, err := w.box.List(outbox.Query{Limit: 20})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(items) == 0 {
		return
	}
	item := items[w.rng.IntN(len(items))]
	if o := w.occasions[item.Activity.UID]; o != nil && o.id == item.ID {
		o.touched = true
	}
	switch w.rng.IntN(6) {
	case 0:
		_ = w.box.Hold(item.ID)
	case 1:
		_ = w.box.Release(item.ID)
	case 2:
		_ = w.box.Edit(item.ID, w.rng.IntN(2) == 0, func(a *activity.Activity) error { a.Subject += "+"; return nil })
	case 3:
		_ = w.box.Retry(item.ID)
	case 4:
		if item.State == outbox.Waiting && item.Record == nil && w.box.Discard(item.ID) == nil {
			k := w.known[item.ID]
			k.discarded = true
			if whole, err := w.box.Get(item.ID); err == nil {
				k.doubted = slices.ContainsFunc(whole.History, func(n outbox.Note) bool {
					return n.Code == outbox.NoteDoubtful || n.Code == outbox.NoteInterrupted
				})
			}
		}
	case 5:
		if w.box.Restore(item.ID) == nil {
			w.known[item.ID].discarded = false
		}
	}
	w.drain.Nudge()
}

// settleAll ends the faults and waits until nothing happens by itself any more.
func (w *world) settleAll() {
	w.t.Helper()
	w.org.ClearFaults()
	w.cable.Store(true)
	w.drops.settle()
	for _, rep := range []int{1 - w.rep, w.rep} {
		if !w.plants.dropRotatedToken { // which a sign-in would heal
			w.signIn(rep)
		}
		if _, err := w.box.ReleaseAll(""); err != nil {
			w.t.Fatal(err)
		}
		for range 12 {
			_ = w.drain.Flush()
			w.pass(15 * time.Minute)
		}
	}
}

// judge tells which invariants do not hold.
func (w *world) judge() (faults []string) {
	broken := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	counts, err := w.box.Counts()
	if err != nil {
		w.t.Fatal(err)
	}
	sum := 0
	for _, state := range outbox.States {
		sum += counts.ByState[state]
	}
	if counts.Captured != sum || counts.Captured != len(w.known) {
		broken("I5: %d captured, %d in the states, %d acknowledged", counts.Captured, sum, len(w.known))
	}
	if report, err := w.box.Check(); err != nil || len(report.Damaged) > 0 {
		broken("I5: the store says %v %v", report.Damaged, err)
	}
	for _, secret := range append(w.tokens, canary) {
		if w.log.holds(secret) {
			broken("I4: the log holds %.12s…", secret)
		}
	}
	w.drops.judge(broken)
	w.judgeOccasions(broken)
	written, owners := w.written()
	for id, k := range w.known {
		item, err := w.box.Get(id)
		if err != nil {
			broken("I1: %s was acknowledged and is gone: %v", id, err)
			continue
		}
		switch n := written[id]; {
		case n > 1:
			broken("I2/I3: %s was written %d times", id, n)
		case item.State == outbox.Delivered && n != 1:
			broken("I1: %s is delivered and Salesforce holds %d", id, n)
		case item.State == outbox.Discarded && n != 0 && !k.doubted:
			broken("I2: %s was discarded before it was sent, and written", id)
		case item.State == outbox.Waiting, item.State == outbox.Sending, item.State == outbox.NeedsAttention:
			broken("I6: %s is still %s: %+v %+v %v", id, item.State, item.Problem, item.Activity, item.History)
		}
		if owner := owners[id]; owner != "" && owner != k.owner {
			broken("I7: %s is %s's and was written by %s", id, k.owner, owner)
		}
	}
	return faults
}

// written counts the records of each activity, and tells whose they are.
func (w *world) written() (counts map[string]int, owners map[string]string) {
	counts, owners = map[string]int{}, map[string]string{}
	for _, object := range []string{"Task", "Event"} {
		for _, record := range w.org.Records(object) {
			text, _ := record["Description"].(string)
			id := strings.TrimPrefix(lastLine(text), "fieldpost:")
			counts[id]++
			owners[id], _ = record["CreatedById"].(string)
		}
	}
	return counts, owners
}
