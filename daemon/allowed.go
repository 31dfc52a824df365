package daemon

import (
	"cmp"
	"strings"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/outbox/activity"
)

// captureRules is what the org and the settings allow and want, told at capture as far as
// it is known.
type captureRules struct{ home *Home }

// CheckRelated refuses a Related To that the settings or the org do not allow. That a
// meeting takes no custom object holds in every org.
func (r captureRules) CheckRelated(kind activity.Kind, to activity.Related) *capture.Refusal {
	facts, known := r.home.facts()
	why := ""
	switch {
	case known:
		why = crm.RelatedTo(kind, to.ID, facts, r.home.rules())
	case kind == activity.Meeting && (crm.CustomID(to.ID) || strings.HasSuffix(to.Object, "__c")):
		why = crm.RelatedOfMeeting
	}
	if why == "" {
		return nil
	}
	object := cmp.Or(to.Object, to.ID)
	if known {
		if named := facts.ObjectOf(to.ID); named != "" {
			object = facts.LabelOf(named)
		}
	}
	return capture.Refuse(capture.RelatedNotAllowed, "why", why, "object", object)
}

// CheckAccess refuses a rep who is known to be outside access.groups.
func (r captureRules) CheckAccess() *capture.Refusal {
	if r.home.access() != crm.AccessDenied {
		return nil
	}
	return capture.Refuse(capture.AccessDenied, "groups", r.home.accessGroups())
}

// access tells whether the rep may use fieldpost; unknown while no facts are.
func (h *Home) access() crm.Access {
	groups := h.Config.Settings().Access.Groups
	facts, known := h.facts()
	if !known {
		facts = &crm.Facts{}
	}
	return facts.Member.Access(groups)
}

func (h *Home) accessGroups() string { return strings.Join(h.Config.Settings().Access.Groups, ", ") }

// filter is whom the settings let this user relate.
func (h *Home) filter(userID string) directory.Filter {
	s := h.Config.Settings()
	return directory.Filter{UserID: userID, Own: s.Contacts.Scope == config.ScopeOwn, Contacts: s.Contacts.Where, Leads: s.Leads.Where}
}

// barred tells what keeps everything of this account from being sent until somebody
// acts: a policy that nobody can read, or an access that is not given. nil where
// nothing does.
func (h *Home) barred() error {
	if policy := h.Config.Policy().Problem; policy != nil && !policy.Kept {
		return &codedError{code: policy.Code(), args: map[string]string{"file": policy.Err.File, "cause": policy.Cause(h.Words())}}
	}
	switch h.access() {
	case crm.AccessDenied:
		return &codedError{code: capture.AccessDenied, args: map[string]string{"groups": h.accessGroups()}}
	case crm.AccessUnknown:
		return &codedError{code: "access_unknown", args: map[string]string{"groups": h.accessGroups()}}
	}
	return nil
}

// DeletesCancelled reports whether the record of a cancelled meeting is deleted.
func (r captureRules) DeletesCancelled() bool {
	return r.home.Config.Settings().Meeting.OnCancel == config.CancelDelete
}
