package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/windows"

	"fieldpost/daemon/config"
)

// grant is one entry of an access list, as Windows writes it.
var grant = regexp.MustCompile(`\(A;[^;]*;([^;]*);;;([^)]*)\)`)

// Any user may have made the folder, with leave for everybody to write. The owner is
// not looked at: Wine knows no other than the user.
func TestAFolderThatAnybodyCouldWriteIsTheAdministratorsAfterwards(t *testing.T) {
	paths := placed(t)
	folder := filepath.Dir(paths.SystemPolicy)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	open, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := open.DACL()
	if err != nil {
		t.Fatal(err)
	}
	const what = windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	if err := windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, what, nil, nil, list, nil); err != nil {
		t.Fatal(err)
	}
	if !othersWrite(t, folder) {
		t.Fatal("nobody else could write before")
	}
	if err := config.PlacePolicy(paths, "", map[string]string{"log.level": "debug"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, paths.SystemPolicy} {
		if othersWrite(t, path) {
			t.Errorf("anybody may write %s", path)
		}
	}
}

// othersWrite tells whether one who is neither the owner, the system nor an
// administrator has more than to read.
func othersWrite(t *testing.T, path string) bool {
	t.Helper()
	found, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	owner, _, err := found.Owner()
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range grant.FindAllStringSubmatch(found.String(), -1) {
		rights, who := entry[1], entry[2]
		if who != "SY" && who != "BA" && who != owner.String() && rights != "0x1200a9" && rights != "FRFX" {
			return true
		}
	}
	return false
}
