package doctor

import (
	"strconv"
	"strings"

	"fieldpost/outbox"
)

// Laptop is what is known of this computer.
type Laptop struct {
	Keychain *outbox.Problem
	// LostKey: activities that a lost key keeps shut.
	LostKey *outbox.Problem
	// Policy: the administrator's file is broken, Settings: the user's own is.
	Policy, Settings Teller
	// IdentityInFile: the identity lies beside the outbox for want of a keychain.
	IdentityInFile bool
	// Service is how the operating system keeps fieldpost running: running, stopped,
	// crash_looping or not_installed; "" where that is not known.
	Service      string
	InboxMissing bool
	InboxLeft    int
	InboxFolder  string
	OutboxPath   string
	// Salvaged tells of the last damaged outbox file, nil where there was none.
	Salvaged *outbox.Salvage
	// DiskFull: nothing is captured for want of room.
	DiskFull      bool
	WantedAddress string
	Address       string
}

func (l Laptop) checks() []Check {
	return []Check{
		file("policy", l.Policy, Failed, outbox.Admin),
		file("settings", l.Settings, Warning, outbox.You),
		problem("keychain", l.Keychain),
		l.identity(),
		l.service(),
		when(!l.InboxMissing, "inbox", Failed, outbox.You, outbox.Args{"folder": l.InboxFolder}),
		when(l.InboxLeft == 0, "inbox_left", Warning, outbox.You, outbox.Args{"n": strconv.Itoa(l.InboxLeft), "folder": l.InboxFolder}),
		when(l.WantedAddress == l.Address || strings.HasSuffix(l.WantedAddress, ":0"), "port", Warning, outbox.You, outbox.Args{"wanted": l.WantedAddress, "address": l.Address}),
		when(!l.DiskFull, "disk", Failed, outbox.You, nil),
		l.store(),
	}
}

// file is that of settings: where it is broken, what the last good one said stays in force.
func file(code string, broken Teller, result Result, who outbox.Who) Check {
	if broken == nil {
		return ok(code, nil)
	}
	return Check{Code: code, Result: result, Who: who, Teller: broken}
}

// identity is where the key to the outbox lies. A locked keychain does not tell.
func (l Laptop) identity() Check {
	switch {
	case l.LostKey != nil:
		return problem("identity", l.LostKey)
	case l.IdentityInFile:
		return Check{Code: "identity", Result: Warning, Who: outbox.You}
	case l.Keychain != nil:
		return skipped("identity")
	}
	return ok("identity", nil)
}

func (l Laptop) service() Check {
	switch l.Service {
	case "":
		return skipped("service")
	case "stopped", "crash_looping": // it runs, or nobody would be asked: by hand
		return Check{Code: "service", Result: Warning, Who: outbox.You, Problem: &outbox.Problem{Code: "service_beside"}}
	}
	return when(l.Service == "running", "service", Warning, outbox.You, nil)
}

// store tells of a damaged file and what was taken back of it.
func (l Laptop) store() Check {
	if l.Salvaged == nil {
		return ok("store", outbox.Args{"path": l.OutboxPath})
	}
	return Check{Code: "store", Result: Warning, Who: outbox.You, Args: outbox.Args{
		"file": l.Salvaged.File, "found": strconv.Itoa(l.Salvaged.Found), "lost": strconv.Itoa(l.Salvaged.Lost),
	}}
}
