package crm

import (
	"slices"
	"testing"
	"time"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sftest"
)

// asked is an org and a client of it that counts its calls.
type asked struct {
	t      *testing.T
	org    *sandbox.Sandbox
	client *sfclient.Client
	user   User
	clock  time.Time
}

func ask(t *testing.T, rules ...func(*sandbox.Rules)) *asked {
	t.Helper()
	a := &asked{t: t, clock: time.Now()}
	a.org = sandbox.New(sandbox.Config{Now: func() time.Time { return a.clock }})
	for _, r := range rules {
		a.org.Set(r)
	}
	a.client = sftest.Client(t, a.org)
	a.user = User{OrgID: a.org.Org().ID, UserID: a.org.Rep().ID}
	return a
}

func (a *asked) read() *Facts {
	a.t.Helper()
	facts, err := ReadFacts(a.t.Context(), a.client, a.user, nil, sandbox.DefaultKeyField, a.clock)
	if err != nil {
		a.t.Fatal(err)
	}
	return facts
}

// look looks what changed a minute later, and wants that to cost one call.
func (a *asked) look(before *Facts, forced bool) *Facts {
	a.t.Helper()
	a.clock = a.clock.Add(time.Minute)
	a.org.ResetCalls()
	facts, err := Look{User: a.user, KeyField: sandbox.DefaultKeyField, Forced: forced}.At(a.t.Context(), a.client, before, a.clock)
	if err != nil {
		a.t.Fatal(err)
	}
	if n := len(a.org.Calls()); n != 1 {
		a.t.Errorf("a look costs %d calls", n)
	}
	return facts
}

func TestAFullReadKnowsTheOrgAndTheRepInEightCalls(t *testing.T) {
	a := ask(t, func(r *sandbox.Rules) {
		r.SharedActivities, r.Permissions, r.Edition = true, []string{"Use_fieldpost"}, "Unlimited Edition"
	})
	a.org.JoinGroup(a.user.UserID, a.org.AddGroup("Field_Reps", "Field Reps"))
	a.org.AssignPermissionSet(a.user.UserID, a.org.AddPermissionSet("fieldpost", "fieldpost"))
	a.org.ResetCalls()
	facts := a.read()
	if n := len(a.org.Calls()); n > 8 {
		t.Errorf("it costs %d calls", n)
	}
	if facts.KeyField != sandbox.DefaultKeyField || facts.ClosedStatus != "Completed" || facts.TimeZone != "Europe/Paris" || !facts.Shared() {
		t.Errorf("%+v", facts)
	}
	if facts.Edition != "Unlimited Edition" || facts.Allowances[DailyRequests].Max == 0 {
		t.Errorf("edition %q, limits %v", facts.Edition, facts.Allowances)
	}
	m := facts.Member
	if !slices.Contains(m.Groups, "Field_Reps") || !slices.Contains(m.Groups, "Field Reps") || !slices.Contains(m.PermissionSets, "fieldpost") || !slices.Contains(m.Permissions, "Use_fieldpost") {
		t.Errorf("%+v", m)
	}
	if got := facts.Relatable(); !slices.Equal(got, []string{"Account", "Campaign", "Case", "Opportunity", "Visit__c"}) {
		t.Errorf("Related To offers %v", got)
	}
	if facts.LabelOf("Visit__c") != "Visit" || facts.ObjectOf("001000000000001") != "Account" {
		t.Error("objects are not known by label and id")
	}
}

func TestALookNoticesWhatAnAdministratorChangesDuringTheDay(t *testing.T) {
	a := ask(t)
	group := a.org.AddGroup("Field_Reps", "Field Reps")
	before := a.read()
	if same := a.look(before, false); !same.Same(before) || !same.LookedAt.After(before.LookedAt) || same.ReadAt != before.ReadAt {
		t.Error("where nothing changed, something did")
	}
	a.org.JoinGroup(a.user.UserID, group)
	a.org.Set(func(r *sandbox.Rules) {
		r.SharedActivities, r.TaskTypes = true, sandbox.Choices("Neu")
		r.TaskStatuses = []sandbox.TaskStatus{{Name: "Erledigt", Label: "Erledigt", Closed: true, Default: true}}
	})
	after := a.look(before, false)
	if !after.Shared() || after.Task.Value("Type", []string{"neu"}) != "Neu" || after.ClosedStatus != "Erledigt" || !slices.Contains(after.Member.Groups, "Field_Reps") {
		t.Errorf("not noticed: %+v", after)
	}
	if before.Shared() {
		t.Error("the facts of before were changed")
	}
	a.org.LeaveGroup(a.user.UserID, group)
	if gone := a.look(after, false); slices.Contains(gone.Member.Groups, "Field_Reps") || !gone.Member.GroupsKnown {
		t.Errorf("a lost membership is not noticed: %+v", gone.Member)
	}
}

// TestAForcedLookSeesRightsThatMoveNoDate: field-level security does not touch a
// describe's date (salesforce.md section 5).
func TestAForcedLookSeesRightsThatMoveNoDate(t *testing.T) {
	a := ask(t)
	before := a.read()
	a.org.Set(func(r *sandbox.Rules) { r.Hidden = []string{"Task.Type"} })
	if seen := a.look(before, false); !seen.Task.Writes("Type") {
		t.Error("the sandbox moves the date for a right")
	}
	if seen := a.look(before, true); seen.Task.Writes("Type") {
		t.Error("a hidden field is still thought to be there")
	}
}

func TestWhatTheRepMayNotSeeLeavesTheRestKnown(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules func(*sandbox.Rules)
		wrong func(*Facts) bool
	}{
		{"Task", func(r *sandbox.Rules) { r.HiddenObjects = []string{"Task"} }, func(f *Facts) bool { return f.Task.Seen || !f.Event.Writes("Subject") }},
		{"Event", func(r *sandbox.Rules) { r.HiddenObjects = []string{"Event"} }, func(f *Facts) bool { return f.Event.Seen || !f.Task.Writes("Subject") || f.KeyField != "" }},
		{"groups", func(r *sandbox.Rules) { r.HiddenObjects = []string{"GroupMember"} }, func(f *Facts) bool { return f.Member.GroupsKnown || !f.Member.SetsKnown }},
		{"permission sets", func(r *sandbox.Rules) { r.HiddenObjects = []string{"PermissionSetAssignment"} }, func(f *Facts) bool { return f.Member.SetsKnown || !f.Member.GroupsKnown }},
		{"the statuses", func(r *sandbox.Rules) { r.HiddenObjects = []string{"TaskStatus"} }, func(f *Facts) bool { return f.ClosedStatus != "" || f.closedStatus() != "Completed" }},
		{"the limits", func(r *sandbox.Rules) { r.LimitsHidden = true }, func(f *Facts) bool { return f.Allowances != nil || f.TimeZone == "" }},
		{"the key field", func(r *sandbox.Rules) { r.Key = sandbox.KeyHidden }, func(f *Facts) bool { return f.KeyField != "" || !f.Marks() }},
		{"the Type", func(r *sandbox.Rules) { r.Hidden = []string{"Activity.Type"} }, func(f *Facts) bool { return f.Task.Writes("Type") || f.KeyField == "" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, c.rules)
			facts := a.read()
			if c.wrong(facts) {
				t.Errorf("%+v", facts)
			}
			if again := a.look(facts, true); c.wrong(again) {
				t.Errorf("after a look: %+v", again)
			}
		})
	}
}

func TestALargeOrgIsRead(t *testing.T) {
	a := ask(t, func(r *sandbox.Rules) { r.Padding, r.ManyObjects = 2<<20, 900 })
	facts := a.read()
	if len(facts.Labels) < 900 || !facts.Task.Writes("Subject") || len(facts.Task.Fields) < 100 {
		t.Errorf("%d objects, %d fields", len(facts.Labels), len(facts.Task.Fields))
	}
	if again := a.look(facts, true); !again.Same(facts) {
		t.Error("a look differs from a full read")
	}
}

// TestAnOutageOfTheIdentityServiceShutsNobodyOut: a custom permission read before stays,
// and one that the org refuses to tell is unknown, not absent.
func TestAnOutageOfTheIdentityServiceShutsNobodyOut(t *testing.T) {
	groups := []string{"Use_fieldpost"}
	for name, c := range map[string]struct {
		fault sandbox.Fault
		want  Access
	}{
		"503":     {sandbox.HTML(503), AccessGranted},
		"500":     {sandbox.ServerError(), AccessGranted},
		"dropped": {sandbox.Drop(), AccessGranted},
		"portal":  {sandbox.CaptivePortal(), AccessGranted},
		"cut":     {sandbox.CutAnswer(), AccessGranted},
		"refused": {sandbox.Refuse(403, "INSUFFICIENT_ACCESS", "no"), AccessUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			a := ask(t, func(r *sandbox.Rules) { r.Permissions = groups })
			before := a.read()
			if before.Member.Access(groups) != AccessGranted {
				t.Fatal("the permission is not known")
			}
			a.org.Inject(c.fault.On(sandbox.Identity))
			after, err := ReadFacts(t.Context(), a.client, a.user, before, sandbox.DefaultKeyField, a.clock)
			if err != nil || after.Member.Access(groups) != c.want {
				t.Errorf("%v %+v", err, after.Member)
			}
		})
	}
}

func TestACustomPermissionThatIsTakenAwayIsNoticedByTheSecondLook(t *testing.T) {
	a := ask(t, func(r *sandbox.Rules) { r.Permissions = []string{"Use_fieldpost"} })
	before := a.read()
	a.org.Set(func(r *sandbox.Rules) { r.Permissions = nil })
	look := Look{User: a.user, KeyField: sandbox.DefaultKeyField, Groups: []string{"Use_fieldpost"}}
	for _, c := range []struct {
		later time.Duration
		want  Access
	}{{time.Hour, AccessGranted}, {2 * time.Hour, AccessDenied}} {
		after, err := look.At(t.Context(), a.client, before, a.clock.Add(c.later))
		if err != nil || after.Member.Access(look.Groups) != c.want {
			t.Errorf("%v later: %v %+v", c.later, err, after.Member)
		}
	}
}

func TestLimitsThatCannotBeReadStandInNobodysWay(t *testing.T) {
	a := ask(t)
	a.org.Inject(sandbox.ServerError().On(sandbox.Limits))
	if facts := a.read(); !facts.Task.Writes("Subject") {
		t.Errorf("%+v", facts)
	}
}

func TestAnObjectThatIsTakenAwayIsGoneAfterALook(t *testing.T) {
	a := ask(t)
	before := a.read()
	a.org.Set(func(r *sandbox.Rules) { r.HiddenObjects = []string{"Task"} })
	if after := a.look(before, false); after.Task.Seen || !after.Event.Seen {
		t.Errorf("Task seen %v, Event seen %v", after.Task.Seen, after.Event.Seen)
	}
}
