package sandbox

import "testing"

func TestChecksumOfIDs(t *testing.T) {
	for short, long := range map[string]string{
		"001A0000006Vm9r": "001A0000006Vm9rIAC", "00T000000000001": "00T000000000001EAA", "00QZZZZZZZZZZZZ": "00QZZZZZZZZZZZZ255",
	} {
		if got, ok := parseID(short); !ok || got != long {
			t.Errorf("%s became %s, want %s", short, got, long)
		}
		if _, ok := parseID(long); !ok {
			t.Errorf("%s is refused", long)
		}
	}
	for _, bad := range []string{"", "00T", "00T000000000001EAB", "00T00000000000é", "00T0000000000-1", "00T000000000001EA"} {
		if _, ok := parseID(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestIDsAreGivenInOrder(t *testing.T) {
	last := ""
	for n := range uint64(5000) {
		id := newID("00T", "5g0", n)
		if id[:shortID] <= last || len(id) != longID {
			t.Fatalf("%s follows %s", id, last)
		}
		last = id[:shortID]
	}
}

func TestLabelsReadAsWords(t *testing.T) {
	for name, want := range map[string]string{"ActivityDate": "Activity Date", "OwnerId": "Owner ID", "fieldpost_Key__c": "fieldpost Key", "Id": "Id", "Visit__c": "Visit"} {
		if got := labelOf(name); got != want {
			t.Errorf("%s reads %q, want %q", name, got, want)
		}
	}
}
