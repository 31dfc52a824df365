package inbox

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// refusedShown is how many refused files are told of, refusedFor how long.
	refusedShown = 5
	refusedFor   = 7 * 24 * time.Hour
	// maxWhy bounds what is read of a reason, in bytes.
	maxWhy = 4 << 10
)

// Refused is a file that was refused, and why, in the words of that time.
type Refused struct {
	Name, Why string
	At        time.Time
}

// Refused gives the latest refused files of the last week that still lie there, the newest
// first; none where the folder cannot be read.
func (b *Inbox) Refused() []Refused {
	entries, err := os.ReadDir(b.rejected)
	if err != nil {
		return nil
	}
	var all []Refused
	for _, entry := range entries {
		name, isWhy := strings.CutSuffix(entry.Name(), whySuffix)
		info, err := entry.Info()
		if !isWhy || err != nil || !info.Mode().IsRegular() || b.Now().Sub(info.ModTime()) > refusedFor {
			continue
		}
		all = append(all, Refused{Name: strings.ToValidUTF8(name, "\uFFFD"), At: info.ModTime(), Why: entry.Name()})
	}
	slices.SortFunc(all, func(x, y Refused) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.Name, y.Name)) })
	all = all[:min(len(all), refusedShown)]
	for i := range all {
		all[i].Why = readWhy(filepath.Join(b.rejected, all[i].Why))
	}
	return all
}

func readWhy(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, maxWhy)) // what could be read is told
	return strings.TrimSpace(strings.ToValidUTF8(string(text), "\uFFFD"))
}
