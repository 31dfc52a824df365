package daemon

import (
	"context"
	"fmt"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// Export gives everything that is not delivered, and counts what is sealed and
// therefore left out.
func (h *Home) Export(context.Context) (apitype.Export, error) {
	items, sealed, err := h.Outbox.Export()
	if items == nil {
		items = []outbox.Exported{} // a list without entries is no null
	}
	return apitype.Export{Items: items, Sealed: sealed}, err
}

// An ImportError names the item of an export that cannot be taken; nothing was
// imported.
type ImportError struct {
	N   int
	Err error
}

func (e *ImportError) Error() string {
	return fmt.Sprintf("daemon: item %d of the export: %v", e.N, e.Err)
}

func (e *ImportError) Unwrap() error { return e.Err }

// Import takes exported items in, all or none; those that are here already are passed
// over. Errors: *ImportError, outbox.ErrFull.
func (h *Home) Import(_ context.Context, items []outbox.Exported) (apitype.Imported, error) {
	for i := range items {
		for _, a := range []error{items[i].Activity.Validate(), validSent(&items[i])} {
			if a != nil {
				return apitype.Imported{}, &ImportError{N: i + 1, Err: a}
			}
		}
	}
	added, known, err := h.Outbox.Import(items)
	return apitype.Imported{Added: added, Known: known}, err
}

func validSent(item *outbox.Exported) error {
	if item.Sent == nil {
		return nil
	}
	return item.Sent.Validate()
}
