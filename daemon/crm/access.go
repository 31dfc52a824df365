package crm

import (
	"slices"
	"strings"
	"time"
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
	// PermissionsAt is when they were told last.
	PermissionsAt time.Time `json:"permissions_at,omitzero"`
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
	if anyOf(groups, slices.Concat(m.Groups, m.PermissionSets, m.Permissions)) {
		return AccessGranted
	}
	if m.GroupsKnown && m.SetsKnown && m.PermissionsKnown {
		return AccessDenied
	}
	return AccessUnknown
}

// hingesOnPermissions reports that only a custom permission can let the rep in.
func (m *Membership) hingesOnPermissions(groups []string) bool {
	return len(groups) > 0 && !anyOf(groups, slices.Concat(m.Groups, m.PermissionSets))
}

// anyOf reports whether a group is among the names, in any case.
func anyOf(groups, names []string) bool {
	return slices.ContainsFunc(groups, func(group string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(group, name) })
	})
}
