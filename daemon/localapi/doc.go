// Package localapi is the loopback port of CONTRACT section 4: its routes, the
// guard before them, and what each answers. The application stands behind small
// interfaces that this room owns; a nil one means that its routes do not exist.
//
// A laptop's port is reached by every web page its rep visits (reliability.md
// section 5), so nothing passes but by the guard, and no route decides for itself
// who may call it: that stands in the table of routes.go.
package localapi
