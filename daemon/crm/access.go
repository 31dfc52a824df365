package crm

import (
	"slices"
	"strings"
)

// Membership is what the rep belongs to: public groups directly (Salesforce tells no
// nested ones, salesforce.md 7.5), permission sets, and the app's custom permissions.
// What could not be read is not known to be empty.
type Membership struct {
	// Groups holds both names of each, DeveloperName and Name.
	Groups           []string `json:"groups,omitempty"`
	GroupsKnown      bool     `json:"groups_known,omitempty"`
	PermissionSets   []string `json:"permission_sets,omitempty"`
	SetsKnown        bool     `json:"sets_known,omitempty"`
	Permissions      []string `json:"permissions,omitempty"`
	PermissionsKnown bool     `json:"permissions_known,omitempty"`
}

// Access tells whether a rep may use fieldpost.
type Access int

// The answers of Membership.Access.
const (
	// AccessUnknown: nothing that could be read lets the rep in, and something could not
	// be read.
	AccessUnknown Access = iota
	AccessGranted
	AccessDenied
)

// Access tells whether the rep belongs to one of the groups (setting access.groups, names
// in any case); no groups let everybody in.
func (m *Membership) Access(groups []string) Access {
	if len(groups) == 0 {
		return AccessGranted
	}
	for _, name := range slices.Concat(m.Groups, m.PermissionSets, m.Permissions) {
		if slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, name) }) {
			return AccessGranted
		}
	}
	if m.GroupsKnown && m.SetsKnown {
		// A custom permission comes with a permission set or a profile: an app that tells
		// none has none to give.
		return AccessDenied
	}
	return AccessUnknown
}
