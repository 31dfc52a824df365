package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSupportBundleHelpsAndNamesNobody(t *testing.T) {
	l := atWork(t)
	l.run("config", "set", "privacy.exclude", `["canary-domain.test"]`)
	l.run("config", "set", "contacts.where", "LastName != 'Canarybird'")
	id := l.captured("share", "--channel", "link", "--subject", "Canary subject", "--to", "canary.person@else.test", "--url", "https://acme.showpad.biz/canarylink")
	l.needs(id, "unresolved_person")
	l.run("capture", "meeting", "--subject", "Canary meeting", "--start", "2026-11-22 14:00", "--end", "2026-11-22 15:00", "--to", "ana@kunde.test", "--notes", "canary notes")
	if err := os.WriteFile(filepath.Join(l.home, "Inbox", "canary.png"), []byte("canary bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.eventually("a refused file", func() bool { return l.status().Inbox.Rejected == 1 })
	name := filepath.Join(l.home, "for-help.zip")
	told := l.run("support", "bundle", name)
	first, _, _ := strings.Cut(told, "\n")
	if first != "The file holds:" {
		t.Errorf("it does not say first what the file holds: %q", told)
	}
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	all := ""
	for _, file := range archive.File {
		if !strings.Contains(told, file.Name) {
			t.Errorf("%s is not listed in %q", file.Name, told)
		}
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all += "\n== " + file.Name + "\n" + string(data)
	}
	secrets := []string{"canary", "@kunde.test", "ana.ruiz", "Müller", l.address().Token}
	for _, secret := range secrets {
		if at := strings.Index(strings.ToLower(all), strings.ToLower(secret)); at >= 0 {
			t.Errorf("%q is in the bundle: …%s…", secret, all[max(0, at-200):min(len(all), at+100)])
		}
	}
	for _, needed := range []string{id, "unresolved_person", `"state": "needs_attention"`, "outbox.db", `"key": "privacy.exclude",
    "value": "[given]"`, `"msg":"ready"`, `"delivery"`} {
		if !strings.Contains(all, needed) {
			t.Errorf("the bundle does not hold %s", needed)
		}
	}
	if out, err := l.command(t.Context(), "support", "bundle", name).CombinedOutput(); err == nil {
		t.Errorf("it wrote over a file: %s", out)
	}
}
