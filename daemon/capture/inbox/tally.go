package inbox

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
)

// tally counts files since installation.
type tally struct {
	Rejected int `json:"rejected"`
	Excluded int `json:"excluded"`
	changed  bool
}

func readTally(path string, log *slog.Logger) tally {
	var t tally
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("the drop folder's counts begin anew", "error", withoutPath(err))
		return tally{}
	}
	return t
}

// saveTally keeps the counts; a count that cannot be kept is kept with the next.
func (b *Inbox) saveTally() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.tally.changed {
		return
	}
	if b.OnCount != nil {
		b.OnCount()
	}
	data, err := json.Marshal(b.tally)
	if err == nil {
		err = os.WriteFile(b.Config.Tally+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(b.Config.Tally+".new", b.Config.Tally)
	}
	if err != nil {
		b.Log.Warn("the drop folder's counts are not kept", "error", withoutPath(err))
		return
	}
	b.tally.changed = false
}
