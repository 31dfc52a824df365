package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fieldpost/outbox"
	"fieldpost/outbox/outboxtest"
)

// keeper is a store on a disk in trouble, the clock that it goes by, and what it
// has acknowledged.
type keeper struct {
	*outbox.Store
	t         *testing.T
	home      string
	clock     time.Time
	reserve   int64
	keys      map[string]string // of each item that was acknowledged, by id
	delivered map[string]bool
}

func newKeeper(t *testing.T, home string, reserve int64) *keeper {
	t.Helper()
	k := &keeper{t: t, home: home, clock: time.Now(), reserve: reserve, keys: map[string]string{}, delivered: map[string]bool{}}
	must(t, k.open())
	t.Cleanup(func() { k.Close() })
	must(t, k.SignIn(rep, []byte("profile")))
	return k
}

func (k *keeper) open() (err error) {
	options := optionsFor(false)
	options.Now, options.Reserve = func() time.Time { return k.clock }, k.reserve
	k.Store, err = outbox.Open(filepath.Join(k.home, "outbox.db"), options)
	return err
}

func (k *keeper) add(key string) error {
	receipts, err := k.Add(context.Background(), []outbox.Draft{draftOf(key)})
	if err == nil {
		k.keys[receipts[0].ID] = key
	}
	return err
}

// fill adds until the disk is full.
func (k *keeper) fill(prefix string) {
	k.t.Helper()
	for n := range 100_000 {
		err := k.add(fmt.Sprint(prefix, n))
		if errors.Is(err, outbox.ErrFull) {
			return
		}
		must(k.t, err)
	}
	k.t.Fatal("the disk is never full")
}

// deliver settles what is being sent, one by one.
func (k *keeper) deliver(work []outbox.Work) error {
	for _, w := range work {
		if err := k.Settle([]outbox.Outcome{outcomeFor(w.ID, 9)}); err != nil {
			return err
		}
		k.delivered[w.ID] = true
	}
	return nil
}

// keepsAll looks each acknowledged item up.
func (k *keeper) keepsAll() {
	k.t.Helper()
	for id, key := range k.keys {
		item, err := k.Get(id)
		must(k.t, err)
		must(k.t, sameContent(item, key))
		if k.delivered[id] != (item.State == outbox.Delivered) {
			k.t.Fatalf("%s is %s, delivered %v", key, item.State, k.delivered[id])
		}
	}
	must(k.t, wellOrdered(k.Store))
	aside, err := filepath.Glob(filepath.Join(k.home, "*.damaged-*"))
	must(k.t, err)
	if len(aside) > 0 {
		k.t.Fatalf("set aside: %v", aside)
	}
}

func (k *keeper) reopen() {
	k.t.Helper()
	must(k.t, k.Close())
	must(k.t, k.open())
	k.keepsAll()
}

// mounted mounts a file system on a new folder and takes it off in the end.
func mounted(t *testing.T, source, kind string, options string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "disk")
	must(t, os.Mkdir(folder, 0o700))
	if err := unix.Mount(source, folder, kind, 0, options); err != nil {
		t.Skipf("SKIP: no %s can be mounted here: %v", kind, err)
	}
	t.Cleanup(func() { _ = unix.Unmount(folder, unix.MNT_DETACH) })
	return folder
}

// ballast takes so much room.
func ballast(t *testing.T, folder string, size int) (drop func()) {
	t.Helper()
	name := filepath.Join(folder, "ballast")
	must(t, os.WriteFile(name, make([]byte, size), 0o600))
	return func() { must(t, os.Remove(name)) }
}

// stuff takes all the room that is left.
func stuff(t *testing.T, folder string) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, "stuffed"))
	must(t, err)
	defer file.Close()
	for _, size := range []int{1 << 16, 4096, 512, 1} {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatal(err)
		}
	}
}

// TestOnAFullDiskCapturesAreRefusedAndDeliveryGoesOn is promise 8.
func TestOnAFullDiskCapturesAreRefusedAndDeliveryGoesOn(t *testing.T) {
	rounds := outboxtest.Rounds(t, 20)
	settled := 0
	for range rounds {
		settled += fullDisk(t)
	}
	t.Logf("%d full disks, %d deliveries marked on them: 0 acknowledged items lost", rounds, settled)
}

func fullDisk(t *testing.T) (settled int) {
	t.Helper()
	home := mounted(t, "tmpfs", "tmpfs", "size=4m")
	k := newKeeper(t, home, outbox.ReserveFor(home))
	for n := range 40 {
		must(t, k.add(fmt.Sprint("early", n)))
	}
	work, _, err := k.Claim(20, "key")
	must(t, err)
	drop := ballast(t, home, 1<<20)
	k.fill("fill")
	stuff(t, home)
	must(t, k.deliver(work))
	for round := 0; round < 5 || !k.Full(); round++ { // and whole rounds of claiming and settling
		more, _, err := k.Claim(10, "key")
		must(t, err)
		if len(more) == 0 {
			break // all found room in pages that earlier work had left free
		}
		must(t, k.deliver(more))
	}
	if !k.Full() {
		t.Error("the marks needed no reserve: the disk was not full")
	}
	if err := k.add("refused"); !errors.Is(err, outbox.ErrFull) {
		t.Errorf("a capture while the reserve is gone: %v", err)
	}
	k.clock = k.clock.Add(2 * time.Second)
	if err := k.add("refused"); !errors.Is(err, outbox.ErrFull) {
		t.Errorf("a capture that would take the last room: %v", err)
	}
	drop()
	k.clock = k.clock.Add(2 * time.Second)
	must(t, k.add("after"))
	if k.Full() {
		t.Error("the store still says that the disk is full")
	}
	k.keepsAll()
	k.reopen()
	return len(k.delivered)
}

// TestAStartOnAFullDiskGoesOnDelivering: the daemon may be started again meanwhile.
func TestAStartOnAFullDiskGoesOnDelivering(t *testing.T) {
	home := mounted(t, "tmpfs", "tmpfs", "size=4m")
	k := newKeeper(t, home, outbox.ReserveFor(home))
	for n := range 40 {
		must(t, k.add(fmt.Sprint("early", n)))
	}
	drop := ballast(t, home, 1<<20)
	k.fill("fill")
	stuff(t, home)
	for round := 0; round < 10 || !k.Full() && round < 200; round++ { // a start needs less room than a capture was refused for
		work, _, err := k.Claim(2, "key")
		must(t, err)
		must(t, k.deliver(work))
		k.reopen()
		k.fill(fmt.Sprint("fill", round, "-")) // what room a start has found, to the last
	}
	if !k.Full() {
		t.Error("no start needed the reserve: the disk was not full")
	}
	drop()
	k.clock = k.clock.Add(2 * time.Second)
	must(t, k.add("after"))
	k.reopen()
}

// TestADiskThatTurnsReadOnlyLosesNothing lets a file system find a fault in itself,
// as a failing disk does, and go on for readers only.
func TestADiskThatTurnsReadOnlyLosesNothing(t *testing.T) {
	home, fail, mend := failingDisk(t)
	k := newKeeper(t, home, outbox.ReserveFor(home))
	for n := range 30 {
		must(t, k.add(fmt.Sprint("early", n)))
	}
	work, _, err := k.Claim(10, "key")
	must(t, err)
	must(t, k.deliver(work))
	fail()
	for n := range 5 {
		if err := k.add(fmt.Sprint("refused", n)); err == nil {
			t.Error("captured on a disk for readers only")
		}
	}
	_ = k.Close() // what is not in memory may be out of reach until the disk is mended
	if err := k.open(); err == nil {
		t.Error("opened on a disk for readers only")
	}
	mend()
	must(t, k.open())
	k.keepsAll()
	must(t, k.add("after"))
	k.reopen()
}

// failingDisk gives a folder on a disk of its own, what makes that fail and what
// mends it.
func failingDisk(t *testing.T) (folder string, fail, mend func()) {
	t.Helper()
	dir := t.TempDir()
	image := filepath.Join(dir, "image")
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Skipf("SKIP: no disk can be played here: %s: %v: %s", name, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 16<<20))
	run("mkfs.ext4", "-q", image)
	loop := run("losetup", "-f", "--show", image)
	t.Cleanup(func() { _ = exec.Command("losetup", "-d", loop).Run() })
	folder = mounted(t, loop, "ext4", "errors=remount-ro")
	fail = func() {
		trigger := filepath.Join("/sys/fs/ext4", filepath.Base(loop), "trigger_fs_error")
		if err := os.WriteFile(trigger, []byte("1"), 0o600); err != nil {
			t.Skipf("SKIP: the disk cannot be made to fail: %v", err)
		}
	}
	mend = func() {
		must(t, unix.Unmount(folder, 0))
		_ = exec.Command("e2fsck", "-fy", loop).Run() // it says 1 when it mended something
		must(t, unix.Mount(loop, folder, "ext4", 0, ""))
	}
	return folder, fail, mend
}

// TestAFileThatMayNoLongerBeWrittenLosesNothing takes the right to write from the
// open file, and gives it back.
func TestAFileThatMayNoLongerBeWrittenLosesNothing(t *testing.T) {
	home := t.TempDir()
	k := newKeeper(t, home, 0)
	for n := range 10 {
		must(t, k.add(fmt.Sprint("early", n)))
	}
	for n := range 5 {
		immutable(t, filepath.Join(home, "outbox.db"), true)
		err := k.add(fmt.Sprint("refused", n))
		_, _, claimErr := k.Claim(1, "key")
		immutable(t, filepath.Join(home, "outbox.db"), false)
		if err == nil || claimErr == nil {
			t.Fatalf("written all the same: %v, %v", err, claimErr)
		}
		k.keepsAll()
		must(t, k.add(fmt.Sprint("between", n)))
	}
	k.reopen()
}

func immutable(t *testing.T, path string, on bool) {
	t.Helper()
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	flags, err := unix.IoctlGetInt(int(file.Fd()), unix.FS_IOC_GETFLAGS)
	if flags &^= unix.STATX_ATTR_IMMUTABLE; on {
		flags |= unix.STATX_ATTR_IMMUTABLE
	}
	if err == nil {
		err = unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	if err != nil {
		t.Skipf("SKIP: no file can be made immutable here: %v", err)
	}
}

// TestAFolderWhosePermissionsAreLostLosesNothing runs as a user without rights of
// his own: root may everything.
func TestAFolderWhosePermissionsAreLostLosesNothing(t *testing.T) {
	home := fastDir(t)
	asNobody(t, home, func() {
		k := newKeeper(t, home, 0)
		for n := range 10 {
			must(t, k.add(fmt.Sprint("early", n)))
		}
		must(t, os.Chmod(home, 0o500))
		must(t, k.add("in an open file"))
		if _, _, err := k.Compact(); err == nil {
			t.Error("compacted in a folder for readers only")
		}
		must(t, k.add("after a compaction that failed"))
		k.keepsAll()
		must(t, os.Chmod(home, 0o000))
		must(t, k.add("in an open file of a locked folder"))
		_ = k.Close()
		if err := k.open(); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("opening in a locked folder: %v", err)
		}
		must(t, os.Chmod(home, 0o700))
		must(t, k.open())
		k.keepsAll()
		must(t, os.Chmod(filepath.Join(home, "outbox.db"), 0o000))
		must(t, k.Close())
		if err := k.open(); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("opening a locked file: %v", err)
		}
		must(t, os.Chmod(filepath.Join(home, "outbox.db"), 0o600))
		must(t, k.open())
		k.reopen()
	})
}

// asNobody lets work go on with the rights of nobody, where it has those of root.
func asNobody(t *testing.T, home string, work func()) {
	t.Helper()
	if os.Getuid() != 0 {
		work()
		return
	}
	const nobody = 65534
	repsIdentity() // while it may be read
	must(t, os.Chown(home, nobody, nobody))
	runtime.LockOSThread() // for good: the thread ends with the test
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		t.Skipf("SKIP: the rights of root cannot be given up here: %v", err)
	}
	work()
}

// TestASecondProcessIsTurnedAwayAtOnce opens the store of this process in another.
func TestASecondProcessIsTurnedAwayAtOnce(t *testing.T) {
	k := newKeeper(t, fastDir(t), 0)
	child := &helper{role: "opener"}
	defer child.stop()
	var said string
	began := time.Now()
	must(t, child.ask(k.Path(), &said))
	if said != outbox.ErrInUse.Error() {
		t.Errorf("the second one got %q", said)
	}
	t.Logf("turned away after %v", time.Since(began))
	must(t, k.add("the first goes on"))
}
