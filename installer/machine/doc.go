// Package machine boots this computer's own files, under an overlay, with a systemd of
// their own in a container, so that tests can install, reboot and remove what takes a
// whole computer. It is for tests alone: it takes Linux, root and systemd-nspawn, and
// imports nothing of ours.
package machine
