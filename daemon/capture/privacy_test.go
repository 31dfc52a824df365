package capture_test

import (
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 3600))

func TestAnExclusionIsAnAddressOrADomainWithItsSubdomains(t *testing.T) {
	cases := []struct {
		entry, address string
		want           bool
	}{
		{"ana@acme.test", "Ana@ACME.test", true},
		{"ana@acme.test", "bea@acme.test", false},
		{"acme.test", "ana@acme.test", true},
		{"@acme.test", "ana@acme.test", true},
		{"acme.test", "ana@mail.acme.test", true},
		{"acme.test", "ana@notacme.test", false},
		{"mail.acme.test", "ana@acme.test", false},
		{" Acme.Test ", "ana@acme.test", true},
		{"bücher.test", "ana@xn--bcher-kva.test", true},
		{"", "ana@acme.test", false},
		{"@", "ana@acme.test", false},
	}
	for _, c := range cases {
		p := capture.Privacy{Exclude: []string{c.entry}}
		if got := p.Excludes(c.address); got != c.want {
			t.Errorf("%q excludes %q: %v", c.entry, c.address, got)
		}
	}
}

// mailOf is a mail as the reader of files makes one.
func mailOf(from string, sender string, to ...string) outbox.Draft {
	d := outbox.Draft{Activity: activity.Activity{Kind: activity.Share, Channel: activity.Email, Subject: "s", Body: "text"}}
	for _, address := range to {
		d.Activity.People = append(d.Activity.People, activity.Person{Email: address})
	}
	if sender != "" {
		d.Notes = append(d.Notes, outbox.Note{Code: capture.NoteSender, Args: outbox.Args{"address": sender}})
	}
	d.Notes = append(d.Notes, outbox.Note{Code: capture.NoteMail, Args: outbox.Args{"from": from}})
	return d
}

func meetingOf(with ...string) outbox.Draft {
	d := mailOf("", "", with...)
	d.Activity.Kind, d.Activity.Channel, d.Notes = activity.Meeting, "", nil
	d.Activity.Body, d.Activity.Notes = "", "text"
	return d
}

func TestPrivacyDecidesWhoIsLeft(t *testing.T) {
	privacy := capture.Privacy{Exclude: []string{"secret.test"}, Own: capture.Own{"rep@acme.test", "rep@gmail.com"}}
	strict := privacy
	strict.Internal = true
	cases := []struct {
		name    string
		privacy capture.Privacy
		draft   outbox.Draft
		refused string
		people  []string
	}{
		{"nobody is excluded", privacy, mailOf(capture.FromSelf, "", "urs@keller.test"), "", []string{"urs@keller.test"}},
		{"one of two is excluded", privacy, mailOf(capture.FromSelf, "", "urs@keller.test", "x@secret.test"), "", []string{"urs@keller.test"}},
		{"everybody is excluded", privacy, mailOf(capture.FromSelf, "", "x@secret.test"), capture.Excluded, nil},
		{"excluded beside colleagues alone", privacy, mailOf(capture.FromSelf, "", "x@secret.test", "bea@acme.test"), capture.Excluded, nil},
		{"an excluded sender to the rep alone", privacy, mailOf(capture.FromOutside, "x@secret.test"), capture.Excluded, nil},
		{"an excluded sender to others", privacy, mailOf(capture.FromOutside, "x@secret.test", "urs@keller.test"), "", []string{"urs@keller.test"}},
		{"a meeting of the excluded alone", privacy, meetingOf("x@secret.test"), capture.Excluded, nil},
		{"a meeting with a colleague is left", privacy, meetingOf("x@secret.test", "bea@acme.test"), "", []string{"bea@acme.test"}},
		{"a mail among colleagues asks", privacy, mailOf(capture.FromSelf, "", "bea@acme.test"), "", nil},
		{"a mail from outside to colleagues asks", privacy, mailOf(capture.FromOutside, "urs@keller.test", "bea@acme.test"), "", nil},
		{"colleagues beside somebody outside stay", privacy, mailOf(capture.FromSelf, "", "bea@acme.test", "urs@keller.test"), "", []string{"bea@acme.test", "urs@keller.test"}},
		{"a mail among colleagues is dropped on request", strict, mailOf(capture.FromSelf, "", "bea@acme.test"), capture.Internal, nil},
		{"a colleague's mail to the rep too", strict, mailOf(capture.FromInside, ""), capture.Internal, nil},
		{"a mail from outside to colleagues is not", strict, mailOf(capture.FromOutside, "urs@keller.test", "bea@acme.test"), "", nil},
		{"a mail to somebody outside is not", strict, mailOf(capture.FromSelf, "", "urs@keller.test"), "", []string{"urs@keller.test"}},
		{"a mail that names nobody is not", strict, mailOf("", ""), "", nil},
		{"a meeting among colleagues is", strict, meetingOf("bea@acme.test"), capture.Internal, nil},
		{"a meeting that names nobody is not", strict, meetingOf(), "", nil},
		{"a public mail provider is no company", strict, meetingOf("somebody@gmail.com"), "", []string{"somebody@gmail.com"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := c.draft
			refusal := c.privacy.Apply(&d, noon)
			if code := codeOf(refusal); code != c.refused {
				t.Fatalf("refused %q, want %q", code, c.refused)
			}
			if refusal != nil {
				if len(refusal.Args) > 0 {
					t.Errorf("the refusal tells %v", refusal.Args)
				}
				return
			}
			same(t, "people", c.people, emails(d))
		})
	}
}

func TestAnExcludedSenderLeavesNoTrace(t *testing.T) {
	p := capture.Privacy{Exclude: []string{"secret.test"}}
	d := mailOf(capture.FromOutside, "x@secret.test", "urs@keller.test")
	if refusal := p.Apply(&d, noon); refusal != nil {
		t.Fatal(refusal)
	}
	for _, note := range d.Notes {
		if note.Code == capture.NoteSender || len(note.Args) > 0 {
			t.Errorf("a note tells %s %v", note.Code, note.Args)
		}
	}
}

func TestHeadersOnlyKeepsNoText(t *testing.T) {
	p := capture.Privacy{Body: capture.HeadersOnly}
	for _, d := range []outbox.Draft{mailOf(capture.FromSelf, "", "urs@keller.test"), meetingOf("urs@keller.test")} {
		if refusal := p.Apply(&d, noon); refusal != nil {
			t.Fatal(refusal)
		}
		if d.Activity.Body+d.Activity.Notes != "" || d.Activity.Subject != "s" {
			t.Errorf("left is %+v", d.Activity)
		}
	}
}

func TestTheDraftThatWasHandedInIsNotChanged(t *testing.T) {
	p := capture.Privacy{Exclude: []string{"secret.test"}, Own: capture.Own{"rep@acme.test"}}
	given := mailOf(capture.FromOutside, "x@secret.test", "urs@keller.test", "y@secret.test")
	working := given
	p.Apply(&working, noon)
	if given.Activity.People[1].Email != "y@secret.test" || given.Notes[1].Args["from"] != capture.FromOutside {
		t.Errorf("the caller's draft became %+v", given)
	}
}
