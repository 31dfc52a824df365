package capture_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

const whole = `{"kind":"share","channel":"email","subject":"Offre T3","body":"b","url":"https://acme.showpad.biz/share/1",
 "content":[{"title":"Brochure.pdf","url":"https://acme.test/b"}],
 "people":[{"email":"ana@acme.test","name":"Ana","id":"003000000000001"}],
 "related_to":{"id":"006000000000001","object":"Opportunity","name":"Q4"},
 "occurred_at":"2026-11-22T09:30:00+01:00","key":"k"}`

func TestAnActivityIsReadAsItWasSent(t *testing.T) {
	got, err := capture.DecodeActivity([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := activity.Activity{
		Kind: "share", Channel: "email", Subject: "Offre T3", Body: "b", URL: "https://acme.showpad.biz/share/1",
		Content:    []activity.Content{{Title: "Brochure.pdf", URL: "https://acme.test/b"}},
		People:     []activity.Person{{Email: "ana@acme.test", Name: "Ana", ID: "003000000000001"}},
		RelatedTo:  &activity.Related{ID: "006000000000001", Object: "Opportunity", Name: "Q4"},
		OccurredAt: "2026-11-22T09:30:00+01:00", Key: "k",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEachFaultOfTheJSONIsNamed(t *testing.T) {
	cases := map[string]struct{ json, code, field string }{
		"nothing":                    {``, capture.NotJSON, ""},
		"no JSON":                    {`kind=share`, capture.NotJSON, ""},
		"half of it":                 {`{"kind":"share"`, capture.NotJSON, ""},
		"something behind it":        {`{"kind":"share"} {}`, capture.NotJSON, ""},
		"a stray bracket behind it":  {`{"kind":"share"}]`, capture.NotJSON, ""},
		"no UTF-8":                   {"{\"kind\":\"sh\xffare\"}", capture.NotJSON, ""},
		"no object":                  {`"share"`, capture.WrongType, ""},
		"an unknown field":           {`{"kind":"share","colour":"red"}`, capture.UnknownField, "colour"},
		"an unknown field inside":    {`{"people":[{},{"mail":"x"}]}`, capture.UnknownField, "people[1].mail"},
		"a field in capitals":        {`{"Kind":"share"}`, capture.UnknownField, "Kind"},
		"a field without a name":     {`{"":1}`, capture.UnknownField, ""},
		"a returned field":           {`{"kind":"share","state":"waiting"}`, capture.UnknownField, "state"},
		"the same field twice":       {`{"kind":"share","kind":"meeting"}`, capture.DuplicateField, "kind"},
		"a number for a text":        {`{"subject":1}`, capture.WrongType, "subject"},
		"a text for a yes or no":     {`{"all_day":"true"}`, capture.WrongType, "all_day"},
		"a fraction":                 {`{"sequence":1.5}`, capture.WrongType, "sequence"},
		"a number beyond all bounds": {`{"sequence":99999999999999999999}`, capture.WrongType, "sequence"},
		"an object for a list":       {`{"people":{"email":"x"}}`, capture.WrongType, "people"},
		"a list for an object":       {`{"related_to":["006"]}`, capture.WrongType, "related_to"},
		"a text in a list":           {`{"content":[{"title":"a"},"b"]}`, capture.WrongType, "content[1]"},
		"too deep":                   {strings.Repeat(`{"a":`, 17) + `1` + strings.Repeat(`}`, 17), capture.TooDeep, ""},
		"far too deep":               {strings.Repeat(`[`, 100_000), capture.TooDeep, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := capture.DecodeActivity([]byte(c.json))
			refusal, ok := capture.AsRefusal(err)
			if !ok || refusal.Code != c.code || refusal.Field != c.field {
				t.Errorf("got %+v (%v), want %s at %q", refusal, err, c.code, c.field)
			}
		})
	}
}

func TestBracketsInTextsAreNoDepth(t *testing.T) {
	if _, err := capture.DecodeActivity([]byte(`{"kind":"share","subject":"` + strings.Repeat(`[{\"`, 50) + `"}`)); err != nil {
		t.Error(err)
	}
}

func TestAListTellsEachEntryByItself(t *testing.T) {
	entries, list, err := capture.DecodeActivities([]byte(` [` + whole + `,{"kind":"share","colour":"red"},{"kind":"meeting"}]`))
	if err != nil || !list || len(entries) != 3 {
		t.Fatalf("%d entries, list %v, %v", len(entries), list, err)
	}
	if entries[0].Err != nil || entries[2].Err != nil {
		t.Errorf("good entries are faulted: %v, %v", entries[0].Err, entries[2].Err)
	}
	if refusal, ok := capture.AsRefusal(entries[1].Err); !ok || refusal.Field != "colour" {
		t.Errorf("the bad entry is told as %v", entries[1].Err)
	}
	if refusal, _ := capture.AsRefusal(capture.InEntry(entries[1].Err, 1)); refusal.Field != "[1].colour" || refusal.Args["field"] != "[1].colour" {
		t.Errorf("placed in its list it is %+v", refusal)
	}
}

func TestAListHasItsLimit(t *testing.T) {
	for n, want := range map[int]string{500: "", 501: capture.TooManyActivities} {
		_, _, err := capture.DecodeActivities([]byte("[" + strings.TrimSuffix(strings.Repeat(`{},`, n), ",") + "]"))
		if refusal, _ := capture.AsRefusal(err); (refusal == nil) != (want == "") || refusal != nil && refusal.Code != want {
			t.Errorf("%d activities: %v, want %q", n, err, want)
		}
	}
}

func FuzzDecodeActivities(f *testing.F) {
	for _, seed := range []string{whole, "[" + whole + "]", `{}`, `[]`, `null`, `[null]`, `{"people":[{"email":"\ud800"}]}`, `{"sequence":-0}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, _, err := capture.DecodeActivities(data)
		if err != nil {
			if _, ok := capture.AsRefusal(err); !ok {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		for _, entry := range entries {
			if entry.Err != nil {
				continue
			}
			again, err := json.Marshal(entry.Activity)
			if err != nil {
				t.Fatal(err)
			}
			second, err := capture.DecodeActivity(again)
			if err != nil {
				t.Fatalf("what was taken is refused when it is sent again: %s: %v", again, err)
			}
			if diff := cmp.Diff(entry.Activity, second, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		}
	})
}
