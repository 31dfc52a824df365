package apitype

import "time"

// Org is what is known of the rep's org, kept offline, and how old that is.
type Org struct {
	// ReadAt is when the org was read in full, LookedAt when it was last looked what
	// changed; nil where nothing is known.
	ReadAt   *time.Time `json:"read_at"`
	LookedAt *time.Time `json:"looked_at"`
	Edition  string     `json:"edition,omitempty"`
	Sandbox  bool       `json:"sandbox,omitempty"`
	TimeZone string     `json:"time_zone,omitempty"`
	// KeyField is "" where the org has none that can be used.
	KeyField         string    `json:"key_field"`
	Delivery         *Delivery `json:"delivery"`
	SharedActivities bool      `json:"shared_activities"`
	ClosedStatus     string    `json:"closed_status"`
	TaskTypes        []Value   `json:"task_types"`
	EventTypes       []Value   `json:"event_types"`
	// RelatedTo are the objects that the org offers as Related To of a share.
	RelatedTo []Value `json:"related_to"`
	Access    Access  `json:"access"`
	// Limits are told only where the rep may read them.
	Limits map[string]Limit `json:"limits,omitempty"`
}

// Limit is one of the org's allowances.
type Limit struct {
	Max       int `json:"max"`
	Remaining int `json:"remaining"`
}

// Value is one value of a list, as it is written and as people read it.
type Value struct {
	Value   string `json:"value"`
	Label   string `json:"label"`
	Default bool   `json:"default,omitempty"`
}

// Access tells whether the rep is among those who may use fieldpost, and what Salesforce
// tells of the rep's groups and permission sets.
type Access struct {
	State          string   `json:"state"` // granted, denied or unknown
	Groups         []string `json:"groups"`
	PermissionSets []string `json:"permission_sets"`
	Permissions    []string `json:"custom_permissions"`
}
