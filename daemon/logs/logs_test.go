package logs

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
)

// heard is a sink that remembers.
type heard struct{ lines []string }

func (h *heard) write(level slog.Level, line string) error {
	h.lines = append(h.lines, level.String()+"|"+line)
	return nil
}

func TestALineIsAMessageAndItsValues(t *testing.T) {
	to := &heard{}
	log := slog.New(newLines(slog.LevelInfo, to))
	log.Info("ready", "url", "http://127.0.0.1:7411", "version", "1.0")
	log.Debug("not asked for")
	log.Warn("two\nlines", "error", errors.New("a\nb"))
	log.With("room", "drain").WithGroup("g").Error("failed", "n", 1, "level", "x")
	log.Info("alone")
	want := []string{
		"INFO|ready url=http://127.0.0.1:7411 version=1.0",
		`WARN|two lines error="a\nb"`,
		"ERROR|failed room=drain g.n=1 g.level=x",
		"INFO|alone",
	}
	if !slices.Equal(to.lines, want) {
		t.Errorf("%q", to.lines)
	}
}

func TestTheJournalReadsThePriorityOffEachLine(t *testing.T) {
	for level, want := range map[slog.Level]string{
		slog.LevelDebug: "<7>m k=v\n", slog.LevelInfo: "<6>m k=v\n", slog.LevelWarn: "<4>m k=v\n", slog.LevelError: "<3>m k=v\n",
		slog.LevelError + 4: "<3>m k=v\n", slog.LevelInfo + 2: "<6>m k=v\n",
	} {
		var out bytes.Buffer
		slog.New(newLines(slog.LevelDebug, journal{&out})).Log(t.Context(), level, "m", "k", "v")
		if out.String() != want {
			t.Errorf("%v: %q", level, &out)
		}
	}
}

func TestALineIsWholeWhoeverWritesBesides(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newLines(slog.LevelInfo, journal{&out}))
	var all sync.WaitGroup
	for range 20 {
		other := log.With("who", "me")
		all.Go(func() {
			for range 50 {
				other.Info("said", "what", "something")
			}
		})
	}
	all.Wait()
	if n := strings.Count(out.String(), "<6>said who=me what=something\n"); n != 1000 {
		t.Errorf("%d whole lines", n)
	}
}

func TestWhatIsNoTroubleIsNotTheSystemsBusiness(t *testing.T) {
	for level, want := range map[slog.Level][]string{
		slog.LevelDebug: {"WARN|w", "ERROR|e"}, slog.LevelInfo: {"WARN|w", "ERROR|e"}, slog.LevelError: {"ERROR|e"},
	} {
		to := &heard{}
		log := slog.New(newLines(atLeastWarn{level}, to))
		log.Debug("d")
		log.Info("i")
		log.Warn("w")
		log.Error("e")
		if !slices.Equal(to.lines, want) {
			t.Errorf("%v: %q", level, to.lines)
		}
	}
}

func TestTheFileAndTheScreenGetTheSameJSONFromTheSameLevelOn(t *testing.T) {
	for level, want := range map[slog.Level]int{slog.LevelDebug: 2, slog.LevelInfo: 1, slog.LevelError: 0} {
		var file, screen bytes.Buffer
		log, giveBack := Open(level, &file, &screen)
		log.Debug("d")
		log.Info("i")
		if err := giveBack(); err != nil {
			t.Error(err)
		}
		if file.String() != screen.String() || strings.Count(file.String(), "\n") != want {
			t.Errorf("%v: the file got %s, the screen %s", level, &file, &screen)
		}
		for line := range strings.Lines(file.String()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
	}
}
