// Package outbox is the durable queue between what a rep did and what Salesforce
// holds. An activity that Add acknowledged is on disk; it is in exactly one state
// at any time; claim-before-send and settle-after make every crash leave a state
// from which the next start goes on (DESIGN "Delivery", "Store").
//
// The room knows activities, states and bytes on disk. It makes no network call,
// knows nothing of Salesforce's fields or errors, and tells no sentences: problems
// and notes are codes with particulars.
package outbox
