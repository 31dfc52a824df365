package access

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"fieldpost/daemon/localapi/ownfile"
)

// kept is what outlives a restart.
type kept struct {
	Pages    []keptPage    `json:"pages"`
	Pairings []keptPairing `json:"pairings"`
	// Denied is until when an origin may not ask again.
	Denied map[string]time.Time `json:"denied"`
}

type keptPage struct {
	Hash   hash      `json:"hash"`
	UsedAt time.Time `json:"used_at"`
	Port   int       `json:"port"`
}

type keptPairing struct {
	Pairing
	Hash hash `json:"hash"`
}

func (h hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

func (h *hash) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(h) {
		return errors.New("access: a hash is 64 hexadecimal digits")
	}
	copy(h[:], raw)
	return nil
}

func (k kept) clone() kept {
	return kept{Pages: slices.Clone(k.Pages), Pairings: slices.Clone(k.Pairings), Denied: maps.Clone(k.Denied)}
}

// read forgives a damaged file: pages sign in again and sites ask again, which is
// better than a port that does not open.
func read(path string) (kept, error) {
	empty := kept{Denied: map[string]time.Time{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return empty, fmt.Errorf("access: %w", err)
	}
	found := kept{}
	if json.Unmarshal(data, &found) != nil {
		return empty, nil
	}
	if found.Denied == nil {
		found.Denied = empty.Denied
	}
	return found, nil
}

// keep stores next and then makes it what counts: what is answered is on disk.
func (a *Access) keep(next kept) error {
	now := a.now()
	next.Pages = slices.DeleteFunc(next.Pages, func(p keptPage) bool { return now.Sub(p.UsedAt) >= pageLife })
	maps.DeleteFunc(next.Denied, func(_ string, until time.Time) bool { return !until.After(now) })
	data, err := json.Marshal(next)
	if err == nil {
		err = ownfile.Replace(a.path, data)
	}
	if err != nil {
		return fmt.Errorf("access: %w", err)
	}
	a.kept = next
	return nil
}
