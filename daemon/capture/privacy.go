package capture

import (
	"strconv"
	"strings"
	"time"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// HeadersOnly is the value of privacy.body that keeps no text.
const HeadersOnly = "none"

// Privacy is what the rep and the company want kept out (CONTRACT section 3,
// privacy.*). It is applied before anything is written.
type Privacy struct {
	// Exclude lists addresses, and domains with or without "@".
	Exclude []string
	// Internal drops mail and meetings among Own domains only.
	Internal bool
	// Body is "full" or HeadersOnly.
	Body string
	// Own is who the rep is.
	Own Own
}

// Excludes reports whether an address is on the list, itself or by its domain
// or a parent of it.
func (p *Privacy) Excludes(address string) bool {
	address = fold(address)
	domain := domainOf(address)
	for _, entry := range p.Exclude {
		entry = fold(entry)
		name, isDomain := excludedDomain(entry)
		switch {
		case !isDomain && entry == address:
			return true
		case isDomain && domain != "" && (domain == name || strings.HasSuffix(domain, "."+name)):
			return true
		}
	}
	return false
}

// excludedDomain tells an entry that names a domain ("acme.test", "@acme.test")
// from an address.
func excludedDomain(entry string) (string, bool) {
	name := strings.TrimPrefix(entry, "@")
	return name, name != "" && !strings.Contains(name, "@")
}

// Apply takes out of the draft what may not be written. It refuses a draft that
// is left with nobody, or that is internal where those are not wanted; the
// refusal names no address. A mail that names nobody outside the company is left
// without people, so that its delivery asks for one (CONTRACT section 5).
func (p *Privacy) Apply(d *outbox.Draft, now time.Time) *Refusal {
	a := &d.Activity
	kept, removed := p.without(a.People)
	struck := p.strikeSender(d)
	from, isMail := mailFrom(d)
	outside := p.outside(kept)

	counted := kept
	if isMail {
		counted = outside
	}
	if (removed || struck) && len(counted) == 0 && from != FromOutside {
		return Refuse(Excluded)
	}
	among := len(kept) > 0 || from == FromInside || from == FromSelf
	if p.Internal && isMailOrMeeting(a) && among && len(outside) == 0 && from != FromOutside {
		return Refuse(Internal)
	}
	if isMail && len(outside) == 0 && len(kept) > 0 {
		d.Notes = append(d.Notes, outbox.Note{At: now, Code: NoteInside, Args: outbox.Args{"n": strconv.Itoa(len(kept))}})
		kept = nil
	}
	a.People = kept
	if p.Body == HeadersOnly {
		a.Body, a.Notes = "", ""
	}
	return nil
}

func (p *Privacy) without(people []activity.Person) (kept []activity.Person, removed bool) {
	for _, person := range people {
		if person.Email != "" && p.Excludes(person.Email) {
			removed = true
			continue
		}
		kept = append(kept, person)
	}
	return kept, removed
}

// outside lists those who are not of the rep's company; somebody known by id
// alone is.
func (p *Privacy) outside(people []activity.Person) []activity.Person {
	var outside []activity.Person
	for _, person := range people {
		if person.Email == "" || !p.Own.Inside(person.Email) {
			outside = append(outside, person)
		}
	}
	return outside
}

// strikeSender takes an excluded sender out of the draft's notes.
func (p *Privacy) strikeSender(d *outbox.Draft) (struck bool) {
	var notes []outbox.Note
	for _, note := range d.Notes {
		if note.Code == NoteSender && p.Excludes(note.Args["address"]) {
			struck = true
			continue
		}
		notes = append(notes, note)
	}
	if struck {
		for i, note := range notes {
			if note.Code == NoteMail {
				notes[i].Args = nil
			}
		}
	}
	d.Notes = notes
	return struck
}

func mailFrom(d *outbox.Draft) (from string, isMail bool) {
	for _, note := range d.Notes {
		if note.Code == NoteMail {
			return note.Args["from"], true
		}
	}
	return "", false
}

func isMailOrMeeting(a *activity.Activity) bool {
	return a.Kind == activity.Meeting || a.Channel == activity.Email
}
