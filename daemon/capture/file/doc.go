// Package file turns a dropped file into drafts: it knows which reader a file is
// for, and what a mail or a calendar means for the rep. It reads bytes and names;
// where a file lies and what becomes of it is the business of inbox.
package file
