// Package capture is the one door by which activities come in: from the local
// port, the command line and the drop folder. It turns untrusted input into
// drafts, refuses what cannot be taken with a reason a person understands, and
// applies the privacy settings before anything is written.
//
// The parsers stand in rooms of their own (mail, calendar, file, inbox) and know
// nothing of the outbox's store: only Intake hands drafts on. The room makes no
// network call and asks Salesforce nothing.
package capture
