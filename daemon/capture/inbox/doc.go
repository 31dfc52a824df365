// Package inbox is the drop folder: a file put there is captured and moved to
// Done, or moved to Rejected with a note that says why and what to do. Each file
// ends in one of them exactly once, whatever dies in between: capturing goes
// first, by keys that make a second time harmless, and the move is last.
//
// It handles files as things; what they hold is read by file, and what may be
// taken is decided by the door.
package inbox
