package directory_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/directory"
)

// verifiedEnv names the file that this test binary reads as a child.
const verifiedEnv = "FIELDPOST_TEST_VERIFY"

func TestMain(m *testing.M) {
	if path := os.Getenv(verifiedEnv); path != "" {
		if err := directory.Verify(path); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// verifyApart reads a copy in a child process that has so much time.
func verifyApart(path string) error {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), verifiedEnv+"="+path)
	if err := child.Start(); err != nil {
		return err
	}
	limit := time.AfterFunc(5*time.Second, func() { _ = child.Process.Kill() })
	defer limit.Stop()
	if err := child.Wait(); err != nil {
		return fmt.Errorf("%w: %w", directory.ErrDamaged, err)
	}
	return nil
}

// reopen opens the copy again, as after a crash.
func (d *desk) reopen() {
	d.t.Helper()
	if err := d.Close(); err != nil {
		d.t.Fatal(err)
	}
	recipients := []age.Recipient{d.identity.Recipient()}
	d.Directory = directory.Open(d.path, recipients, verifyApart)
	if err := d.Unlock(d.identity, recipients); err != nil {
		d.t.Fatal(err)
	}
}

// spoil damages the file: some bytes, a page of zeroes, or all after a place.
func spoil(t *testing.T, path string, random *rand.Rand) string {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	at := random.Int64N(info.Size())
	switch random.IntN(4) {
	case 0:
		page := at &^ 4095
		if _, err = file.WriteAt(make([]byte, 4096), page); err == nil {
			return fmt.Sprintf("zeroes at page %d", page/4096)
		}
	case 1:
		if err = file.Truncate(at); err == nil {
			return fmt.Sprintf("cut at %d of %d", at, info.Size())
		}
	default:
		// Heads of pages matter most, and are few among all bytes.
		if random.IntN(2) == 0 {
			at = at&^4095 + random.Int64N(32)
		}
		noise := make([]byte, 1+random.IntN(16))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		if _, err = file.WriteAt(noise, at); err == nil {
			return fmt.Sprintf("%d bytes at %d", len(noise), at)
		}
	}
	t.Fatal(err)
	return ""
}

func TestADamagedFileIsMadeAnewAfterACrash(t *testing.T) {
	d := newDesk(t)
	d.crowd(40)
	d.sync(directory.Filter{})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 40
	late := 0
	for seed := range uint64(rounds) {
		if err := os.WriteFile(d.path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		what := spoil(t, d.path, rand.New(rand.NewPCG(seed, 0)))
		d.reopen()
		d.found(directory.Query{Text: "rowd"})
		var own *directory.StoreError
		if err := d.Sync(t.Context(), d.client, directory.Plan{}, d.clock); errors.As(err, &own) {
			d.sync(directory.Filter{}) // the first one met the damage
		} else if err != nil {
			t.Fatalf("seed %d, %s: %v", seed, what, err)
		}
		if d.stats().People == 0 {
			t.Fatalf("seed %d, %s: %+v", seed, what, d.stats())
		}
		if got := len(strings.Fields(d.found(directory.Query{Text: "rowd", Limit: 100}))); got == 0 {
			t.Fatalf("seed %d, %s: nobody is found", seed, what)
		}
		select {
		case <-d.Replaced():
			late++
		default:
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.open()
	t.Logf("%d of %d showed only when they were read", late, rounds)
}

func TestARowThatIsNotAsItWasWrittenBeginsTheCopyAnew(t *testing.T) {
	d := newDesk(t)
	ids := d.crowd(200)
	d.sync(directory.Filter{})
	d.spoilRow(ids[50])
	if found, err := d.People(directory.Query{Text: "rowd", Limit: 300}); err != nil || len(found) != 0 {
		t.Fatalf("%d found, %v", len(found), err)
	}
	select {
	case <-d.Replaced():
	default:
		t.Error("nobody is told that the copy wants to be filled")
	}
	if got := d.sync(directory.Filter{}).People; got != 203 {
		t.Errorf("%d people", got)
	}
	if found, err := d.People(directory.Query{Text: "rowd", Limit: 300}); err != nil || len(found) != 200 {
		t.Errorf("%d found, %v", len(found), err)
	}
	d.reopen()
	if got := d.stats().People; got != 203 {
		t.Errorf("%d people", got)
	}
}

func TestALoadThatMeetsDamageStopsAndBeginsAnew(t *testing.T) {
	d := newDesk(t)
	ids := d.crowd(200)
	d.sync(directory.Filter{})
	d.spoilRow(ids[50])
	d.clock = d.clock.Add(8 * 24 * time.Hour) // everything is listed anew, and read before it is written
	err := d.Sync(t.Context(), d.client, directory.Plan{}, d.clock)
	var own *directory.StoreError
	if !errors.As(err, &own) {
		t.Fatalf("%v", err)
	}
	if got := d.sync(directory.Filter{}).People; got != 203 {
		t.Errorf("%d people", got)
	}
}

// spoilRow turns a bit in each place of the open file where the row of an id lies.
func (d *desk) spoilRow(id string) {
	d.t.Helper()
	data, err := os.ReadFile(d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	file, err := os.OpenFile(d.path, os.O_WRONLY, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	turned := 0
	for at := bytes.Index(data, []byte(id)); at >= 0; {
		behind := at + len(id)
		if behind+4 < len(data) { // the value follows its key in a leaf
			if _, err := file.WriteAt([]byte{data[behind+4] ^ 1}, int64(behind+4)); err != nil {
				d.t.Fatal(err)
			}
			turned++
		}
		next := bytes.Index(data[behind:], []byte(id))
		if next < 0 {
			break
		}
		at = behind + next
	}
	if turned == 0 {
		d.t.Fatal("the row is not in the file")
	}
}
