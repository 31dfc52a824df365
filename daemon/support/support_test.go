package support

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestNothingThatNamesSomebodyIsLeft(t *testing.T) {
	clean := NewCleaner(map[string]string{"/home/ana": "~", "ana": "[user]", "": "[host]"})
	for text, want := range map[string]string{
		`"file":"/home/ana/Fieldpost/Inbox"`:                    `"file":"~/Fieldpost/Inbox"`,
		"ana.ruiz@acme.example signed in":                       "[address] signed in",
		"jörg.müller@bücher.example":                            "[address]",
		"https://acme.my.salesforce.com/00T1?x=1 is the record": "[link] is the record",
		"https://login.salesforce.com/services/oauth2/token?a":  "https://login.salesforce.com",
		"http://127.0.0.1:7411/#code=abc":                       "http://127.0.0.1:7411",
		"Authorization: Bearer abc.def":                         "Authorization: [secret]",
		"00D5g0000000001EAA!AQ4AQB.x_y":                         "[secret]",
		"5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrfXyz":           "[secret]",
		"AGE-SECRET-KEY-1QQQ":                                   "[secret]",
		"mNqzW0d9cQeF3sJk2Lr8TgYb5VxHuPaZoIvCnEwS1Rt":           "[secret]",
		"01a220fd-7166-7000-b000-9065e004df18 delivered":        "01a220fd-7166-7000-b000-9065e004df18 delivered",
	} {
		if got := string(clean.Clean([]byte(text))); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("x", "canary@person.example")
	f.Fuzz(func(t *testing.T, before, after string) {
		got := string(NewCleaner(nil).Clean([]byte(before + " canary@person.example " + after)))
		if strings.Contains(got, "canary@person") {
			t.Errorf("an address is left in %q", got)
		}
	})
}

func TestEachEntryIsCleanedOnItsWayIntoTheFile(t *testing.T) {
	entry, err := JSON("status.json", "", map[string]string{"username": "ana@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Write(&out, []Entry{entry}, NewCleaner(nil), time.Now()); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("status.json")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(file); err != nil || !strings.Contains(string(data), `"[address]"`) {
		t.Errorf("%s, %v", data, err)
	}
}
