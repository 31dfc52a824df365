package keychain

func reachable() bool { return true }

// locked is never so: the Credential Manager is open as long as its owner is
// signed in.
func locked(error) bool { return false }

// shut is never so.
func shut() bool { return false }
