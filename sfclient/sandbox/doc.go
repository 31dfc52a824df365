// Package sandbox is a Salesforce org in memory behind real HTTP: for the demo,
// for trying an integration, and for every test that delivers something. It
// answers as salesforce.md says Salesforce answers and refuses what Salesforce
// refuses; where that document knows nothing, the code says what it assumes.
//
// The room imports nothing of ours, on purpose: a type shared with the client
// would hide an error that both sides share. All state sits behind one lock, and
// nothing waits while holding it, so an org also runs inside a testing/synctest
// bubble.
//
// Rules are the org as its admin set it up, faults are what goes wrong on the way;
// both can change while requests run.
package sandbox
