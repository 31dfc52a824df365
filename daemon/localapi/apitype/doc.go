// Package apitype is the shape of what goes over the local port (CONTRACT
// section 4): what the daemon answers, what its client reads, what the status
// page renders. It turns outbox terms into that shape, told in the rep's language
// by the printer it is given, and knows nothing of HTTP.
package apitype
