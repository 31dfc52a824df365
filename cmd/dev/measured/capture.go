package measured

import "time"

// Capture is what one durable write of 1 KiB took at a queue that others wrote, and at the
// floor beside it: a plain write and a sync of the data.
type Capture struct {
	Name       string
	P50, Floor time.Duration
}
