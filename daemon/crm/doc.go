// Package crm is the one place that knows both sides: what a rep did and what
// Salesforce takes. It turns an activity and the facts of an org into the exact
// record, and Salesforce's answer into an outcome with a remedy.
//
// Both are pure: no store, no clock of its own, and no call but those that read the
// facts through what the caller hands in (read.go). What the facts say is in facts.go
// and access.go, the record is made in record.go and its neighbours, with a reason for
// each field, and the answers are judged by the table in outcomes.go.
package crm
