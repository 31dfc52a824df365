package directory

import (
	"bytes"
	"errors"

	"fieldpost/daemon/pacing"
	"fieldpost/sfclient"
)

// errLarge says that a listing takes several pages, and that its mark is wanted first.
var errLarge = errors.New("directory: more than a page")

// list reads all rows of an object in the order of their ids, from where an earlier
// listing stopped. What stands in the copy between two ids and is not in the page is gone.
func (s *syncing) list(l listing) error {
	at, err := s.listing(l)
	if err != nil {
		return err
	}
	marked := at.Mark != "" || at.After != ""
	for {
		var gone []string
		found, err := s.pages(l, at, marked, &gone)
		if errors.Is(err, errLarge) {
			marked = true
			if at.Mark, err = s.newest(l); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		return s.finish(l, at, found, gone)
	}
}

// listing takes up the listing of an object that is under way, or begins one.
func (s *syncing) listing(l listing) (*progress, error) {
	state, err := s.d.state()
	if err != nil {
		return nil, err
	}
	if o := state.Objects[l.object]; o != nil && o.Listing != nil && s.now.Sub(o.Listing.BegunAt) < pacing.RelistAge {
		return o.Listing, nil
	}
	return &progress{BegunAt: s.now}, nil
}

// newest is the latest SystemModstamp of an object, "" where Salesforce does not tell:
// what changes from now on has a later one.
func (s *syncing) newest(l listing) (string, error) {
	stamp := ""
	soql := "SELECT SystemModstamp FROM " + l.object + " ORDER BY SystemModstamp DESC LIMIT 1"
	for page, err := range s.source.QueryPages(s.ctx, soql, 0) {
		if err == nil {
			var rows []answer
			if rows, err = sfclient.DecodePage[answer](page); err == nil && len(rows) == 1 {
				stamp = rows[0].Stamp
			}
		}
		if err != nil && !sfclient.Declined(err) {
			return "", err
		}
	}
	return stamp, nil
}

func (s *syncing) pages(l listing, at *progress, marked bool, gone *[]string) (outcome, error) {
	n := narrowing{tail: " ORDER BY Id"}
	if at.After != "" {
		n.where = []string{"Id > " + sfclient.Quote(at.After)}
	}
	before := at.Done
	return l.read(s.ctx, s.source, n, func(rows []answer, total int) error {
		if !marked && total > pageRows {
			return errLarge
		}
		at.Total = before + total
		err := s.write(func(w *writer) error {
			o := w.object(l.object)
			o.Listing, o.Prefix, o.Hidden = at, l.prefix, false
			upTo := at.After
			listed := map[string]bool{}
			for i := range rows {
				if err := w.put(l.table, l.row(&rows[i])); err != nil {
					return err
				}
				listed[rows[i].ID] = true
				upTo = max(upTo, rows[i].ID)
			}
			swept, err := w.sweep(l.table, l.prefix, at.After, upTo, listed)
			*gone = append(*gone, swept...)
			at.After, at.Done = upTo, at.Done+len(rows)
			return err
		})
		if err != nil {
			return err
		}
		if s.plan.OnPage != nil {
			s.plan.OnPage()
		}
		if at.Done >= at.Total {
			return nil
		}
		if err := s.indexed(true); err != nil {
			return err
		}
		return s.spare()
	})
}

// finish ends a listing: what stands behind its last id is gone as well.
func (s *syncing) finish(l listing, at *progress, found outcome, gone []string) error {
	err := s.write(func(w *writer) error {
		swept, err := w.sweep(l.table, l.prefix, at.After, l.prefix+"\xff", nil)
		gone = append(gone, swept...)
		o := w.object(l.object)
		o.Listing, o.ListedAt, o.Mark, o.Hidden, o.Prefix = nil, s.now, at.Mark, found != listed, l.prefix
		if l.object == "Lead" {
			w.state.LeadsLeftOut = found == leftOut
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.follow(l, gone)
}

// sweep drops the rows of an object behind one id and up to another that were not listed.
func (w *writer) sweep(t *table, prefix, behind, upTo string, listed map[string]bool) (gone []string, err error) {
	cursor := w.tx.Bucket(t.rows).Cursor()
	for k, _ := cursor.Seek([]byte(max(prefix, behind))); bytes.HasPrefix(k, []byte(prefix)) && string(k) <= upTo; k, _ = cursor.Next() {
		if id := string(k); id > behind && !listed[id] {
			gone = append(gone, id)
		}
	}
	for _, id := range gone {
		if err := w.drop(t, id); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// dropObject takes all rows of an object out.
func (w *writer) dropObject(name string) error {
	o := w.state.Objects[name]
	for _, t := range tables {
		if _, err := w.sweep(t, o.Prefix, "", o.Prefix+"\xff", nil); err != nil {
			return err
		}
	}
	delete(w.state.Objects, name)
	return nil
}
