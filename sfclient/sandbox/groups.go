package sandbox

// Groups and permission sets are how an admin selects the people for whom
// activities are logged (salesforce.md section 7.5).

// AddGroup adds a regular public group and gives its id.
func (s *Sandbox) AddGroup(developerName, name string) string {
	return s.add("Group", map[string]any{"DeveloperName": developerName, "Name": name, "Type": "Regular"})
}

// JoinGroup makes a user or a group a member. Members of a member are none of the
// group's own, as GroupMember lists direct ones only.
func (s *Sandbox) JoinGroup(userOrGroupID, groupID string) {
	s.join("GroupMember", map[string]any{"UserOrGroupId": userOrGroupID, "GroupId": groupID})
}

// LeaveGroup ends a membership.
func (s *Sandbox) LeaveGroup(userOrGroupID, groupID string) {
	s.part("GroupMember", map[string]any{"UserOrGroupId": userOrGroupID, "GroupId": groupID})
}

// AddPermissionSet adds a permission set and gives its id.
func (s *Sandbox) AddPermissionSet(name, label string) string {
	return s.add("PermissionSet", map[string]any{"Name": name, "Label": label})
}

// AssignPermissionSet gives a user a permission set.
func (s *Sandbox) AssignPermissionSet(userID, permissionSetID string) {
	s.join("PermissionSetAssignment", map[string]any{"AssigneeId": userID, "PermissionSetId": permissionSetID})
}

// RevokePermissionSet takes a permission set from a user.
func (s *Sandbox) RevokePermissionSet(userID, permissionSetID string) {
	s.part("PermissionSetAssignment", map[string]any{"AssigneeId": userID, "PermissionSetId": permissionSetID})
}

// join adds the row that ties two records together, unless it is there.
func (s *Sandbox) join(object string, ends map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.org.ties(object, ends)) == 0 {
		s.org.add(object, ends)
	}
}

func (s *Sandbox) part(object string, ends map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.org.ties(object, ends) {
		s.org.beginSystem().bin(r)
	}
}

// ties finds the live rows that hold these ids.
func (o *org) ties(object string, ends map[string]any) []*record {
	var found []*record
	for _, r := range o.table(object).rows {
		holds := !r.deleted()
		for field, id := range ends {
			holds = holds && sameID(r.text(field), id.(string))
		}
		if holds {
			found = append(found, r)
		}
	}
	return found
}
