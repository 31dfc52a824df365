// Package orgbundle writes what an org needs for fieldpost as a Salesforce DX
// project that an administrator reads and deploys: the app to sign in with, the key
// field, who may use it, the Task Type values, a report, and a README with the steps
// that no metadata can take.
//
// It is pure: what it is told becomes files. It asks no Salesforce, and nothing it
// writes holds a secret.
package orgbundle
