package localapi

import (
	"context"
	"log/slog"
	"time"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Outbox is the queue as the port reads and moves it. Unknown ids, and cursors
// that List never gave, are outbox.ErrNotFound; a verb that does not fit is a
// *outbox.StateError. The drain is woken by whoever stands behind it.
type Outbox interface {
	Get(id string) (outbox.Item, error)
	List(q outbox.Query) (items []outbox.Item, next string, err error)
	Days(now time.Time, n int) ([]outbox.Day, error)
	Causes(state outbox.State) ([]outbox.Cause, error)
	Hold(id string) error
	Release(id string) error
	Retry(id string) error
	Discard(id string) error
	Restore(id string) error
	RetryAll(code string) (int, error)
	ReleaseAll(code string) (int, error)
}

// Door says where an activity comes in.
type Door struct {
	Source outbox.Source
	// Note, where set, becomes part of each item's story.
	Note *outbox.Note
}

// Outcome is what became of one entry: a receipt, or why there is none.
type Outcome struct {
	Receipt outbox.Receipt
	Err     error
	// File names the file that the entry came in, "" for none.
	File string
}

// Intake captures. An Outcome's error is one that Parts.Explain knows; the error
// beside it is a fault of the input as a whole, or that nothing was made durable.
type Intake interface {
	// JSON captures the activity or the array of activities that data holds; list
	// tells whether it was an array.
	JSON(ctx context.Context, from Door, data []byte) (outcomes []Outcome, list bool, err error)
	// File captures a dropped file, whole or not at all.
	File(ctx context.Context, name string, data []byte) ([]outbox.Receipt, error)
}

// Status tells how things stand, in the printer's language.
type Status interface {
	Status(ctx context.Context, p *words.Printer) (apitype.Status, error)
}

// Directory searches people and records offline.
type Directory interface {
	People(text string, limit int) (apitype.People, error)
	Records(text, object string, limit int) (apitype.Records, error)
}

// People tells who waits to be resolved, takes the rep's answers, and knows what was logged
// to whom. An unknown person is outbox.ErrNotFound.
type People interface {
	Unresolved() (apitype.UnresolvedList, error)
	Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) error
	Answers() (apitype.Answers, error)
	Unanswer(address string) error
	Card(p *words.Printer, named string) (apitype.Card, error)
	Suggest(p *words.Printer, named string, kind activity.Kind) (apitype.Suggestions, error)
}

// Drafts keep what was typed on the page and not logged yet.
type Drafts interface {
	// Draft is the zero Activity for none, and while it cannot be opened.
	Draft(kind activity.Kind) (activity.Activity, error)
	// KeepDraft's error is one that Parts.Explain knows.
	KeepDraft(kind activity.Kind, data []byte) error
	DropDraft(kind activity.Kind) error
}

// Settings are read and changed; Change takes all or nothing, nil unsets.
type Settings interface {
	List(p *words.Printer) ([]apitype.Setting, error)
	Change(ctx context.Context, changes map[string]any) error
}

// Doctor runs every check.
type Doctor interface {
	Check(ctx context.Context, p *words.Printer) ([]apitype.Check, error)
	// WriteTest creates, reads and deletes one record of each kind in Salesforce.
	WriteTest(ctx context.Context, p *words.Printer) ([]apitype.Check, error)
}

// SignIn begins and ends the account's session with Salesforce.
type SignIn interface {
	// Login gives the address at which the rep signs in, and waits for the rep
	// behind the scenes.
	Login(ctx context.Context, asked apitype.LoginRequest) (authorizeURL string, err error)
	// Last tells how the sign-in begun last goes.
	Last(p *words.Printer) apitype.Login
	Logout(ctx context.Context, asked apitype.LogoutRequest) error
}

// Sync starts to drain and to refresh now, and returns without waiting for it.
type Sync interface {
	Sync(ctx context.Context) error
}

// Refresh reads the org's facts, people and records again and returns once that is
// done. Its error is one that Parts.Explain knows.
type Refresh interface {
	Refresh(ctx context.Context) (apitype.Directory, error)
}

// Upkeep looks after the outbox's file and changes what items say.
type Upkeep interface {
	Check(ctx context.Context) (apitype.OutboxCheck, error)
	Compact(ctx context.Context) (apitype.Compacted, error)
	Recover(ctx context.Context, identity string) (apitype.Recovered, error)
	Forget(ctx context.Context, asked apitype.ForgetRequest) (apitype.Forgotten, error)
	Export(ctx context.Context) (apitype.Export, error)
	Import(ctx context.Context, items []outbox.Exported) (apitype.Imported, error)
	// Edit changes the fields that patch names.
	Edit(id string, delivered bool, patch []byte) error
	// Claim gives what was captured signed out to who is signed in, and tells how many.
	Claim(ctx context.Context) (int, error)
	// Withdraw deletes the record of a delivered item that nobody changed since.
	Withdraw(ctx context.Context, id string) error
}

// Org tells what is known of the rep's org.
type Org interface {
	Org(ctx context.Context) (apitype.Org, error)
}

// Preview tells, without a network, what an item becomes in Salesforce.
type Preview interface {
	Preview(p *words.Printer, id string) (apitype.Preview, error)
	// Foresee tells what a file would be captured as, and become. An error is one that
	// Parts.Explain knows.
	Foresee(p *words.Printer, name string, data []byte) ([]apitype.Foreseen, error)
}

// Told is an error of the application as the port tells it. Its code decides the
// status of the answer (statuses.go).
type Told struct {
	Code  string
	Field string
	// Who can act, where that is known.
	Who outbox.Who
	words.Explained
}

// Parts are what a Server is made of.
type Parts struct {
	// Port is the one that the sockets of Listen are bound to.
	Port   int
	Access *access.Access
	Feed   *Feed
	Outbox Outbox
	Intake Intake
	Status Status

	Drafts    Drafts
	Directory Directory
	People    People
	Settings  Settings
	Doctor    Doctor
	SignIn    SignIn
	Sync      Sync
	Refresh   Refresh
	Upkeep    Upkeep
	Preview   Preview
	Org       Org
	// Stop begins the end of the daemon and returns at once.
	Stop func()

	// Refused gives the files of the drop folder that were refused lately; nil where there
	// is no drop folder.
	Refused func() []page.Refused
	// Folders gives where the files are.
	Folders func() page.Folders
	// Origins gives the patterns of web.allowed_origins in force.
	Origins func() []string
	// Language gives the language to answer in: what the rep set, else the wish (an
	// Accept-Language header), else the system's.
	Language func(wish string) string
	// Explain tells an error of the application, false for one it does not know.
	Explain func(*words.Printer, error) (Told, bool)
	// Now gives the time in the rep's zone.
	Now func() time.Time
	Log *slog.Logger
}
