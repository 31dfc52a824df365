// Package access keeps who may talk to the local port (CONTRACT section 4, "Who
// may"): the owner's token, the status pages that traded a one-time code, the
// origins that the rep paired. It keeps hashes, never tokens, in one small file
// for the user alone, and knows nothing of HTTP.
package access
