package orgbundle_test

import (
	"path/filepath"
	"strings"
	"testing"

	"fieldpost/cmd/dev/sfcli"
	"fieldpost/daemon/orgbundle"
)

// TestTheSalesforceCLIConvertsTheProject lets the official CLI read the project: it
// must know each folder and ending, and find each component that package.xml names.
func TestTheSalesforceCLIConvertsTheProject(t *testing.T) {
	sfcli.NeedsNPM(t)
	for variant, in := range variants() {
		t.Run(variant, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			made, err := orgbundle.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			if err := orgbundle.Write(dir, made); err != nil {
				t.Fatal(err)
			}
			convert := func(into string, args ...string) map[string]string {
				c := sfcli.Command(t, t.TempDir(), append([]string{"project", "convert", "source", "--output-dir", into}, args...)...)
				c.Dir = dir
				if out, err := c.CombinedOutput(); err != nil {
					t.Fatalf("%v: %v\n%s", args, err, out)
				}
				return tree(t, into)
			}
			whole := convert(filepath.Join(t.TempDir(), "whole"))
			ours := read(t, files(t, in), "manifest/package.xml")
			theirs := read(t, whole, "package.xml")
			same(t, "components", members(theirs), members(ours))
			named := convert(filepath.Join(t.TempDir(), "named"), "--manifest", "manifest/package.xml")
			same(t, "files by package.xml", keys(named), keys(whole))
			for name := range files(t, in) {
				file, ours := strings.CutPrefix(name, source)
				file = strings.TrimSuffix(file, "-meta.xml")
				if _, theirs := whole[file]; ours && theirs {
					same(t, file, read(t, whole, file), read(t, files(t, in), name))
				}
			}
			if _, found := whole["objects/Activity.object"]; found != strings.Contains(named["package.xml"], "CustomField") {
				t.Errorf("the field is lost: %v", keys(whole))
			}
		})
	}
}

// members are the components that a package.xml names, by type. The CLI marks a folder
// by a slash at its end.
func members(manifest element) map[string][]string {
	found := map[string][]string{}
	for _, types := range manifest.Children {
		if types.XMLName.Local == "types" {
			for _, member := range types.all("members") {
				found[types.one("name")] = append(found[types.one("name")], strings.TrimSuffix(member, "/"))
			}
		}
	}
	return found
}

func keys(m map[string]string) map[string]bool {
	set := map[string]bool{}
	for k := range m {
		set[k] = true
	}
	return set
}
