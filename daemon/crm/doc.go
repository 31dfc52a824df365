// Package crm is the one place that knows both sides: what a rep did and what
// Salesforce takes. It turns an activity and the facts of an org into the exact
// record, and Salesforce's answer into an outcome with a remedy.
//
// Both are pure: no network call, no store, no clock of its own. The facts come
// from describe (facts.go), the record is made in record.go and its neighbours,
// the answers are judged by the table in answers.go.
package crm
