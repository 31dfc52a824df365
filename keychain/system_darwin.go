package keychain

import (
	"errors"
	"os/exec"
	"slices"
)

func reachable() bool { return true }

// locked recognises the exit codes of security(1) for a keychain that asks its
// owner: the low byte of errSecInteractionNotAllowed (-25308), errSecAuthFailed
// (-25293) and userCanceledErr (-128).
func locked(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && slices.Contains([]int{36, 51, 128}, exit.ExitCode())
}

// shut is not known: macOS tells it only by asking its owner.
func shut() bool { return false }
