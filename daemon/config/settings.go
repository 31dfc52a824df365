package config

import (
	"log/slog"
	"time"
)

// Settings are the values in force, typed for the program. Meanings, defaults and
// limits are those of CONTRACT.md section 3.
type Settings struct {
	Salesforce struct {
		LoginURL      string // scheme and host, no trailing slash
		ClientID      string // "" where none is set
		RedirectPorts []int
		APIVersion    string // "66.0"
		KeyField      string // "" never looks for one
	}
	Access   struct{ Groups []string }
	Contacts struct {
		Scope string // ScopeAll or ScopeOwn
		Where string
	}
	Leads struct {
		Where *string // nil where unset: Contacts.Where applies if Lead knows its fields
	}
	RelatedTo struct{ Objects []string }
	Share     struct {
		Types  map[string][]string // by channel: the wished Task Types, first one that the org has
		Fields map[string]any      // string, bool, int64 or float64
	}
	Meeting struct {
		Type     []string
		OnCancel string // CancelMark or CancelDelete
		Fields   map[string]any
	}
	Mail struct {
		History   string // TextKeep or TextCut: the earlier mails below a mail
		Signature string // TextKeep or TextCut
	}
	People  struct{ Multiple bool }
	Privacy struct {
		Exclude  []string // lower case: addresses, domains with or without @
		Internal bool
		Body     string // BodyFull or BodyNone
	}
	Web struct {
		Listen         string // host:port
		AllowedOrigins []string
	}
	Inbox struct {
		Path     string // absolute
		Done     string // beside Path
		Rejected string // beside Path
		Keep     time.Duration
	}
	Network   struct{ Proxy string } // ProxySystem, ProxyNone or a URL
	Retention struct{ Delivered time.Duration }
	Security  struct{ RecoveryRecipient string } // an age recipient or ""
	Keychain  struct{ Backend string }           // KeychainSystem or KeychainFile
	UI        struct{ Language string }          // LanguageAuto or a language of words
	Notify    struct{ Enabled bool }
	Log       struct{ Level slog.Level }
}

// The values of the settings that take one of a list.
const (
	ScopeAll       = "all"
	ScopeOwn       = "own"
	CancelMark     = "mark"
	CancelDelete   = "delete"
	TextKeep       = "keep"
	TextCut        = "cut"
	BodyFull       = "full"
	BodyNone       = "none"
	ProxySystem    = "system"
	ProxyNone      = "none"
	KeychainSystem = "system"
	KeychainFile   = "file"
	LanguageAuto   = "auto"
)

// RejectedKeep is how long Rejected keeps a file (CONTRACT.md section 3, inbox.keep).
const RejectedKeep = 30 * 24 * time.Hour
