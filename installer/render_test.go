package installer

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds a text against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var (
	plainArgs = []string{"run"}
	oddArgs   = []string{"run", "--home", `/home/ana/50% "off" $HOME {{.}} & <b>`}
)

func TestUnit(t *testing.T) {
	golden(t, "plain.service", unitText("/usr/bin/fieldpost", plainArgs))
	golden(t, "shared.service", sharedUnitText("/usr/bin/fieldpost", plainArgs))
	golden(t, "odd.service", unitText(`/opt/a b\c$x/fieldpost`, oddArgs))
}

func TestLaunchAgent(t *testing.T) {
	golden(t, "plain.plist", agentText("/usr/local/bin/fieldpost", plainArgs, ""))
	golden(t, "odd.plist", agentText("/Applications/Field & Post/fieldpost", oddArgs, "/Users/ana/Library/Application Support/fieldpost/logs"))
}

func TestTask(t *testing.T) {
	const sid = "S-1-5-21-1-2-3-1001"
	golden(t, "plain.task.xml", taskText(`C:\Program Files\fieldpost\fieldpost.exe`, plainArgs, sid))
	golden(t, "group.task.xml", groupText(`C:\Program Files\fieldpost\fieldpostw.exe`, setUp))
	golden(t, "odd.task.xml", taskText(`C:\a & b\fieldpost.exe`, []string{"run", "--home", `D:\Ana's <files>\`}, sid))
}

func TestNothingIsLeftForTheLibrarysTemplateEngine(t *testing.T) {
	for name, text := range map[string]string{
		"unit":  unitText("/opt/{{Path}}/fieldpost", oddArgs),
		"agent": agentText("/opt/{{Path}}/fieldpost", oddArgs, "/{{Name}}"),
	} {
		if strings.Contains(text, "{") {
			t.Errorf("%s has an opening brace:\n%s", name, text)
		}
	}
}

func TestTheLaunchAgentIsAPlistThatSaysWhatWasMeant(t *testing.T) {
	got := parsePlist(t, agentText("/Applications/Field & Post/fieldpost", oddArgs, "/logs {1}"))
	want := map[string]any{
		"Label":             "fieldpost",
		"ProgramArguments":  append([]any{"/Applications/Field & Post/fieldpost"}, anys(oddArgs)...),
		"RunAtLoad":         true,
		"KeepAlive":         map[string]any{"SuccessfulExit": false},
		"ThrottleInterval":  "1",
		"ExitTimeOut":       "10",
		"Umask":             "63",
		"StandardErrorPath": "/logs {1}/stderr.log",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheTaskIsXMLThatSaysWhatWasMeant(t *testing.T) {
	text := taskText(`C:\a & b\fieldpost.exe`, []string{"run", "--home", `D:\x y\`}, "S-1")
	_, body, _ := strings.Cut(text, "\n") // encoding/xml reads UTF-8 only
	var got task
	if err := xml.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Actions.Command != `C:\a & b\fieldpost.exe` || got.Actions.Arguments != `run --home "D:\x y\\"` || got.Trigger.UserID != "S-1" {
		t.Errorf("%+v", got)
	}
	if s := got.Settings; s.DisallowStartIfOnBatteries || s.StopIfGoingOnBatteries || s.ExecutionTimeLimit != "PT0S" || s.RestartOnFailure.Interval != "PT1M" {
		t.Errorf("%+v", s)
	}
}

func TestTheTaskFileIsUTF16WithItsMark(t *testing.T) {
	data := utf16File("<a>é𝄞</a>")
	var units []uint16
	for i := 0; i < len(data); i += 2 {
		units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
	}
	if got := string(utf16.Decode(units)); got != "\ufeff<a>é𝄞</a>" {
		t.Errorf("%q", got)
	}
}

func TestWindowsWordsComeApartAgain(t *testing.T) {
	for given, want := range map[string]string{
		`run`: `run`, ``: `""`, `a b`: `"a b"`, `C:\x\`: `C:\x\`, `C:\x y\`: `"C:\x y\\"`,
		`say "hi"`: `"say \"hi\""`, `a\"b`: `"a\\\"b"`,
	} {
		if got := windowsQuote(given); got != want {
			t.Errorf("%q is quoted %s, want %s", given, got, want)
		}
	}
}

func TestATaskNameIsAFileName(t *testing.T) {
	if got := taskName(`ACME\ana:r`); got != `\fieldpost\ACME.ana.r` {
		t.Error(got)
	}
}

func TestPathsThatNoDefinitionCanHoldAreRefused(t *testing.T) {
	for _, cfg := range []Config{
		{Executable: "relative/fieldpost"},
		{Executable: "/opt/new\nline"},
		{Executable: "/opt/fieldpost", Args: []string{"run", "--home", "/a\x00b"}},
		{Executable: "/opt/\xff"},
	} {
		if _, err := New(cfg); !errors.Is(err, &Error{Code: CodePath}) {
			t.Errorf("%q: %v", cfg.Executable, err)
		}
	}
}

func anys(words []string) []any {
	var out []any
	for _, word := range words {
		out = append(out, word)
	}
	return out
}

// parsePlist reads the property list's dict into Go values; integers stay text.
func parsePlist(t *testing.T, text string) map[string]any {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "dict" {
			dict := plistValue(t, decoder, start).(map[string]any)
			for err == nil {
				_, err = decoder.Token()
			}
			if err != io.EOF {
				t.Fatal(err)
			}
			return dict
		}
	}
}

func plistValue(t *testing.T, decoder *xml.Decoder, start xml.StartElement) any {
	t.Helper()
	dict, array, text, key := map[string]any{}, []any{}, "", ""
	for {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			text += string(token)
		case xml.StartElement:
			value := plistValue(t, decoder, token)
			if token.Name.Local == "key" {
				key = value.(string)
				continue
			}
			dict[key], array = value, append(array, value)
		case xml.EndElement:
			switch start.Name.Local {
			case "dict":
				return dict
			case "array":
				return array
			case "true", "false":
				return start.Name.Local == "true"
			}
			return text
		}
	}
}
