package localapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := activitySchema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(schemaID, document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func fits(t testing.TB, s *jsonschema.Schema, text string) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(document)
}

// taken reports what the door of captures says of an activity.
func taken(text string) error {
	entries, _, err := capture.DecodeActivities([]byte(text))
	if err == nil {
		err = entries[0].Err
	}
	if err == nil {
		err = capture.Valid(&entries[0].Activity)
	}
	return err
}

func TestTheSchemaNamesEachFieldOfAnActivity(t *testing.T) {
	text, err := activitySchema()
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[activity.Activity]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields = append(fields, name)
		if told.Properties[name] == nil {
			t.Errorf("%s is not told", name)
		}
	}
	for name := range told.Properties {
		if !slices.Contains(fields, name) {
			t.Errorf("%s is no field", name)
		}
	}
}

func TestTheSchemaAndTheDoorRefuseTheSame(t *testing.T) {
	s := schema(t)
	share := func(more string) string { return `{"kind":"share","channel":"link","subject":"S"` + more + `}` }
	meeting := func(more string) string {
		return `{"kind":"meeting","subject":"M","start":"2026-11-22T14:00:00+01:00","end":"2026-11-22T15:00:00+01:00"` + more + `}`
	}
	long := func(n int) string { return strings.Repeat("é", n) }
	many := func(n int, one string) string { return "[" + strings.Join(slices.Repeat([]string{one}, n), ",") + "]" }
	for text, ok := range map[string]bool{
		share(``):   true,
		meeting(``): true,
		`{"kind":"share","channel":"link","url":"https://a.test/share/1"}`:                                        true,
		`{"kind":"meeting","uid":"u","cancelled":true}`:                                                           true,
		`{"kind":"meeting","subject":"M","start":"2026-11-22","end":"2026-11-23","all_day":true}`:                 true,
		share(`,"people":[{"email":"a@b.test","name":"A"},{"id":"003000000000001"}]`):                             true,
		share(`,"occurred_at":"2026-11-22T09:30:00Z","key":"k","body":"b"`):                                       true,
		share(`,"content":[{"title":"T"},{"url":"https://a.test"}]`):                                              true,
		meeting(`,"uid":"u","sequence":3,"recurrence_id":"2026-11-22","location":"L","time_zone":"Europe/Paris"`): true,
		share(`,"subject_line":"x"`):                                                                   false,
		share(`,"people":[{"email":"a@b.test","phone":"1"}]`):                                          false,
		`{"channel":"link","subject":"S"}`:                                                             false,
		`{"kind":"call","subject":"S"}`:                                                                false,
		`{"kind":"share","subject":"S"}`:                                                               false,
		`{"kind":"share","channel":"fax","subject":"S"}`:                                               false,
		`{"kind":"share","channel":"link"}`:                                                            false,
		`{"kind":"share","channel":"link","subject":" "}`:                                              false,
		`{"kind":"meeting","subject":"M","start":"2026-11-22T14:00:00Z"}`:                              false,
		`{"kind":"meeting","cancelled":true}`:                                                          false,
		`{"kind":"meeting","subject":"M","start":"2026-11-22","end":"2026-11-23"}`:                     false,
		`{"kind":"meeting","subject":"M","start":"2026-11-22T14:00:00","end":"2026-11-22T15:00:00Z"}`:  false,
		`{"kind":"meeting","subject":"M","start":"1989-11-22T14:00:00Z","end":"1989-11-22T15:00:00Z"}`: false,
		`{"kind":"meeting","subject":"M","start":"2101-01-01T14:00:00Z","end":"2101-01-01T15:00:00Z"}`: false,
		share(`,"start":"2026-11-22T14:00:00Z"`):                                                       false,
		meeting(`,"url":"https://a.test"`):                                                             false,
		share(`,"people":[{"name":"A"}]`):                                                              false,
		share(`,"people":[{"email":"nobody"}]`):                                                        false,
		share(`,"people":[{"id":"001000000000001"}]`):                                                  false,
		share(`,"people":[{"id":"003"}]`):                                                              false,
		share(`,"related_to":{"object":"Account"}`):                                                    false,
		share(`,"related_to":{"id":"short"}`):                                                          false,
		share(`,"url":"ftp://a.test"`):                                                                 false,
		share(`,"content":[{}]`):                                                                       false,
		meeting(`,"sequence":-1`):                                                                      false,
		meeting(`,"sequence":1.5`):                                                                     false,
		meeting(`,"all_day":"yes"`):                                                                    false,
		share(`,"occurred_at":"2026-11-22"`):                                                           false,
		share(`,"key":"` + long(200) + `"`):                                                            true,
		share(`,"key":"` + long(201) + `"`):                                                            false,
		`{"kind":"share","channel":"link","subject":"` + long(1001) + `"}`:                             false,
		meeting(`,"location":"` + long(1001) + `"`):                                                    false,
		meeting(`,"uid":"` + long(1001) + `"`):                                                         false,
		share(`,"url":"https://a.test/` + strings.Repeat("x", 2000) + `"`):                             false,
		share(`,"people":` + many(251, `{"email":"a@b.test"}`)):                                        false,
		share(`,"content":` + many(51, `{"title":"T"}`)):                                               false,
	} {
		name := text[:min(len(text), 120)]
		if err := fits(t, s, text); (err == nil) != ok {
			t.Errorf("the schema says %v of %s", err, name)
		}
		if err := taken(text); (err == nil) != ok {
			t.Errorf("the door says %v of %s", err, name)
		}
	}
}

func TestWhatTheDoorTakesFitsTheSchema(t *testing.T) {
	s := schema(t)
	rapid.Check(t, func(r *rapid.T) {
		text := drawActivity(r)
		if taken(text) == nil {
			if err := fits(t, s, text); err != nil {
				r.Fatalf("%s is taken, and the schema says %v", text, err)
			}
		}
	})
}

// drawActivity makes an activity that is often a valid one.
func drawActivity(r *rapid.T) string {
	a := activity.Activity{
		Kind:    rapid.SampledFrom([]activity.Kind{activity.Share, activity.Meeting}).Draw(r, "kind"),
		Subject: rapid.StringN(1, 20, -1).Draw(r, "subject"), Key: rapid.StringN(0, 20, -1).Draw(r, "key"),
	}
	moment := rapid.Custom(func(r *rapid.T) activity.Moment {
		return activity.Moment(fmt.Sprintf("%d-%02d-%02dT%02d:%02d:%02d%s",
			rapid.IntRange(1989, 2101).Draw(r, "year"), rapid.IntRange(1, 12).Draw(r, "month"), rapid.IntRange(1, 28).Draw(r, "day"),
			rapid.IntRange(0, 23).Draw(r, "hour"), rapid.IntRange(0, 59).Draw(r, "minute"), rapid.IntRange(0, 59).Draw(r, "second"),
			rapid.SampledFrom([]string{"Z", "+01:00", "-09:30", ".5Z"}).Draw(r, "offset")))
	})
	for range rapid.IntRange(0, 2).Draw(r, "people") {
		a.People = append(a.People, activity.Person{
			Email: rapid.SampledFrom([]string{"a@b.test", "jürg@bücher.test", "x+y@z.co", `"a b"@c.test`, ""}).Draw(r, "email"),
			ID:    rapid.SampledFrom([]string{"", "003000000000001AAA", "00Q000000000001"}).Draw(r, "id"),
		})
	}
	if a.Kind == activity.Share {
		a.Channel = rapid.SampledFrom([]activity.Channel{activity.Email, activity.Link, activity.Space}).Draw(r, "channel")
		a.URL = rapid.SampledFrom([]string{"", "https://a.test/share/é?x=1#y", "http://[::1]:7/"}).Draw(r, "url")
		a.Body, a.OccurredAt = rapid.String().Draw(r, "body"), moment.Draw(r, "at")
	} else {
		a.Start, a.End = moment.Draw(r, "start"), moment.Draw(r, "end")
		a.AllDay, a.Cancelled = rapid.Bool().Draw(r, "all day"), rapid.Bool().Draw(r, "cancelled")
		a.UID, a.Sequence = rapid.StringN(0, 9, -1).Draw(r, "uid"), rapid.IntRange(-1, 9).Draw(r, "sequence")
		a.Notes, a.Location = rapid.String().Draw(r, "notes"), rapid.StringN(0, 9, -1).Draw(r, "location")
	}
	text, err := json.Marshal(a)
	if err != nil {
		r.Fatal(err)
	}
	return string(text)
}
