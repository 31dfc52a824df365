package crm

import (
	"context"
	"fmt"
	"time"

	"fieldpost/sfclient"
)

// A Look is a reading of what may have changed since the facts were read.
type Look struct {
	User     User
	KeyField string
	// Groups are those of access.groups: where only a custom permission can let the rep in,
	// it is asked for too, by a call of its own: hourly while it does not, else every other
	// hour.
	Groups []string
	// Forced reads Task and Event in any case, for rights may change without touching their
	// date (salesforce.md section 5).
	Forced bool
}

// At looks in one call at what the rep belongs to, the statuses, and Task, Event and the
// list of objects where they are newer. It gives new facts and leaves the old ones as they are.
func (l Look) At(ctx context.Context, org Org, before *Facts, now time.Time) (*Facts, error) {
	facts := *before
	facts.LookedAt = now
	subcalls := together(l.User)
	newer := func(name, path string, since time.Time) {
		if l.Forced {
			since = time.Time{}
		}
		subcalls = append(subcalls, sfclient.Subcall{Name: name, Path: path, Since: since})
	}
	newer(objects, "sobjects", facts.ObjectsModified)
	for _, name := range []string{"Task", "Event"} {
		newer(describe+name, "sobjects/"+name+"/describe", facts.object(name).Modified)
	}
	answers, err := org.ReadTogether(ctx, subcalls)
	if err != nil {
		return nil, fmt.Errorf("crm: looking what changed: %w", err)
	}
	if err := facts.take(answers); err != nil {
		return nil, err
	}
	facts.UseKey(l.KeyField)
	if facts.Member.hingesOnPermissions(l.Groups) && l.permissionsDue(&facts.Member, now) {
		facts.readPermissions(ctx, org, l.User, now)
	}
	return &facts, nil
}

// permissionsAge is how old the custom permission may be that lets a rep in: it costs a
// call of its own, and a day has 60.
const permissionsAge = 2 * time.Hour

func (l Look) permissionsDue(m *Membership, now time.Time) bool {
	return !l.Forced && (m.Access(l.Groups) != AccessGranted || now.Sub(m.PermissionsAt) >= permissionsAge)
}
