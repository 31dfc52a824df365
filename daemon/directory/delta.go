package directory

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"fieldpost/sfclient"
)

// delta reads what changed since a mark. What changed and is not in the listing any more,
// deleted, converted, given to somebody else, is gone.
func (s *syncing) delta(l listing, mark string) error {
	since, err := lookBack(mark)
	if err != nil {
		return s.list(l)
	}
	changed := "SystemModstamp >= " + since
	kept := map[string]bool{}
	newest := mark
	found, err := l.read(s.ctx, s.source, narrowing{where: []string{changed}, tail: " ORDER BY SystemModstamp, Id", stamp: true},
		func(rows []answer, _ int) error {
			for i := range rows {
				kept[rows[i].ID] = true
				newest = max(newest, rows[i].Stamp)
			}
			return s.write(func(w *writer) error {
				for i := range rows {
					if err := w.put(l.table, l.row(&rows[i])); err != nil {
						return err
					}
				}
				return nil
			})
		})
	if err == nil && found == listed {
		var gone []string
		if gone, newest, err = s.left(l, changed, newest, kept); err == nil {
			err = s.write(func(w *writer) error {
				w.object(l.object).Mark = newest
				for _, id := range gone {
					if err := w.drop(l.table, id); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err == nil {
			return s.follow(l, gone)
		}
	}
	if sfclient.Declined(err) || found != listed {
		return s.list(l) // it cannot tell what changed
	}
	return err
}

// left gives the rows of the copy that changed and are not listed any more.
func (s *syncing) left(l listing, changed, newest string, kept map[string]bool) (gone []string, stamp string, err error) {
	soql := "SELECT Id, SystemModstamp FROM " + l.object + " WHERE " + changed
	for page, err := range s.source.QueryAllPages(s.ctx, soql, pageRows) {
		if err != nil {
			return nil, "", err
		}
		rows, err := sfclient.DecodePage[answer](page)
		if err != nil {
			return nil, "", err
		}
		for i := range rows {
			newest = max(newest, rows[i].Stamp)
			if !kept[rows[i].ID] {
				gone = append(gone, rows[i].ID)
			}
		}
	}
	gone, err = s.d.held(l.table, gone)
	return gone, newest, err
}

// follow asks where rows went that are gone: a contact, lead or account that was merged
// has a master, a converted lead its contact.
func (s *syncing) follow(l listing, gone []string) error {
	moved, err := whereTo(s.ctx, s.source, l.object, gone)
	if err != nil || len(moved) == 0 {
		return err
	}
	return s.write(func(w *writer) error { return w.move(moved) })
}

// most is how many ids are asked after at once: more than a merge or a campaign's
// conversions move in a day.
const most = 2000

var fieldsOfTheGone = map[string]string{
	"Contact": "MasterRecordId", "Account": "MasterRecordId", "Lead": "MasterRecordId, ConvertedContactId",
}

// whereTo tells the ids that took the place of others, as far as Salesforce tells.
func whereTo(ctx context.Context, source Source, object string, ids []string) (map[string]string, error) {
	fields := fieldsOfTheGone[object]
	if fields == "" || len(ids) == 0 {
		return nil, nil
	}
	moved := map[string]string{}
	for soql := range sfclient.InQueries("SELECT Id, "+fields+" FROM "+object+" WHERE Id IN ", ids[:min(len(ids), most)], "") {
		for page, err := range source.QueryAllPages(ctx, soql, pageRows) {
			if sfclient.Declined(err) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			rows, err := sfclient.DecodePage[struct {
				ID                 string `json:"Id"`
				MasterRecordID     string `json:"MasterRecordId"`
				ConvertedContactID string `json:"ConvertedContactId"`
			}](page)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if to := r.MasterRecordID + r.ConvertedContactID; len(to) == 18 {
					moved[r.ID] = to
				}
			}
		}
	}
	return moved, nil
}

// maxMoves is how many times an id is followed: a contact may be merged again.
const maxMoves = 8

// move keeps what took the place of what.
func (w *writer) move(moved map[string]string) error {
	for from, to := range moved {
		if err := w.tx.Bucket(bucketMoved).Put([]byte(from), []byte(to)); err != nil {
			return err
		}
	}
	return nil
}

// Current is the id that a record has now: another than before where it was merged or
// converted.
func (d *Directory) Current(id string) (now string, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		now = current(tx, id)
		return nil
	})
	return now, err
}

func current(tx *bbolt.Tx, id string) string {
	for range maxMoves {
		to := tx.Bucket(bucketMoved).Get([]byte(id))
		if to == nil {
			break
		}
		id = string(to)
	}
	return id
}

// held are those of the ids that stand in the copy.
func (d *Directory) held(t *table, ids []string) (found []string, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		found = nil
		for _, id := range ids {
			if tx.Bucket(t.rows).Get([]byte(id)) != nil {
				found = append(found, id)
			}
		}
		return nil
	})
	return found, err
}

// stampForm is how Salesforce writes a moment.
const stampForm = "2006-01-02T15:04:05.000-0700"

// lookBack is a mark less the overlap, as SOQL takes it.
func lookBack(mark string) (string, error) {
	at, err := time.Parse(stampForm, mark)
	return at.UTC().Add(-overlap).Format("2006-01-02T15:04:05Z"), err
}
