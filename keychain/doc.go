// Package keychain keeps a few short secrets (a refresh token, an age identity)
// where the operating system keeps secrets, or, only where asked for, in a file
// sealed by a passphrase.
//
// Each backend has the same three calls, Get, Set and Delete; each call ends
// within CallTimeout, and every failure is one of this package's errors: absent,
// locked, unavailable, too big, damaged. No error quotes a secret or what a system
// tool printed. It imports nothing of ours.
package keychain
