package outbox_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fieldpost/outbox"
)

// readerPatience is how long the daemon lets a child read a file (DESIGN "Store").
const readerPatience = 10 * time.Second

// damaging asks a child to damage a copy of a store and to open it.
type damaging struct {
	Base    string // the folder of the store that is whole
	Work    string // a folder of its own
	Seed    uint64
	Index   int
	Special bool // of the specials, not by chance
}

// damaged is what came of it.
type damaged struct {
	Ruin     string
	SetAside bool
	// Intact counts the items of which every record lies whole in the damaged file,
	// Back those of them that the store gives as they were.
	Intact, Back int
	// Flipped says that a flip hit a record that was in use.
	Flipped   bool
	CaptureMS int64
	Faults    []string
}

// truth is what the store that is whole holds, by id.
type truth map[string]truly

type truly struct {
	Key    string
	State  outbox.State
	Purged bool
}

// victim opens one damaged store after another.
type victim struct {
	reader helper // reads the files first, as the daemon's child does
	whole  *anatomy
	keys   []byte
	truth  truth
}

// read is what the reader does: it tells the class of what it found.
func read(path string) string {
	err := outbox.Verify(path)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, outbox.ErrDamaged):
		return "damaged"
	case errors.Is(err, outbox.ErrNewerSchema):
		return "newer"
	}
	return "shut"
}

// verify asks the reader: that it dies or hangs is damage.
func (v *victim) verify(path string) error {
	var class string
	if err := v.reader.ask(path, &class); err != nil {
		return fmt.Errorf("%w: %w", outbox.ErrDamaged, err)
	}
	switch class {
	case "":
		return nil
	case "damaged":
		return outbox.ErrDamaged
	case "newer":
		return outbox.ErrNewerSchema
	}
	return errors.New(class)
}

// learn reads the store that is whole.
func (v *victim) learn(base string) error {
	if v.whole != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(base, "truth.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &v.truth); err != nil {
		return err
	}
	if v.keys, err = os.ReadFile(filepath.Join(base, "outbox.keys")); err != nil {
		return err
	}
	db, err := os.ReadFile(filepath.Join(base, "outbox.db"))
	if err != nil {
		return err
	}
	copied := filepath.Join(base, fmt.Sprint("copy", os.Getpid()))
	if err := os.WriteFile(copied, db, 0o600); err != nil {
		return err
	}
	v.whole, err = dissect(copied)
	return err
}

// open damages a copy, opens it, captures, salvages, and holds what is there against
// the truth.
func (v *victim) open(q damaging) (d damaged) {
	fault := func(format string, args ...any) { d.Faults = append(d.Faults, fmt.Sprintf(format, args...)) }
	if err := v.learn(q.Base); err != nil {
		fault("the base: %v", err)
		return d
	}
	random := rand.New(rand.NewPCG(q.Seed, uint64(q.Index)))
	r := drawn(random)
	if q.Special {
		r = specials()[q.Index]
	}
	d.Ruin = r.name
	w := &wreckage{random: random, whole: v.whole, db: bytes.Clone(v.whole.data), keys: bytes.Clone(v.keys)}
	r.do(w)
	if err := w.write(q.Work); err != nil {
		fault("%v", err)
		return d
	}
	path := filepath.Join(q.Work, "outbox.db")
	options := optionsFor(true)
	options.Verify = v.verify
	began := time.Now()
	store, err := outbox.Open(path, options)
	if err != nil {
		fault("opening: %v", err)
		return d
	}
	defer store.Close()
	if _, err := store.Add(context.Background(), []outbox.Draft{draftOf("after the damage")}); err != nil {
		fault("capturing: %v", err)
	}
	d.CaptureMS = time.Since(began).Milliseconds()
	aside, _ := filepath.Glob(path + ".damaged-*")
	d.SetAside = len(aside) > 0
	if err := store.Salvage(context.Background()); err != nil {
		fault("salvaging: %v", err)
	}
	d.Flipped = slices.ContainsFunc(w.flipped, v.whole.inLive)
	if d.Flipped && !d.SetAside {
		fault("a flip in a record went unnoticed")
	}
	if _, _, err := store.Current(); err != nil {
		fault("who is signed in: %v", err)
	}
	v.compare(store, recordsOf(w.db), &d)
	if r.name == bothFiles {
		d.Intact, d.Back = 0, 0 // a data key of which no copy is left opens nothing
	}
	if err := wellOrdered(store); err != nil {
		fault("afterwards: %v", err)
	}
	return d
}

func (w *wreckage) write(home string) error {
	files := map[string][]byte{"outbox.db": w.db}
	if w.keys != nil {
		files["outbox.keys"] = w.keys
	}
	return writeHome(home, files)
}

// compare looks each item up: its content is right or it is not given at all.
func (v *victim) compare(store *outbox.Store, left map[record]bool, d *damaged) {
	for id, told := range v.truth {
		item, err := store.Get(id)
		right := err == nil && (told.Purged && item.Purged || !item.Purged && !item.Sealed && sameContent(item, told.Key) == nil)
		readable := err == nil && !item.Purged && !item.Sealed && item.Problem == nil
		if readable && !right {
			d.Faults = append(d.Faults, fmt.Sprintf("wrong bytes: %v", sameContent(item, told.Key)))
		}
		if !v.intact(id, left, told) {
			continue
		}
		d.Intact++
		if d.Ruin == bothFiles && item.Sealed {
			continue
		}
		if right && item.State == told.State {
			d.Back++
		} else if len(d.Faults) < 5 {
			d.Faults = append(d.Faults, fmt.Sprintf("not taken back: %s, %s (%v): now %s, sealed %v, purged %v, %v",
				id, told.State, told.Purged, item.State, item.Sealed, item.Purged, err))
		}
	}
}

func (v *victim) intact(id string, left map[record]bool, told truly) bool {
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil {
		return false
	}
	item := [16]byte(raw)
	return left[v.whole.heads[item]] && (told.Purged || left[v.whole.bodies[item]])
}
