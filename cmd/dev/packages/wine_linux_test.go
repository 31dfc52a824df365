package packages

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// windows is a Windows of its own: Wine 10, from a Debian trixie that lies in the cache
// (see wine_root of .ci/run), with an empty C: drive. Files are shared below /tmp.
type windows struct {
	t            *testing.T
	root, prefix string
}

// inRoot binds what Wine needs into the root and goes there; $1 is the working folder.
const inRoot = `mount --rbind /tmp "$0/tmp"; mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"
exec chroot "$0" env -i PATH=/usr/bin:/bin HOME=/root WINEPREFIX="$1" WINEDEBUG=-all WINEARCH=win64 XDG_RUNTIME_DIR=/tmp "${@:2}"`

func newWindows(t *testing.T) *windows {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	w := &windows{t: t, root: filepath.Join(cache, "fieldpost-ci", "trixie-wine"), prefix: filepath.Join(t.TempDir(), "prefix")}
	if out, err := w.command("wineboot", "-i").CombinedOutput(); err != nil {
		t.Fatalf("wineboot: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		_ = w.inside("wineserver", "-k").Run() // it lingers, and writes into the prefix
		_ = w.inside("wineserver", "-w").Run()
	})
	return w
}

func (w *windows) inside(args ...string) *exec.Cmd {
	return exec.Command("unshare", append([]string{"-m", "--propagation", "private", "bash", "-c", inRoot, w.root, w.prefix}, args...)...)
}

func (w *windows) command(args ...string) *exec.Cmd {
	return w.inside(append([]string{"wine"}, args...)...)
}

// path is a file of the C: drive.
func (w *windows) path(parts ...string) string {
	return filepath.Join(append([]string{w.prefix, "drive_c"}, parts...)...)
}

func (w *windows) program(name string) string { return w.path("Program Files", "fieldpost", name) }

func (w *windows) policyFile() string { return w.path("ProgramData", "fieldpost", "policy.toml") }

// msiexec runs it silently and tells whether it was content.
func (w *windows) msiexec(verb, msi string, properties ...string) bool {
	w.t.Helper()
	out, err := w.command(append([]string{"msiexec", verb, windowsPath(msi), "/qn"}, properties...)...).CombinedOutput()
	if ended := new(exec.ExitError); err != nil && !errors.As(err, &ended) {
		w.t.Fatalf("msiexec: %v\n%s", err, out)
	}
	return err == nil
}

func (w *windows) must(verb, msi string, properties ...string) {
	w.t.Helper()
	if !w.msiexec(verb, msi, properties...) {
		w.t.Fatalf("msiexec %s %v failed", verb, properties)
	}
}

func (w *windows) policy(want string) {
	w.t.Helper()
	got, err := os.ReadFile(w.policyFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) || string(got) != want {
		w.t.Errorf("the policy is %q, %v, want %q", got, err, want)
	}
}

func (w *windows) installed(want bool) {
	w.t.Helper()
	for _, name := range []string{"fieldpost.exe", "fieldpostw.exe", "THIRD_PARTY_LICENSES.txt", "policy.toml.example"} {
		if _, err := os.Stat(w.program(name)); (err == nil) != want {
			w.t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func (w *windows) tellsItsVersion(want string) {
	w.t.Helper()
	out, err := w.command(`C:\Program Files\fieldpost\fieldpost.exe`, "version").Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != "fieldpost "+want {
		w.t.Errorf("it says %q, %v, want version %s", got, err, want)
	}
}

// msi builds that of a version.
func msi(t *testing.T, version string) string {
	t.Helper()
	out := t.TempDir()
	pack(t, root, nil, "--out", out, "--version", version, "--only", "msi")
	return filepath.Join(out, "fieldpost-"+version+"-windows-amd64.msi")
}

func TestTheMSIInstallsUpgradesAndGoes(t *testing.T) {
	needs(t, "FIELDPOST_WINE", "installs the msi in Wine 10")
	first, candidate, second := msi(t, "1.2.3"), msi(t, "1.3.0-rc.1"), msi(t, "1.3.0")
	w := newWindows(t)
	const wrote = "[salesforce]\nclient_id = \"3MVG9\"\nlogin_url = \"https://acme.my.salesforce.com\"\n"

	t.Log("a policy that fieldpost could not read undoes the install")
	if w.msiexec("/i", first, "LOGIN_URL=ftp://acme.test") {
		t.Error("msiexec was content")
	}
	w.installed(false)
	w.policy("")

	t.Log("the properties become the policy")
	w.must("/i", first, "LOGIN_URL=https://acme.my.salesforce.com", "CLIENT_ID=3MVG9")
	w.installed(true)
	w.policy(wrote)
	w.tellsItsVersion("1.2.3")
	w.startsAtLogon(true)
	registry := w.registry()
	contains(t, "the registry", registry, `C:\\Program Files\\fieldpost\\`, `"DisplayVersion"="1.2.3"`)
	contains(t, "the Start menu", tool(t, "find", w.path(), "-name", "Fieldpost.lnk"), "Start Menu/Programs/Fieldpost.lnk")

	t.Log("an upgrade ends what runs and keeps the policy")
	running := w.command(`C:\Program Files\fieldpost\fieldpost.exe`, "sandbox", "--listen", "127.0.0.1:0")
	lines, err := running.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := lines.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	w.must("/i", candidate)
	w.ended(running)
	w.installed(true)
	w.policy(wrote)
	w.tellsItsVersion("1.3.0-rc.1")

	t.Log("a release replaces its candidate, whose number is the same, and nothing older")
	w.must("/i", second)
	w.installed(true)
	w.tellsItsVersion("1.3.0")
	if registry := w.registry(); strings.Contains(registry, `"DisplayVersion"="1.2.3"`) {
		t.Error("the older one is installed too")
	}
	if w.msiexec("/i", first) {
		t.Error("an older one was installed over a newer one")
	}
	w.tellsItsVersion("1.3.0")

	t.Log("uninstalling keeps the policy")
	w.startsAtLogon(true)
	w.must("/x", second)
	w.installed(false)
	w.startsAtLogon(false)
	w.policy(wrote)
	if registry := w.registry(); strings.Contains(registry, `C:\\Program Files\\fieldpost\\`) {
		t.Error("the registry, with PATH in it, still names the program")
	}

	t.Log("POLICY is taken whole, and DISCARD_DATA=1 takes it away")
	given := filepath.Join(t.TempDir(), "given.toml")
	if err := os.WriteFile(given, []byte("[privacy]\nbody = \"none\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.must("/i", first, "POLICY="+windowsPath(given))
	w.policy("[privacy]\nbody = \"none\"\n")
	w.must("/x", first, "DISCARD_DATA=1")
	w.installed(false)
	if _, err := os.Stat(filepath.Dir(w.policyFile())); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the policy is still there: %v", err)
	}
}

// startsAtLogon holds whether the Task Scheduler has the task of all users.
func (w *windows) startsAtLogon(want bool) {
	w.t.Helper()
	_, err := os.Stat(w.path("windows", "system32", "tasks", "fieldpost", "All users"))
	if (err == nil) != want {
		w.t.Errorf("the task of all users: %v, wanted %t", err, want)
	}
}

// registry is the registry of the machine, once the server has written it.
func (w *windows) registry() string {
	w.t.Helper()
	_ = w.inside("wineserver", "-k").Run() // ends it cleanly, which writes
	_ = w.inside("wineserver", "-w").Run()
	text, err := os.ReadFile(filepath.Join(w.prefix, "system.reg"))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// ended waits until the process is gone.
func (w *windows) ended(running *exec.Cmd) {
	w.t.Helper()
	gone := make(chan error, 1)
	go func() { gone <- running.Wait() }()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		w.t.Error("it runs on")
		_ = running.Process.Kill()
	}
}

func TestThePolicysFolderIsTheAdministratorsOnWindows(t *testing.T) {
	needs(t, "FIELDPOST_WINE", "looks at access lists in Wine 10")
	program := filepath.Join(t.TempDir(), "config.test.exe")
	build := exec.Command("go", "test", "-c", "-o", program, "./daemon/config")
	build.Dir = root
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := newWindows(t).command(windowsPath(program), "-test.v", "-test.run", "TestAFolderThatAnybodyCouldWrite").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestAFolderThatAnybodyCouldWrite") {
		t.Errorf("%v\n%s", err, out)
	}
}

// windowsPath is how Windows calls a file of this machine.
func windowsPath(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }
