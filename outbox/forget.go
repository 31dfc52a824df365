package outbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"fieldpost/outbox/activity"
)

// A Subject is who or what is to be forgotten: an address, or the Salesforce id of
// a person or record. Exactly one is set.
type Subject struct {
	Email  string
	Record string
}

// Names reports whether an activity is about the subject. An address also counts
// where it only stands in a text.
func (s Subject) Names(a *activity.Activity) bool {
	if s.Email == "" {
		return slices.ContainsFunc(a.People, func(p activity.Person) bool { return activity.SameID(p.ID, s.Record) }) ||
			a.RelatedTo != nil && activity.SameID(a.RelatedTo.ID, s.Record)
	}
	texts := []string{a.Subject, a.Body, a.URL, a.Location, a.Notes}
	for _, c := range a.Content {
		texts = append(texts, c.Title, c.URL)
	}
	for _, p := range a.People {
		texts = append(texts, p.Name)
	}
	return slices.ContainsFunc(a.People, func(p activity.Person) bool { return strings.EqualFold(p.Email, s.Email) }) ||
		slices.ContainsFunc(texts, s.Mention().MatchString)
}

// Mention finds the subject where it stands on its own in a text: ana@acme.test is
// not mentioned by joana@acme.test, nor by ana@acme.test.example. What an escape
// of JSON or of a URL ends just before it does not belong to it.
func (s Subject) Mention() *regexp.Regexp {
	const escape = `\\[bfnrt]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}`
	if s.Email != "" {
		return regexp.MustCompile(`(?:^|[^\pL\pN._%+-]|` + escape + `)(?i:` + regexp.QuoteMeta(s.Email) + `)(?:$|[^\pL\pN.-]|\.(?:$|[^\pL\pN]))`)
	}
	return regexp.MustCompile(`(?:^|[^0-9A-Za-z]|` + escape + `)` + regexp.QuoteMeta(s.Record[:min(15, len(s.Record))]) + `(?:[0-9A-Za-z]{3})?(?:$|[^0-9A-Za-z])`)
}

// SealedError says that so many items could not be looked into: the keychain is
// locked or lost.
type SealedError struct{ N int }

func (e *SealedError) Error() string {
	return fmt.Sprintf("outbox: %d items are sealed and could not be looked into", e.N)
}

// Is makes a SealedError an ErrSealed.
func (e *SealedError) Is(target error) bool { return target == ErrSealed }

// Forget erases every item that names the subject, its key included: what was not
// delivered is put into the bin without its content, of what was delivered the
// line of the ledger stays. Copies from before an upgrade and damaged files that
// were salvaged go as well, and the file is compacted, so that no byte of it stays.
// It tells how many items it erased. *SealedError: nothing was erased.
func (s *Store) Forget(ctx context.Context, subject Subject) (int, error) {
	if err := s.Salvage(ctx); err != nil {
		return 0, err
	}
	ids, err := s.naming(subject)
	if err != nil {
		return 0, err
	}
	err = s.update(func(b *batch) error {
		for _, id := range ids {
			if err := b.forget(id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	copies, err := s.oldCopies()
	for _, name := range copies {
		err = errors.Join(err, os.Remove(name))
	}
	if err != nil {
		return len(ids), fmt.Errorf("outbox: old copies: %w", err)
	}
	_, _, err = s.Compact()
	return len(ids), err
}

func (s *Store) naming(subject Subject) (ids []itemID, err error) {
	sealed := 0
	err = s.view(func(v *snapshot) error {
		return v.tx.Bucket(bucketHeads).ForEach(func(k, _ []byte) error {
			id := itemID(k)
			h, err := v.head(id)
			if err != nil || h.Purged {
				return err
			}
			content, err := v.body(id)
			var u *update
			if err == nil {
				u, err = v.kept(id, h, nil)
			}
			switch {
			case errors.Is(err, ErrSealed):
				sealed++
				return nil
			case errors.Is(err, ErrDamaged):
				ids = append(ids, id) // unreadable for good: what it holds cannot be told
				return nil
			case err != nil:
				return err
			}
			for _, said := range []*activity.Activity{&content.Activity, content.Sent, u.Activity} {
				if said != nil && subject.Names(said) {
					ids = append(ids, id)
					break
				}
			}
			return nil
		})
	})
	if err == nil && sealed > 0 {
		err = &SealedError{N: sealed}
	}
	return ids, err
}

func (b *batch) forget(id itemID) error {
	h, err := b.headOrRemains(id)
	if err != nil {
		return err
	}
	from := h.State
	if from != Delivered {
		h.State, h.DiscardedAt, h.Claim = Discarded, b.now, nil
	}
	h.Doubt, h.Pending = nil, PendingCreate
	for _, name := range []*[]byte{&h.Key, &h.Occasion} {
		if len(*name) > 0 {
			err = errors.Join(err, b.tx.Bucket(bucketKeys).Delete(*name))
			*name = nil
		}
	}
	return errors.Join(err, b.erase(id, h), b.move(id, h, from))
}
