// Package sfclient speaks Salesforce REST: versions, describe, queries, single
// and collections writes, and an error for every way in which a call can fail.
//
// It makes calls and tells their outcome. It never sleeps, never repeats a call
// whose outcome is in doubt, keeps no queue and holds no secret: the session comes
// from a Session, the connection from an http.RoundTripper. It imports nothing of
// ours. Facts about Salesforce are those of salesforce.md.
package sfclient
