package sandbox

import "strings"

const (
	base62         = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	shortID        = 15
	longID         = 18
)

// newID gives the n-th id below a key prefix. Ids of one object sort in the order
// in which they were given, as base62 keeps the order of bytes.
func newID(prefix, pod string, n uint64) string {
	var id [shortID]byte
	copy(id[:], prefix+pod)
	for i := shortID - 1; i >= len(prefix)+len(pod); i-- {
		id[i] = base62[n%62]
		n /= 62
	}
	return withChecksum(string(id[:]))
}

// withChecksum appends the three characters that restate the case of the fifteen
// before them (salesforce.md section 11).
func withChecksum(id15 string) string {
	suffix := make([]byte, 0, 3)
	for block := 0; block < shortID; block += 5 {
		index := 0
		for bit := range 5 {
			if c := id15[block+bit]; c >= 'A' && c <= 'Z' {
				index |= 1 << bit
			}
		}
		suffix = append(suffix, suffixAlphabet[index])
	}
	return id15 + string(suffix)
}

// parseID gives the 18-character form of an id of 15 or 18 characters, and false
// for anything else, a wrong checksum included.
func parseID(s string) (string, bool) {
	if len(s) != shortID && len(s) != longID {
		return "", false
	}
	for i := range len(s) {
		if strings.IndexByte(base62, s[i]) < 0 {
			return "", false
		}
	}
	id := withChecksum(s[:shortID])
	return id, len(s) == shortID || id == s
}
