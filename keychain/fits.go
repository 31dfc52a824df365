package keychain

import (
	"encoding/base64"
	"runtime"
)

// fits checks the size before the system is asked: macOS cuts or echoes what is
// too long (components.md section 2).
func fits(service, name, secret string) bool { return fitsOn(runtime.GOOS, service, name, secret) }

func fitsOn(system, service, name, secret string) bool {
	switch system {
	case "windows":
		return len(secret) <= 2560 && len(service) < 512
	case "darwin":
		return macCommand(service, name, secret) <= 4096
	}
	return true
}

// macCommand is the length of the command that go-keyring gives to security(1),
// the three values quoted and the secret in base64.
func macCommand(service, name, secret string) int {
	const words = "add-generic-password -U -s '' -a '' -w ''\n"
	const prefix = "go-keyring-base64:"
	return len(words) + len(service) + len(name) + len(prefix) + base64.StdEncoding.EncodedLen(len(secret))
}
