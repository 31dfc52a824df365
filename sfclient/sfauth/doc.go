// Package sfauth signs a rep in to Salesforce and keeps the session alive:
// authorization code with PKCE through the system browser and a loopback redirect,
// and one refresher per account.
//
// Tokens live in memory and behind Secrets, nowhere else: no error, log line or
// page holds one. The refresher alone renews a session, and a rotated refresh
// token is kept safe before the access token that came with it is used. The room
// may use sfclient; it opens no browser, stores no account facts and speaks no
// language: texts are handed in. Facts about Salesforce are those of salesforce.md
// sections 1 and 2.
package sfauth
