package capture_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// shelf is a store that remembers each transaction.
type shelf struct {
	added [][]outbox.Draft
	err   error
}

func (s *shelf) Add(_ context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.added = append(s.added, drafts)
	receipts := make([]outbox.Receipt, len(drafts))
	for i, d := range drafts {
		receipts[i] = outbox.Receipt{ID: d.Activity.Subject, State: outbox.Waiting}
	}
	return receipts, nil
}

func (s *shelf) Known(key string) (outbox.Receipt, bool, error) {
	return outbox.Receipt{ID: "first of " + key, Known: true}, key == "known", nil
}

// org allows accounts alone, and nobody where it is shut.
type org struct{ shut bool }

func (org) CheckRelated(_ activity.Kind, to activity.Related) *capture.Refusal {
	if to.ID[:3] == "001" {
		return nil
	}
	return capture.Refuse(capture.RelatedNotAllowed, "why", "not_listed")
}

func (org) DeletesCancelled() bool { return true }

func (o org) CheckAccess() *capture.Refusal {
	if !o.shut {
		return nil
	}
	return capture.Refuse(capture.AccessDenied)
}

func intake(s *shelf, p capture.Privacy) *capture.Intake {
	return capture.NewIntake(s, func() capture.Privacy { return p }, org{}, func() time.Time { return noon })
}

func share(subject, to string) activity.Activity {
	return activity.Activity{
		Kind: activity.Share, Channel: activity.Link, Subject: subject, OccurredAt: "2026-11-22T09:30:00+01:00",
		People: []activity.Person{{Email: to}},
	}
}

func TestAShareWithoutATimeHappenedNow(t *testing.T) {
	s := &shelf{}
	a := share("Offer", "urs@keller.test")
	a.OccurredAt = ""
	if _, err := intake(s, capture.Privacy{}).One(context.Background(), outbox.Draft{Activity: a}); err != nil {
		t.Fatal(err)
	}
	if got := s.added[0][0].Activity.OccurredAt; got != "2026-11-22T12:00:00+01:00" {
		t.Errorf("it occurred at %s", got)
	}
}

func TestAFieldThatIsWrongIsNamed(t *testing.T) {
	s := &shelf{}
	a := share("Offer", "nobody")
	_, err := intake(s, capture.Privacy{}).One(context.Background(), outbox.Draft{Activity: a})
	var refusal *capture.Refusal
	if !errors.As(err, &refusal) || refusal.Code != activity.CodeInvalidEmail || refusal.Field != "people[0].email" {
		t.Errorf("refused with %+v", err)
	}
	if len(s.added) > 0 {
		t.Error("it was stored all the same")
	}
}

func TestAListCapturesItsGoodEntriesInOneTransaction(t *testing.T) {
	s := &shelf{}
	entries := []capture.Entry{
		{Activity: share("One", "urs@keller.test")},
		{Err: capture.Refuse(capture.UnknownField, "field", "colour")},
		{Activity: share("", "urs@keller.test")},
		{Activity: share("Secret", "x@secret.test")},
		{Activity: share("Two", "urs@keller.test")},
	}
	outcomes, err := intake(s, capture.Privacy{Exclude: []string{"secret.test"}}).Each(context.Background(), outbox.FromAPI, entries)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, o := range outcomes {
		refusal, _ := capture.AsRefusal(o.Err)
		told = append(told, o.Receipt.ID+codeOf(refusal))
	}
	same(t, "outcomes", []string{"One", capture.UnknownField, activity.CodeRequired, capture.Excluded, "Two"}, told)
	if len(s.added) != 1 || len(s.added[0]) != 2 || s.added[0][0].Source != outbox.FromAPI {
		t.Errorf("stored were %+v", s.added)
	}
}

func TestAFileIsCapturedWholeOrNotAtAll(t *testing.T) {
	s := &shelf{}
	drafts := []outbox.Draft{{Activity: share("One", "urs@keller.test")}, {Activity: share("Two", "nobody")}}
	_, err := intake(s, capture.Privacy{}).All(context.Background(), drafts)
	if refusal, _ := capture.AsRefusal(err); refusal == nil || refusal.Field != "[1].people[0].email" {
		t.Errorf("refused with %v", err)
	}
	if len(s.added) > 0 {
		t.Error("part of it was stored")
	}
}

func TestWhatPrivacyForbidsIsLeftOutOfAFileAndCounted(t *testing.T) {
	s := &shelf{}
	in := intake(s, capture.Privacy{Exclude: []string{"secret.test"}})
	drafts := []outbox.Draft{{Activity: share("Hidden", "x@secret.test")}, {Activity: share("Seen", "urs@keller.test")}}
	if _, err := in.All(context.Background(), drafts); err != nil {
		t.Fatal(err)
	}
	want := []outbox.Note{{At: noon, Code: capture.NoteExcluded, Args: outbox.Args{"n": "1"}}}
	if got := s.added[0]; len(got) != 1 || got[0].Activity.Subject != "Seen" || !cmp.Equal(want, got[0].Notes) {
		t.Errorf("stored was %+v", got)
	}
	_, err := in.All(context.Background(), drafts[:1])
	if refusal, _ := capture.AsRefusal(err); codeOf(refusal) != capture.Excluded {
		t.Errorf("the hidden one alone gives %v", err)
	}
}

func TestAStoreThatFailsIsNoFaultOfTheCapture(t *testing.T) {
	full := errors.New("disk full")
	_, err := intake(&shelf{err: full}, capture.Privacy{}).One(context.Background(), outbox.Draft{Activity: share("One", "urs@keller.test")})
	if !errors.Is(err, full) {
		t.Fatal(err)
	}
	if _, ok := capture.AsRefusal(err); ok {
		t.Error("it is told as the capture's fault")
	}
}

func TestRelatedToFollowsTheOrg(t *testing.T) {
	cases := []struct{ name, id, want string }{
		{"allowed", "001000000000001", ""},
		{"not allowed", "006000000000001", capture.RelatedNotAllowed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := share("s", "a@b.test")
			a.RelatedTo = &activity.Related{ID: c.id}
			_, err := intake(&shelf{}, capture.Privacy{}).One(context.Background(), outbox.Draft{Activity: a})
			refusal, _ := capture.AsRefusal(err)
			if codeOf(refusal) != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if refusal != nil && refusal.Field != "related_to" {
				t.Errorf("the refusal names %q", refusal.Field)
			}
		})
	}
}

func TestARepOutsideTheCompanysGroupsCapturesNothingButMayCorrect(t *testing.T) {
	s := &shelf{}
	in := capture.NewIntake(s, func() capture.Privacy { return capture.Privacy{} }, org{shut: true}, func() time.Time { return noon })
	_, err := in.One(t.Context(), outbox.Draft{Activity: share("s", "a@b.test")})
	if refusal, _ := capture.AsRefusal(err); codeOf(refusal) != capture.AccessDenied {
		t.Errorf("got %v", err)
	}
	if len(s.added) != 0 {
		t.Errorf("%d drafts reached the store", len(s.added))
	}
	kept := share("s", "a@b.test")
	if err := in.Revise(&kept); err != nil {
		t.Errorf("an item from before cannot be corrected: %v", err)
	}
}

func TestACancellationMayNameItsMeetingByUIDAlone(t *testing.T) {
	in := intake(&shelf{}, capture.Privacy{})
	bare := activity.Activity{Kind: activity.Meeting, UID: "u1", Cancelled: true}
	if _, err := in.One(context.Background(), outbox.Draft{Activity: bare}); err != nil {
		t.Error(err)
	}
	bare.UID = ""
	if _, err := in.One(context.Background(), outbox.Draft{Activity: bare}); err == nil {
		t.Error("a cancellation of nothing is taken")
	}
}

func codeOf(r *capture.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Code
}

func emails(d outbox.Draft) []string {
	var all []string
	for _, p := range d.Activity.People {
		all = append(all, p.Email)
	}
	return all
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAKnownKeyIsAnsweredWhateverTheBodySays(t *testing.T) {
	s := &shelf{}
	for _, body := range []string{
		`{"key":"known","kind":"nonsense"}`, `{"key":"known","foo":3}`, `[{"key":"known","kind":7}]`, `{"key":"known","kind":"share"}`,
	} {
		entries, _, err := capture.DecodeActivities([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		outcomes, err := intake(s, capture.Privacy{}).Each(t.Context(), outbox.FromAPI, entries)
		if err != nil {
			t.Fatal(err)
		}
		if outcomes[0].Err != nil || outcomes[0].Receipt.ID != "first of known" {
			t.Errorf("%s: %+v", body, outcomes[0])
		}
	}
	entries, _, err := capture.DecodeActivities([]byte(`{"key":"new","kind":"nonsense"}`))
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := intake(s, capture.Privacy{}).Each(t.Context(), outbox.FromAPI, entries)
	if err != nil || outcomes[0].Err == nil {
		t.Errorf("a new key does not excuse the body: %+v %v", outcomes, err)
	}
}
