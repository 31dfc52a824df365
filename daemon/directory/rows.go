package directory

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// row is what is kept of one record, whatever its object.
type row struct {
	ID            string `cbor:"1,keyasint"`
	Object        string `cbor:"2,keyasint"`
	Name          string `cbor:"3,keyasint,omitempty"`
	Email         string `cbor:"4,keyasint,omitempty"`
	Company       string `cbor:"5,keyasint,omitempty"` // of a lead, or the account's name
	AccountID     string `cbor:"6,keyasint,omitempty"`
	OwnerID       string `cbor:"7,keyasint,omitempty"`
	Closed        bool   `cbor:"8,keyasint,omitempty"`
	ContactID     string `cbor:"9,keyasint,omitempty"`
	OpportunityID string `cbor:"10,keyasint,omitempty"`
	Role          string `cbor:"11,keyasint,omitempty"`
	Primary       bool   `cbor:"12,keyasint,omitempty"`
}

// table is one kind of rows, sealed by id, and what finds them besides.
type table struct {
	rows []byte // bucket: id -> sealed row
	// links: what link gives, id -> nothing.
	links []byte
	link  func(v *vault, r *row) []byte
	// searched: the index of type-ahead is made of it.
	searched bool
}

var (
	people  = &table{rows: []byte("people"), links: []byte("addresses"), link: byEmail, searched: true}
	records = &table{rows: []byte("records"), links: []byte("of_account"), link: byAccount, searched: true}
	roles   = &table{rows: []byte("roles"), links: []byte("of_contact"), link: byContact}
	users   = &table{rows: []byte("users"), links: []byte("colleagues"), link: byEmail}

	tables = []*table{people, records, roles, users}
)

func byEmail(v *vault, r *row) []byte {
	if r.Email == "" {
		return nil
	}
	return v.hash(Fold(r.Email))
}

func byAccount(_ *vault, r *row) []byte {
	if r.Object != "Opportunity" {
		return nil
	}
	return []byte(r.AccountID)
}

func byContact(_ *vault, r *row) []byte { return []byte(r.ContactID) }

// owner binds a sealed row to its place.
func (t *table) owner(id string) []byte { return append(append(bytes.Clone(t.rows), '/'), id...) }

// get gives the row with an id, nil where there is none.
func (d *Directory) get(tx *bbolt.Tx, t *table, id string) (*row, error) {
	sealed := tx.Bucket(t.rows).Get([]byte(id))
	if sealed == nil {
		return nil, nil
	}
	return d.unsealed(t, []byte(id), sealed)
}

func (d *Directory) unsealed(t *table, id, sealed []byte) (*row, error) {
	payload, err := d.vault.unseal(nil, sealed, t.owner(string(id)))
	if err != nil {
		return nil, err
	}
	r := &row{}
	if err := cbor.Unmarshal(payload, r); err != nil {
		return nil, fmt.Errorf("%w: a row: %w", ErrDamaged, err)
	}
	return r, nil
}

// linked gives the rows that a link leads to.
func (d *Directory) linked(tx *bbolt.Tx, t *table, link []byte) ([]row, error) {
	var found []row
	if len(link) == 0 {
		return nil, nil
	}
	cursor := tx.Bucket(t.links).Cursor()
	for k, _ := cursor.Seek(link); bytes.HasPrefix(k, link); k, _ = cursor.Next() {
		r, err := d.get(tx, t, string(k[len(link):]))
		if err != nil {
			return nil, err
		}
		if r != nil {
			found = append(found, *r)
		}
	}
	return found, nil
}

// put keeps a row and tells whether it is new or other than before.
func (w *writer) put(t *table, r *row) error {
	if len(r.ID) != idSize {
		return fmt.Errorf("directory: Salesforce calls %s %q, which is no id", r.Object, r.ID)
	}
	before, err := w.d.get(w.tx, t, r.ID)
	if err != nil {
		return err
	}
	if before != nil && *before == *r {
		return nil
	}
	if before != nil {
		if err := w.unlink(t, before); err != nil {
			return err
		}
	} else {
		w.object(r.Object).Rows++
		if err := w.tx.Bucket(bucketMoved).Delete([]byte(r.ID)); err != nil {
			return err // it came back out of the bin
		}
	}
	payload, err := cbor.Marshal(r)
	if err != nil {
		return err
	}
	sealed, err := w.d.vault.seal(payload, t.owner(r.ID))
	if err != nil {
		return err
	}
	if link := t.link(&w.d.vault, r); len(link) > 0 {
		if err := w.tx.Bucket(t.links).Put(append(link, r.ID...), nil); err != nil {
			return err
		}
	}
	bucket := w.tx.Bucket(t.rows)
	bucket.FillPercent = 0.9 // they come in the order of their ids
	if err := bucket.Put([]byte(r.ID), sealed); err != nil {
		return err
	}
	return w.changed(t, r.ID)
}

// drop takes a row out, if it is there.
func (w *writer) drop(t *table, id string) error {
	r, err := w.d.get(w.tx, t, id)
	if err != nil || r == nil {
		return err
	}
	if err := w.unlink(t, r); err != nil {
		return err
	}
	w.object(r.Object).Rows--
	if err := w.tx.Bucket(t.rows).Delete([]byte(id)); err != nil {
		return err
	}
	return w.changed(t, id)
}

func (w *writer) unlink(t *table, r *row) error {
	link := t.link(&w.d.vault, r)
	if len(link) == 0 {
		return nil
	}
	return w.tx.Bucket(t.links).Delete(append(link, r.ID...))
}
