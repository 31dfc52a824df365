package activity

import "strings"

const suffixAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// ValidID reports whether s has the shape of a Salesforce record id: 15 letters
// and digits, or 18 of them. The last three restate the case of the others
// (salesforce.md section 11); they are not checked, for Salesforce compares the
// first 15 only.
func ValidID(s string) bool {
	if len(s) != 15 && len(s) != 18 {
		return false
	}
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) {
			return false
		}
	}
	return true
}

// LongID gives the 18-character form of a valid id. Its last three characters are
// always made anew: with wrong ones Salesforce refuses the whole query that names it,
// and with that every other activity of the query.
func LongID(s string) string {
	if len(s) < 15 {
		return s
	}
	return s[:15] + idSuffix(s[:15])
}

// SameID compares two ids the way Salesforce does: by their first 15 characters.
func SameID(a, b string) bool {
	return len(a) >= 15 && len(b) >= 15 && a[:15] == b[:15]
}

// IsContact and IsLead tell what an id names by its key prefix.
func IsContact(id string) bool { return strings.HasPrefix(id, "003") }

// IsLead reports whether id names a lead.
func IsLead(id string) bool { return strings.HasPrefix(id, "00Q") }

func idSuffix(id15 string) string {
	var out [3]byte
	for block := range out {
		index := 0
		for bit := range 5 {
			if c := id15[block*5+bit]; c >= 'A' && c <= 'Z' {
				index |= 1 << bit
			}
		}
		out[block] = suffixAlphabet[index]
	}
	return string(out[:])
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// IsPerson reports whether an id is that of a contact or a lead.
func IsPerson(id string) bool { return strings.HasPrefix(id, "003") || IsLead(id) }
