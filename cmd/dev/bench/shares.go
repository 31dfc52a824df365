package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// shares makes shares of about 1 KiB, each at its own minute and to one of 500 people.
// Its methods are safe for concurrent use.
type shares struct{ n atomic.Int64 }

func (s *shares) next() activity.Activity {
	n := s.n.Add(1)
	at := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	return activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: fmt.Sprintf("Brochure %d", n),
		Body: strings.Repeat("Please find the brochure that we spoke of. ", 16),
		URL:  fmt.Sprintf("https://acme.showpad.biz/share/%08d", n), OccurredAt: activity.MomentOf(at),
		People:  []activity.Person{{Email: address(int(n)), Name: "Ana Müller"}},
		Content: []activity.Content{{Title: "Brochure.pdf", URL: "https://acme.showpad.biz/asset/1"}},
	}
}

// peopleKnown is how many people the shares are made to.
const peopleKnown = 500

func address(n int) string { return fmt.Sprintf("p%d@kunde.test", n%peopleKnown) }

func (s *shares) activities(n int) []activity.Activity {
	all := make([]activity.Activity, n)
	for i := range all {
		all[i] = s.next()
	}
	return all
}

func (s *shares) drafts(n int) []outbox.Draft {
	drafts := make([]outbox.Draft, n)
	for i := range drafts {
		drafts[i] = outbox.Draft{Activity: s.next(), Source: outbox.FromAPI}
	}
	return drafts
}

// openStore opens a store in folder for an identity, as somebody who is signed in.
func openStore(folder string, identity *age.X25519Identity) (*outbox.Store, error) {
	return outbox.Open(filepath.Join(folder, "outbox.db"), outbox.Options{
		Recipients: []age.Recipient{identity.Recipient()}, Identity: identity, Now: time.Now,
	})
}

// newStore makes a store of its own in folder.
func newStore(folder string) (*outbox.Store, *age.X25519Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, err
	}
	store, err := openStore(folder, identity)
	if err != nil {
		return nil, nil, err
	}
	return store, identity, store.SignIn(outbox.Account{OrgID: "00D000000000001AAA", UserID: "005000000000001AAA"}, nil)
}

// addOne captures one share.
func addOne(ctx context.Context, store *outbox.Store, all *shares) error {
	_, err := store.Add(ctx, all.drafts(1))
	return err
}

// middle is the median.
func middle(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
