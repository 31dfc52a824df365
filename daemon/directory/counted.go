package directory

import (
	"context"
	"iter"

	"fieldpost/sfclient"
)

// counted is a Source whose calls are counted, and which is not asked any more once the
// org's allowance is scarce.
type counted struct {
	Source
	of *syncing
}

func (c counted) QueryPages(ctx context.Context, soql string, batch int) iter.Seq2[sfclient.Page, error] {
	return c.count(c.Source.QueryPages(ctx, soql, batch))
}

func (c counted) QueryAllPages(ctx context.Context, soql string, batch int) iter.Seq2[sfclient.Page, error] {
	return c.count(c.Source.QueryAllPages(ctx, soql, batch))
}

func (c counted) count(pages iter.Seq2[sfclient.Page, error]) iter.Seq2[sfclient.Page, error] {
	return func(yield func(sfclient.Page, error) bool) {
		if err := c.of.spare(); err != nil {
			yield(sfclient.Page{}, err)
			return
		}
		for page, err := range pages {
			c.of.calls++
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}
