package outbox

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// itemID is a UUID version 7: its order is the order of capture.
type itemID [16]byte

// nextID makes the id that follows last. The first 60 bits are milliseconds and
// a counter and only ever grow, whatever the clock does (W23), so that ids sort
// by capture; the rest is random.
func nextID(last itemID, now time.Time) itemID {
	order := uint64(max(now.UnixMilli(), 0)) << 12
	if previous := last.order(); order <= previous {
		order = previous + 1
	}
	var id itemID
	rand.Read(id[8:]) // never fails (crypto/rand)
	binary.BigEndian.PutUint64(id[:8], order>>12<<16|0x7000|order&0xfff)
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (id itemID) order() uint64 {
	high := binary.BigEndian.Uint64(id[:8])
	return high>>16<<12 | high&0xfff
}

// time is when the item was captured, as far as the id tells.
func (id itemID) time() time.Time { return time.UnixMilli(int64(id.order() >> 12)).UTC() }

func (id itemID) String() string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func parseID(s string) (itemID, error) {
	var id itemID
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(id) {
		return id, fmt.Errorf("%w: %q is no id of this outbox", ErrNotFound, s)
	}
	copy(id[:], raw)
	return id, nil
}
