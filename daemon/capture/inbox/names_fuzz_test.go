package inbox_test

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/capture/corpustest"
)

func FuzzFolderNames(f *testing.F) {
	for _, name := range []string{"offer.eml", "a", ".eml", "x.", "a b (2).eml", "caf\xe9.ics", "~", "..x", "a.why.txt", "-rf", "CON.eml", "\u202eemag.eml", strings.Repeat("y", 255)} {
		f.Add(name, true)
		f.Add(name, false)
	}
	for _, kind := range []string{"eml", "ics"} {
		for name := range corpustest.Seeds(f, kind) {
			f.Add(name, true)
		}
	}
	f.Fuzz(func(t *testing.T, name string, good bool) {
		if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, "/\x00") {
			t.Skip()
		}
		if runtime.GOOS == "windows" && (!filepath.IsLocal(name) || strings.ContainsAny(name, `<>:"|?*\`)) {
			t.Skip("SKIP: Windows has no file of this name")
		}
		content := "broken"
		if good {
			content = "urs@keller.test Offer"
		}
		folder := newFolder(t)
		folder.drop(name, content)
		folder.settle()

		inbox, done, rejected := folder.names("Inbox"), folder.names("Done"), folder.names("Rejected")
		reasons := len(slices.DeleteFunc(slices.Clone(rejected), func(n string) bool { return !strings.HasSuffix(n, ".why.txt") }))
		switch {
		case len(inbox) == 1 && len(done)+len(rejected) == 0: // a name that is left alone
		case good && len(inbox)+len(rejected) == 0 && len(done) == 1:
		case !good && len(inbox)+len(done) == 0 && len(rejected) == 2 && reasons >= 1:
		default:
			t.Errorf("%q ended as Inbox %q, Done %q, Rejected %q", name, inbox, done, rejected)
		}
	})
}
