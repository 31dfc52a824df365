// Package browser drives the status page in a real Chromium, with a keyboard, in both
// languages, and lets axe-core judge it. It is a module of its own: the product needs
// neither. "go test -C cmd/dev/browser ./..." runs it where Chromium is installed.
package browser
