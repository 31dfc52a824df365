package main

import (
	"math"
	"runtime/debug"
)

// shortLife is how much a command may hold before anything is collected: most are over
// before a collection, which costs a tenth of their time, would have paid.
const shortLife = 64 << 20

// liveShortly lets the process collect nothing up to shortLife.
func liveShortly() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(shortLife)
}

// liveLong lets it collect as Go does by itself: for what goes on for hours.
func liveLong() {
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(math.MaxInt64)
}
