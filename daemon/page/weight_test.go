package page_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"fieldpost/daemon/page"
	"fieldpost/daemon/words"
)

// maxWeight is what the page may weigh in all, in bytes, as it goes over the wire.
const maxWeight = 60 << 10

func TestThePageIsLightAndLoadsNothingFromElsewhere(t *testing.T) {
	for _, lang := range words.Languages {
		var shell strings.Builder
		if err := page.Shell(&shell, words.In(lang)); err != nil {
			t.Fatal(err)
		}
		all := shell.String()
		err := fs.WalkDir(os.DirFS("static"), ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, _, ok := page.Static(path)
			if !ok {
				t.Errorf("%s is not served", path)
			}
			all += string(data)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d bytes", lang, len(all))
		if len(all) > maxWeight {
			t.Errorf("%s: the page weighs %d bytes", lang, len(all))
		}
		for _, elsewhere := range []string{"src=\"http", "href=\"http", "url(", "@import", "eval(", "innerHTML"} {
			if strings.Contains(all, elsewhere) {
				t.Errorf("%s: the page holds %q", lang, elsewhere)
			}
		}
	}
}
