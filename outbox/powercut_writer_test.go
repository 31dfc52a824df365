package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fieldpost/outbox"
)

// writing is what a writer is told, in the environment.
type writing struct {
	Home   string // the folder of the outbox
	Marker string // the file in which it says what it did, in one write a line
	Seed   uint64
	NoSync bool
}

const (
	writingEnv = "FIELDPOST_PROVE_WRITING"

	writerSessions = 4
	writerAdders   = 4
	writerAdds     = 8 // by each adder in each session
	writerClaims   = 6 // at most, by one claim
)

// What a writer says. "try" stands before a change begins, all else after it was
// acknowledged.
const (
	saysSignedIn = "signed-in"
	saysAdded    = "added" // id, key
	saysTry      = "try"   // state, id
	saysOK       = "ok"    // state, id
	// unclaimed is a waiting item of which it is certain that it was not sent.
	unclaimed = "unclaimed"
)

// scribe is a writer at work: it uses a store as the daemon does and tells it.
type scribe struct {
	writing
	marker *os.File
	store  *outbox.Store
}

// writer plays the role of the process that is running when the power is cut.
func writer() error {
	w := &scribe{}
	if err := json.Unmarshal([]byte(os.Getenv(writingEnv)), &w.writing); err != nil {
		return err
	}
	var err error
	if w.marker, err = os.OpenFile(w.Marker, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	for session := range writerSessions {
		if err := w.session(session); err != nil {
			return err
		}
	}
	return nil // without closing: the last stop is none
}

func (w *scribe) say(words ...string) {
	if _, err := w.marker.WriteString(strings.Join(words, " ") + "\n"); err != nil {
		panic(err)
	}
}

func (w *scribe) session(number int) error {
	var err error
	if w.store, err = outbox.Open(filepath.Join(w.Home, "outbox.db"), optionsFor(w.NoSync)); err != nil {
		return err
	}
	if number == 0 {
		if err := w.store.SignIn(rep, []byte("profile")); err != nil {
			return err
		}
		w.say(saysSignedIn)
	}
	if err := w.work(number); err != nil || number == writerSessions-1 {
		return err
	}
	return w.store.Close()
}

// work lets adders, a sender and, from the second session on, a compaction run side
// by side.
func (w *scribe) work(session int) error {
	var adders, rest sync.WaitGroup
	faults := make(chan error, writerAdders+2)
	half := make(chan struct{}, writerAdders)
	for n := range writerAdders {
		adders.Go(func() { faults <- w.adds(session, n, half) })
	}
	done := make(chan struct{})
	rest.Go(func() { faults <- w.sends(session, done) })
	rest.Go(func() {
		<-half
		if session == 0 {
			return
		}
		_, _, err := w.store.Compact()
		faults <- err
	})
	adders.Wait()
	close(done)
	rest.Wait()
	close(faults)
	for err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *scribe) adds(session, adder int, half chan<- struct{}) error {
	for n := range writerAdds {
		key := fmt.Sprintf("s%da%dn%d", session, adder, n)
		drafts := []outbox.Draft{draftOf(key), draftOf(key + "b")}[:1+n%2]
		receipts, err := w.store.Add(context.Background(), drafts)
		if err != nil {
			return err
		}
		for i, r := range receipts {
			w.say(saysAdded, r.ID, drafts[i].Activity.Key)
		}
		if n == writerAdds/2 {
			half <- struct{}{}
		}
	}
	return nil
}

// sends claims and settles until the adders are done, and once more.
func (w *scribe) sends(session int, done <-chan struct{}) error {
	random := rand.New(rand.NewPCG(w.Seed, uint64(session)))
	for last := false; ; {
		work, _, err := w.store.Claim(1+random.IntN(writerClaims), "key")
		if err != nil || last && len(work) == 0 {
			return err
		}
		for _, item := range work {
			w.say(saysOK, string(outbox.Sending), item.ID)
		}
		if err := w.settles(work, random); err != nil {
			return err
		}
		select {
		case <-done:
			if last = true; random.IntN(4) == 0 {
				return nil
			}
		default:
		}
	}
}

func (w *scribe) settles(work []outbox.Work, random *rand.Rand) error {
	var outcomes []outbox.Outcome
	var back []string
	for _, item := range work {
		switch n := random.IntN(10); {
		case n == 0: // a claim that nothing follows
		case n == 1:
			w.say(saysTry, unclaimed, item.ID)
			back = append(back, item.ID)
		default:
			o := outcomeFor(item.ID, n)
			w.say(saysTry, string(o.To), item.ID)
			outcomes = append(outcomes, o)
		}
	}
	if err := w.store.Settle(outcomes); err != nil {
		return err
	}
	for _, o := range outcomes {
		w.say(saysOK, string(o.To), o.ID)
	}
	if err := w.store.Unclaim(back); err != nil {
		return err
	}
	for _, id := range back {
		w.say(saysOK, unclaimed, id)
	}
	return nil
}

func outcomeFor(id string, n int) outbox.Outcome {
	problem := &outbox.Problem{Code: "code", Who: outbox.You, Args: outbox.Args{"address": "x@y.test"}}
	switch n {
	case 2:
		return outbox.Outcome{ID: id, To: outbox.NeedsAttention, Problem: problem, Answered: true}
	case 3:
		return outbox.Outcome{ID: id, To: outbox.Held, Problem: problem}
	case 4:
		return outbox.Outcome{ID: id, To: outbox.Waiting, Problem: problem, Doubtful: true, NextAt: time.Now().Add(time.Hour)}
	}
	return outbox.Outcome{
		ID: id, To: outbox.Delivered, Answered: true, Record: &outbox.Record{ID: "00T000000000001AAA", Object: "Task"},
		Notes: []outbox.Note{{Code: "sent", Args: outbox.Args{"mode": "key"}}},
	}
}
