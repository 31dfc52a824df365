package sandbox_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

// groups gives the groups that a user is a direct member of.
func (c *caller) groups(user string) []any {
	c.t.Helper()
	names := []any{}
	for _, row := range c.query("SELECT Group.DeveloperName, Group.Name FROM GroupMember WHERE UserOrGroupId = '" + user + "'").want(200).records() {
		names = append(names, row["Group"].(map[string]any)["DeveloperName"])
	}
	return names
}

func (c *caller) permissionSets(user string) []any {
	c.t.Helper()
	names := []any{}
	for _, row := range c.query("SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE AssigneeId = '" + user + "'").want(200).records() {
		names = append(names, row["PermissionSet"].(map[string]any)["Name"])
	}
	return names
}

func TestDirectMembersOfAGroup(t *testing.T) {
	c := start(t)
	user := c.sb.AddUser("bo@acme.example", "Bo", "Berg")
	inner, outer := c.sb.AddGroup("Inner", "Inner circle"), c.sb.AddGroup("Outer", "Outer circle")
	c.sb.JoinGroup(user, inner)
	c.sb.JoinGroup(user, inner)
	c.sb.JoinGroup(inner, outer)
	if diff := cmp.Diff([]any{"Inner"}, c.groups(user)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"Outer"}, c.groups(inner)); diff != "" {
		t.Error(diff)
	}
	if got := c.column("Type", "SELECT Type FROM Group WHERE DeveloperName = 'Inner'"); !cmp.Equal(got, []any{"Regular"}) {
		t.Errorf("type %v", got)
	}
	c.sb.LeaveGroup(user, inner)
	if got := c.groups(user); len(got) != 0 {
		t.Errorf("groups after leaving: %v", got)
	}
}

func TestPermissionSetsOfAUser(t *testing.T) {
	c := start(t)
	user := c.sb.AddUser("bo@acme.example", "Bo", "Berg")
	set := c.sb.AddPermissionSet("Log_Shares", "Log shares")
	c.sb.AssignPermissionSet(user, set)
	if diff := cmp.Diff([]any{"Log_Shares"}, c.permissionSets(user)); diff != "" {
		t.Error(diff)
	}
	c.sb.RevokePermissionSet(user, set)
	if got := c.permissionSets(user); len(got) != 0 {
		t.Errorf("permission sets after the revocation: %v", got)
	}
}

func TestMembershipsCanBeUnreadable(t *testing.T) {
	c := start(t)
	for object, soql := range map[string]string{
		"GroupMember":             "SELECT Group.DeveloperName FROM GroupMember",
		"PermissionSetAssignment": "SELECT PermissionSet.Name FROM PermissionSetAssignment",
	} {
		c.set(func(r *sandbox.Rules) { r.HiddenObjects = []string{object} })
		c.query(soql).refused(400, "INVALID_TYPE", "sObject type '"+object+"' is not supported.")
	}
}
