package directory

import (
	"bytes"
	"encoding/binary"

	"go.etcd.io/bbolt"
)

// fewChanges is how many rows may have changed before the index is made anew: that many
// are indexed within milliseconds when somebody searches.
const fewChanges = 2000

// changed notes that a row is not in the index as it is now.
func (w *writer) changed(t *table, id string) error {
	if !t.searched {
		return nil
	}
	bucket := w.tx.Bucket(bucketChanged)
	n, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	return bucket.Put(t.owner(id), binary.BigEndian.AppendUint64(nil, n))
}

// changes gives the ids of a table's rows that changed since its index was made.
func changes(tx *bbolt.Tx, t *table) (ids []string) {
	prefix := t.owner("")
	cursor := tx.Bucket(bucketChanged).Cursor()
	for k, _ := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = cursor.Next() {
		ids = append(ids, string(k[len(prefix):]))
	}
	return ids
}

// indexed makes the indexes anew where much has changed. While a load goes on, that is
// when the copy has grown by half: what is there can be searched already.
func (s *syncing) indexed(loading bool) error {
	if loading {
		s.pagesRead++
		if s.pagesRead < s.indexAt {
			return nil
		}
		s.indexAt = s.pagesRead + s.pagesRead/2 + 1
	}
	overgrown := false
	err := s.d.view(func(tx *bbolt.Tx) error {
		for _, t := range tables {
			fresh := tx.Bucket(bucketIndex).Get(pieceName(t, 0)) == nil
			overgrown = overgrown || t.searched && (fresh || len(changes(tx, t)) > fewChanges)
		}
		return nil
	})
	if err != nil || !overgrown {
		return err
	}
	return s.d.reindex()
}

// reindex makes the indexes of all tables anew.
func (d *Directory) reindex() error {
	for _, t := range tables {
		if !t.searched {
			continue
		}
		x, upTo, err := d.buildIndex(t)
		if err != nil {
			return err
		}
		err = d.update(func(tx *bbolt.Tx) error {
			if err := d.storeIndex(tx, t, x); err != nil {
				return err
			}
			return settle(tx, t, upTo)
		})
		if err != nil {
			return err
		}
	}
	d.indexes.rest()
	return nil
}

// settle forgets the changes that an index knows.
func settle(tx *bbolt.Tx, t *table, upTo uint64) error {
	bucket, prefix := tx.Bucket(bucketChanged), t.owner("")
	var known [][]byte
	cursor := bucket.Cursor()
	for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = cursor.Next() {
		if binary.BigEndian.Uint64(v) <= upTo {
			known = append(known, k)
		}
	}
	for _, k := range known {
		if err := bucket.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// buildIndex makes the index of a table as it is now, and tells up to which change.
func (d *Directory) buildIndex(t *table) (x *index, upTo uint64, err error) {
	err = d.view(func(tx *bbolt.Tx) error {
		upTo = tx.Bucket(bucketChanged).Sequence()
		user, err := userOf(tx)
		if err != nil {
			return err
		}
		var places []place
		err = tx.Bucket(t.rows).ForEach(func(id, sealed []byte) error {
			r, err := d.unsealed(t, id, sealed)
			if err == nil {
				places = append(places, placeOf(r, user))
			}
			return err
		})
		if err != nil {
			return err
		}
		x, err = newIndex(places, func(id string) (card, error) {
			r, err := d.get(tx, t, id)
			if err != nil {
				return card{}, err
			}
			return cardOf(r, user), nil
		})
		return err
	})
	return x, upTo, err
}

// userOf is the rep whose copy it is.
func userOf(tx *bbolt.Tx) (string, error) {
	s, err := stateOf(tx)
	if err != nil || s.Filter == nil {
		return "", err
	}
	return s.Filter.UserID, nil
}

func placeOf(r *row, user string) place {
	return place{id: r.ID, name: r.Name, own: user != "" && r.OwnerID == user}
}

func cardOf(r *row, user string) card {
	return card{
		id: r.ID, object: r.Object, name: r.Name, email: r.Email, company: r.Company, own: user != "" && r.OwnerID == user,
	}
}
