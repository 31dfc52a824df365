package sandbox

import (
	"net/netip"
	"slices"
	"time"
)

// Rules are the org as its admins set it up. Change them while it runs with
// [Sandbox.Set]. The section numbers are those of salesforce.md.
type Rules struct {
	// Sign-in (section 1).
	AutoConsent    bool          // answer the consent page at once; else it waits for a person
	DenyConsent    bool          // the answer is no
	SignInAs       string        // user name of who signs in; else login_hint, else the rep
	PKCEOptional   bool          // accept an authorization without code_challenge
	SecretRequired bool          // the app wants a client secret, which a desktop has not
	RotateRefresh  bool          // each refresh replaces the token; an old one presented again ends the grant
	RefreshIdle    time.Duration // a refresh token unused for longer is dead; 0 = never
	SessionIdle    time.Duration // an access token unused for longer is dead; 0 = never
	GrantCap       int           // refresh tokens per user and app; one more ends the oldest; 0 = no cap

	// Network (section 2).
	LockSessionsToIP bool
	Source           string         // the address from which every request seems to come; empty = its own
	LoginRanges      []netip.Prefix // none = sign-in from everywhere
	RelaxForRefresh  bool           // the ranges bind the sign-in only, not the refresh, not the calls
	InstanceURL      string         // told by token answers; data calls at another host then get 420
	CorsOrigins      []string       // the entries of the allow-list for browsers (section 9)
	ModifyAllData    bool           // the rep holds the right that reading these entries wants
	CorsRefusal      CorsRefusal    // what reading them answers without it

	// Activities (sections 3 and 4).
	SharedActivities bool
	KeyField         string // API name of the external id on Activity
	Key              KeyMode
	TaskTypes        []Choice
	EventTypes       []Choice
	RestrictedTypes  bool
	TaskStatuses     []TaskStatus
	MultiDayEvents   bool // off: no event longer than 24 hours

	// Fields and objects. Edition is Organization.OrganizationType. Field names are "Object.Field"; "Activity.Field" is both
	// Task's and Event's.
	Edition       string
	Hidden        []string           // fields that the rep's field-level security hides
	ReadOnly      []string           // fields that the rep may read only
	Required      []string           // fields that the org made mandatory; a custom one is added if it is not there
	ExtraFields   map[string][]Field // by object
	CustomObjects []CustomObject
	ManyObjects   int                                                         // so many further custom objects, Many0001__c and so on, in the global describe
	Padding       int                                                         // bytes of custom fields that Task's describe holds besides
	HiddenObjects []string                                                    // objects that the rep has no access to
	FrozenObjects []string                                                    // objects that the rep may read only
	Permissions   []string                                                    // custom permissions, told by the identity answer
	Attributes    map[string]string                                           // custom attributes of the app, told there too
	CheckRecord   func(object string, record map[string]any) (message string) // validation rule; must not call the sandbox

	// Limits (sections 6.5 and 7).
	AllowanceMax  int  // API calls in 24 hours; 0 = without end
	AllowanceUsed int  // counts up by itself, and down a day later
	LimitsHidden  bool // the rep may not read the limits
	PageSize      int  // rows that a query page holds at most
	CursorLife    time.Duration
	ReplicatedMax int           // ids that a list of deleted or updated records holds at most
	SearchLag     time.Duration // the search does not know yet what was saved since
	OldestVersion int           // older ones are retired: 410
	NewestVersion int
}

// A KeyMode says how the org carries fieldpost's key on Activity.
type KeyMode int

// The unique key is the default.
const (
	KeyUnique KeyMode = iota
	KeyNotUnique
	KeyHidden // there, but not for the rep's eyes
	KeyAbsent
)

// A TaskStatus is one value of Task.Status; a closed one closes the task.
type TaskStatus struct {
	Name, Label     string
	Closed, Default bool
}

// A CustomObject is an object that the org made for itself. Name ends in __c.
type CustomObject struct {
	Name, Label     string
	AllowActivities bool
	AllowSearch     bool
}

// DefaultKeyField is the key field of a new org.
const DefaultKeyField = "fieldpost_Key__c"

func defaultRules() Rules {
	return Rules{
		AutoConsent: true,
		SessionIdle: 2 * time.Hour,
		GrantCap:    5,

		CorsOrigins: []string{"https://*.showpad.biz"},

		KeyField:   DefaultKeyField,
		TaskTypes:  Choices("Email", "Call", "Meeting", "Other", "Showpad Email", "Showpad Share", "Shared Space"),
		EventTypes: Choices("Call", "Email", "Meeting", "Other"),
		TaskStatuses: []TaskStatus{
			{Name: "Not Started", Label: "Not Started", Default: true},
			{Name: "In Progress", Label: "In Progress"},
			{Name: "Completed", Label: "Completed", Closed: true},
			{Name: "Waiting on someone else", Label: "Waiting on someone else"},
			{Name: "Deferred", Label: "Deferred"},
		},
		MultiDayEvents: true,
		Edition:        "Enterprise Edition",
		CustomObjects:  []CustomObject{{Name: "Visit__c", Label: "Visit", AllowActivities: true, AllowSearch: true}},

		AllowanceMax:  100_000,
		PageSize:      2000,
		CursorLife:    15 * time.Minute,
		ReplicatedMax: 600_000,
		OldestVersion: 31,
		NewestVersion: 67,
	}
}

// relatable lists the objects that WhatId may point to.
func (r *Rules) relatable() []string {
	objects := []string{"Account", "Campaign", "Case", "Opportunity"}
	for _, custom := range slices.Concat(r.CustomObjects, r.manyObjects()) {
		if custom.AllowActivities {
			objects = append(objects, custom.Name)
		}
	}
	return objects
}
