package file_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/corpustest"
	"fieldpost/daemon/capture/file"
	"fieldpost/outbox"
)

// The corpus is real mail and real calendars of other projects, kept outside
// this one, with the facts that a reader of each file expects.

// sample is one file of the corpus.
type sample struct {
	name, class, exercises string
	data                   []byte
	facts                  facts
}

type facts struct {
	Outcome string `json:"outcome"`

	Subject       *string  `json:"subject"`
	From          []string `json:"from"`
	To            []string `json:"to"`
	Cc            []string `json:"cc"`
	Bcc           []string `json:"bcc"`
	MessageID     *string  `json:"message_id"`
	Date          *string  `json:"date"`
	TextStarts    string   `json:"text_starts"`
	HTMLStarts    string   `json:"text_from_html_starts"`
	Attachments   int      `json:"attachments"`
	CalendarParts []string `json:"calendar_parts"`

	Items []item `json:"items"`
}

type item struct {
	UID        *string `json:"uid"`
	Recurrence string  `json:"recurrence_id"`
	Sequence   int     `json:"sequence"`
	Start      *string `json:"start"`
	End        *string `json:"end"`
	EndFrom    string  `json:"end_from"`
	AllDay     bool    `json:"all_day"`
	Cancelled  bool    `json:"cancelled"`
	Recurring  bool    `json:"recurring"`
	Attendees  int     `json:"attendees"`
	Summary    *string `json:"summary"`
	Method     string  `json:"method"`
}

// corpus gives the samples of one kind ("eml", "ics"), or skips the test where
// the corpus is not at hand.
func corpus(t testing.TB, kind string) []sample {
	t.Helper()
	dir := corpustest.Folder(t)
	manifest, err := os.ReadFile(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Skipf("SKIP: no corpus of real files at %s (set FIELDPOST_CORPUS): %v", dir, err)
	}
	lines := strings.Split(strings.TrimSpace(string(manifest)), "\n")
	columns := map[string]int{}
	for i, name := range strings.Split(lines[0], "\t") {
		columns[name] = i
	}
	var samples []sample
	for _, line := range lines[1:] {
		row := strings.Split(line, "\t")
		s := sample{name: row[columns["file"]], class: row[columns["class"]], exercises: row[columns["exercises"]]}
		if !strings.HasPrefix(s.name, kind+"/") {
			continue
		}
		if err := json.Unmarshal([]byte(row[columns["expected"]]), &s.facts); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if s.data, err = os.ReadFile(filepath.Join(dir, s.name)); err != nil {
			t.Fatal(err)
		}
		samples = append(samples, s)
	}
	return samples
}

// take reads a sample the way a dropped file goes: parsed, then prepared.
func take(s sample, now time.Time) ([]outbox.Draft, error) {
	drafts, err := newReader(now).Read(s.name, int64(len(s.data)), strings.NewReader(string(s.data)))
	if err != nil {
		return nil, err
	}
	return door(now).Prepare(drafts)
}

func door(now time.Time) *capture.Intake {
	clock := func() time.Time { return now }
	return capture.NewIntake(nil, func() capture.Privacy { return capture.Privacy{} }, nil, clock)
}

func TestTheLimitOfManyMeetingsIsTheContracts(t *testing.T) {
	if file.ManyMeetings != 20 {
		t.Error("CONTRACT section 5 says 20")
	}
}
