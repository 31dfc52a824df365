package activity

import "testing"

func TestALongIDIsOneThatSalesforceReads(t *testing.T) {
	for given, want := range map[string]string{
		"003000000000001": "003000000000001AAA", "003000000000001AAA": "003000000000001AAA",
		"00QgJ1S00L7SU2g": "00QgJ1S00L7SU2gUSG", "00QgJ1S00L7SU2gzDG": "00QgJ1S00L7SU2gUSG", "": "",
	} {
		if got := LongID(given); got != want {
			t.Errorf("LongID(%q) is %q, want %q", given, got, want)
		}
	}
}
