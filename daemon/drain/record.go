package drain

import (
	"context"

	"fieldpost/daemon/crm"
	"fieldpost/outbox"
)

// Record makes the record that a delivered item was sent as, by the facts and people
// of now.
func (d *Drain) Record(ctx context.Context, item *outbox.Item) (*crm.Record, error) {
	facts, err := d.Org.Facts(ctx)
	if err != nil {
		return nil, err
	}
	w := item.Work()
	people, err := d.resolve(ctx, w)
	if err != nil {
		return nil, err
	}
	return crm.Build(ItemOf(&w, people, d.Org), facts, d.Org.Rules())
}
