package packages

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// needs skips a test that takes tools or minutes.
func needs(t *testing.T, variable, what string) {
	t.Helper()
	if os.Getenv(variable) != "1" {
		t.Skipf("SKIPPED: %s=1 %s", variable, what)
	}
}

// tool runs a program and gives what it prints.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// refused runs a program that has to fail.
func refused(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err == nil {
		t.Errorf("%s %s was content:\n%s", name, strings.Join(args, " "), out)
	}
}

// pack runs the workshop's command.
func pack(t *testing.T, checkout string, env []string, args ...string) {
	t.Helper()
	c := exec.Command("go", append([]string{"run", "./cmd/dev", "package"}, args...)...)
	c.Dir = checkout
	c.Env = append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("package %v: %v\n%s", args, err, out)
	}
}

func contains(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s has no %q:\n%s", what, part, text)
		}
	}
}

// TestThePackages makes all of them in dist/packages, where they are left, and looks at
// each with the tools of its system.
func TestThePackages(t *testing.T) {
	needs(t, "FIELDPOST_PACKAGES", "builds each package and looks at it with dpkg, rpm, lintian, msiinfo, mandoc")
	out, err := filepath.Abs(root + "/dist/packages")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	b := &builder{Options: Options{Root: root}}
	if b.Epoch, err = b.epoch(context.Background()); err != nil {
		t.Fatal(err)
	}
	if b.version, err = b.parseVersion(context.Background()); err != nil {
		t.Fatal(err)
	}
	pack(t, root, nil, "--out", out)
	p := made{folder: out, version: b.version.text}
	t.Run("are all there, and their checksums fit", p.sums)
	t.Run("deb", p.deb)
	t.Run("rpm", p.rpm)
	t.Run("msi", p.msi)
	t.Run("archives", p.archives)
	t.Run("macos", p.macos)
	t.Run("bills of materials", p.bills)
	t.Run("are the same bytes from another folder", func(t *testing.T) { p.again(t, b) })
}

// made are the packages of one run.
type made struct{ folder, version string }

func (p made) path(end string) string {
	return filepath.Join(p.folder, "fieldpost-"+p.version+"-"+end)
}

func (p made) sums(t *testing.T) {
	c := exec.Command("sha256sum", "--strict", "-c", "SHA256SUMS")
	c.Dir = p.folder
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	var want []string
	for _, end := range []string{
		"linux-amd64.cdx.json", "linux-amd64.deb", "linux-amd64.rpm", "linux-amd64.tar.gz",
		"linux-arm64.cdx.json", "linux-arm64.deb", "linux-arm64.rpm", "linux-arm64.tar.gz",
		"macos-amd64.cdx.json", "macos-amd64.tar.gz", "macos-arm64.cdx.json", "macos-arm64.tar.gz",
		"windows-amd64.cdx.json", "windows-amd64.msi", "windows-amd64.zip", "windows-arm64.cdx.json", "windows-arm64.zip",
	} {
		want = append(want, filepath.Base(p.path(end))+": OK")
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if files, _ := os.ReadDir(p.folder); len(files) != len(want)+1 {
		t.Errorf("%d files lie there, %d have a checksum", len(files)-1, len(want))
	}
}

func (p made) deb(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		deb := p.path("linux-" + arch + ".deb")
		contains(t, "the list", tool(t, "dpkg-deb", "-c", deb),
			"-rwxr-xr-x root/root", " ./usr/bin/fieldpost\n", " ./usr/share/man/man1/fieldpost.1.gz\n", " ./usr/share/man/fr/man1/fieldpost.1.gz\n",
			" ./usr/share/bash-completion/completions/fieldpost\n", " ./usr/share/zsh/vendor-completions/_fieldpost\n",
			" ./usr/share/fish/vendor_completions.d/fieldpost.fish\n", " ./usr/share/applications/fieldpost.desktop\n",
			" ./usr/share/icons/hicolor/scalable/apps/fieldpost.svg\n", " ./usr/share/doc/fieldpost/copyright\n",
			" ./usr/share/doc/fieldpost/changelog.gz\n", " ./usr/share/doc/fieldpost/policy.toml.example\n",
			" ./usr/share/doc/fieldpost/THIRD_PARTY_LICENSES\n")
		fields := tool(t, "dpkg-deb", "-f", deb)
		contains(t, "the control file", fields, "Architecture: "+arch+"\n", "Version: "+strings.Replace(p.version, "-", "~", 1)+"\n")
		if strings.Contains(fields, "Depends:") {
			t.Errorf("a static program depends on nothing:\n%s", fields)
		}
		if said := tool(t, "lintian", "--allow-root", "--fail-on", "error,warning", deb); strings.TrimSpace(said) != "" {
			t.Errorf("lintian: %s", said)
		}
	}
	unpacked := t.TempDir()
	tool(t, "dpkg-deb", "-x", p.path("linux-amd64.deb"), unpacked)
	p.tellsItsVersion(t, filepath.Join(unpacked, "usr/bin/fieldpost"))
	tool(t, "desktop-file-validate", filepath.Join(unpacked, "usr/share/applications/fieldpost.desktop"))
	tool(t, "bash", "-n", filepath.Join(unpacked, "usr/share/bash-completion/completions/fieldpost"))
	for _, page := range []string{"man1", "fr/man1"} {
		tool(t, "mandoc", "-T", "lint", "-W", "error", filepath.Join(unpacked, "usr/share/man", page, "fieldpost.1.gz"))
	}
	policy, err := os.ReadFile(filepath.Join(unpacked, "usr/share/doc/fieldpost/policy.toml.example"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "the sample of a policy", string(policy), "client_id = ")
}

// tellsItsVersion runs the program where this machine can.
func (p made) tellsItsVersion(t *testing.T, program string) {
	t.Helper()
	if runtime.GOARCH == "amd64" {
		if got := tool(t, program, "version"); got != "fieldpost "+p.version+"\n" {
			t.Errorf("it says %q", got)
		}
	}
}

func (p made) rpm(t *testing.T) {
	for arch, name := range map[string]string{"amd64": "x86_64", "arm64": "aarch64"} {
		rpm := p.path("linux-" + arch + ".rpm")
		contains(t, "the list", tool(t, "rpm", "-qlp", rpm),
			"/usr/bin/fieldpost\n", "/usr/share/man/man1/fieldpost.1.gz\n", "/usr/share/zsh/site-functions/_fieldpost\n",
			"/usr/share/doc/fieldpost/THIRD_PARTY_LICENSES\n", "/usr/share/applications/fieldpost.desktop\n")
		contains(t, "the header", tool(t, "rpm", "-qp", "--qf", "%{ARCH} %{VERSION} %{BUILDHOST}", rpm), name+" "+strings.Replace(p.version, "-", "~", 1)+" fieldpost")
		contains(t, "the scripts", tool(t, "rpm", "-qp", "--scripts", rpm), "postinstall", "service install --all-users", "preuninstall", "service uninstall --all-users")
		contains(t, "what it wishes for", tool(t, "rpm", "-qp", "--recommends", rpm), "gnome-keyring")
		tool(t, "rpm", "-K", "--nosignature", rpm)
	}
	tool(t, "rpm", "-i", "--test", "--nodeps", "--dbpath", t.TempDir(), p.path("linux-amd64.rpm"))
}

func (p made) msi(t *testing.T) {
	msi := p.path("windows-amd64.msi")
	table := func(name string) string { return strings.ReplaceAll(tool(t, "msiinfo", "export", msi, name), "\r", "") }
	contains(t, "File", table("File"), "fieldpost.exe\tProgram\tfieldpost.exe\t", "fieldpostw.exe\tWindowed\t", "THIRD_PARTY_LICENSES.txt")
	contains(t, "Shortcut", table("Shortcut"), "ProgramMenuFolder\tFieldpost\tWindowed\t[#fieldpostw.exe]\topen\t")
	contains(t, "Environment", table("Environment"), "Path\t=-*PATH\t[~];[INSTALLDIR]\tProgram")
	contains(t, "Upgrade", table("Upgrade"), "\t0.0.0\t0.0.0\t\t769\t\tOLDERFOUND", "\t2\t\tNEWERFOUND")
	contains(t, "Property", table("Property"), "ALLUSERS\t1\n", "UpgradeCode\t{B4B0D6F1-7C7E-5A1B-9D0E-3F8B52C4A6D7}\n",
		"SecureCustomProperties\tCLIENT_ID;DISCARD_DATA;LOGIN_URL;NEWERFOUND;OLDERFOUND;POLICY;SERVICE\n")
	contains(t, "CustomAction", table("CustomAction"), "InstallService\t3090\tfieldpost.exe\tservice install --all-users", "UninstallService\t3154\tfieldpost.exe\tservice uninstall --all-users")
	contains(t, "InstallExecuteSequence", table("InstallExecuteSequence"), "RemoveExistingProducts\t\t1501", "UninstallService\tREMOVE=\"ALL\" AND NOT UPGRADINGPRODUCTCODE\t3401")
	contains(t, "the summary", tool(t, "msiinfo", "suminfo", msi), "Template: x64;1033")
}

func (p made) archives(t *testing.T) {
	files := untar(t, p.path("linux-amd64.tar.gz"))
	base := filepath.Base(p.path("linux-amd64")) + "/"
	program := filepath.Join(t.TempDir(), "fieldpost")
	if err := os.WriteFile(program, files[base+"fieldpost"], 0o755); err != nil {
		t.Fatal(err)
	}
	p.tellsItsVersion(t, program)
	for _, arch := range []string{"amd64", "arm64"} {
		archive, err := zip.OpenReader(p.path("windows-" + arch + ".zip"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range archive.File {
			names = append(names, strings.TrimPrefix(f.Name, filepath.Base(p.path("windows-"+arch))+"/"))
		}
		archive.Close()
		if want := []string{"THIRD_PARTY_LICENSES", "policy.toml.example", "fieldpost.exe", "fieldpostw.exe", "completions/fieldpost.ps1"}; !slices.Equal(names, want) {
			t.Errorf("the zip holds %v, want %v", names, want)
		}
	}
}

func untar(t *testing.T, path string) map[string][]byte {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	packed, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for archive := tar.NewReader(packed); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
}

// macos lays the files by install.sh; what needs a Mac is not tried.
func (p made) macos(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		folder, to := t.TempDir(), t.TempDir()
		tool(t, "tar", "xzf", p.path("macos-"+arch+".tar.gz"), "-C", folder)
		unpacked := filepath.Join(folder, filepath.Base(p.path("macos-"+arch)))
		tool(t, "env", "DESTDIR="+to, "sh", filepath.Join(unpacked, "install.sh"))
		for _, path := range []string{
			"usr/local/bin/fieldpost", "usr/local/share/man/man1/fieldpost.1.gz", "Applications/Fieldpost.app/Contents/MacOS/Fieldpost",
			"Applications/Fieldpost.app/Contents/Resources/fieldpost.icns", "usr/local/share/doc/fieldpost/THIRD_PARTY_LICENSES",
		} {
			if _, err := os.Stat(filepath.Join(to, path)); err != nil {
				t.Error(err)
			}
		}
		binary := filepath.Join(t.TempDir(), "plist")
		tool(t, "plistutil", "-i", filepath.Join(to, "Applications/Fieldpost.app/Contents/Info.plist"), "-f", "bin", "-o", binary)
		if _, err := os.Stat(binary); err != nil {
			t.Errorf("Info.plist is none: %v", err)
		}
		plist, err := os.ReadFile(filepath.Join(to, "Applications/Fieldpost.app/Contents/Info.plist"))
		if err != nil {
			t.Fatal(err)
		}
		contains(t, "Info.plist", string(plist), "<string>0.0.0</string>")
		contains(t, "the program", tool(t, "file", filepath.Join(to, "usr/local/bin/fieldpost")), "Mach-O 64-bit")
		tool(t, "env", "DESTDIR="+to, "sh", filepath.Join(unpacked, "uninstall.sh"), "--discard-policy")
		if left := strings.TrimSpace(tool(t, "find", to, "-type", "f")); left != "" {
			t.Errorf("uninstall.sh left %s", left)
		}
	}
}

func (p made) bills(t *testing.T) {
	text, err := os.ReadFile(p.path("linux-amd64.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bill bill
	if err := json.Unmarshal(text, &bill); err != nil {
		t.Fatal(err)
	}
	program := untar(t, p.path("linux-amd64.tar.gz"))[filepath.Base(p.path("linux-amd64"))+"/fieldpost"]
	if want := fmt.Sprintf("%x", sha256.Sum256(program)); bill.Metadata.Component.Hashes[0].Content != want {
		t.Error("it is about another program")
	}
	for _, c := range bill.Components {
		if len(c.Licences) == 0 {
			t.Errorf("the licence of %s is not known: look at it and teach spdx its sentence", c.Name)
		}
	}
	if len(bill.Components) < 30 {
		t.Errorf("only %d modules", len(bill.Components))
	}
}

// again builds everything from a copy of the checkout elsewhere.
func (p made) again(t *testing.T, b *builder) {
	checkout, out := t.TempDir(), t.TempDir()
	c := exec.Command("sh", "-c", `git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$1"`, "sh", checkout)
	c.Dir = root
	if said, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	pack(t, checkout, []string{fmt.Sprintf("SOURCE_DATE_EPOCH=%d", b.Epoch.Unix())}, "--out", out, "--version", p.version)
	first, err := os.ReadDir(p.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range first {
		one, err := os.ReadFile(filepath.Join(p.folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.ReadFile(filepath.Join(out, entry.Name()))
		if err != nil || !bytes.Equal(one, other) {
			t.Errorf("%s differs the second time, %v", entry.Name(), err)
		}
	}
}

func TestWhatIsSignedIsSoAndATamperedFileIsNot(t *testing.T) {
	needs(t, "FIELDPOST_PACKAGES", "signs with a certificate of its own, by osslsigncode and minisign")
	keys, out := t.TempDir(), t.TempDir()
	cert, key := filepath.Join(keys, "cert.pem"), filepath.Join(keys, "key.pem")
	tool(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test only", "-keyout", key, "-out", cert,
		"-addext", "extendedKeyUsage=codeSigning")
	public, secret := filepath.Join(keys, "minisign.pub"), filepath.Join(keys, "minisign.key")
	tool(t, "minisign", "-G", "-W", "-p", public, "-s", secret)
	pack(t, root, nil, "--out", out, "--version", "1.2.3", "--only", "msi", "--sign-windows", cert+","+key, "--sign-minisign", secret)

	p := made{folder: out, version: "1.2.3"}
	t.Run("the checksums fit what was signed", func(t *testing.T) {
		c := exec.Command("sha256sum", "-c", "SHA256SUMS")
		c.Dir = out
		if said, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
	})
	sums := filepath.Join(out, "SHA256SUMS")
	tool(t, "minisign", "-V", "-p", public, "-m", sums)
	msi := p.path("windows-amd64.msi")
	unpacked := t.TempDir()
	tool(t, "msiextract", "-C", unpacked, msi)
	signed := []string{msi}
	for _, name := range []string{"fieldpost.exe", "fieldpostw.exe"} {
		signed = append(signed, strings.TrimSpace(tool(t, "find", unpacked, "-name", name)))
	}
	for _, path := range signed {
		contains(t, path, tool(t, "osslsigncode", "verify", "-CAfile", cert, "-in", path), "Signature verification: ok")
		tamper(t, path)
		refused(t, "osslsigncode", "verify", "-CAfile", cert, "-in", path)
	}
	tamper(t, sums)
	refused(t, "minisign", "-V", "-p", public, "-m", sums)
}

// tamper changes one byte in the middle.
func tamper(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
