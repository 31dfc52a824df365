// Package pacing decides when a laptop may call Salesforce and what it reads by itself.
// Each decision is a pure function of state, time, answer and chance: nothing here has a
// clock, waits, stores or calls, and it imports nothing of ours. So ten thousand laptops
// can be driven by what one of them runs (cmd/dev/fleet).
package pacing
