package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"fieldpost/sfclient"
)

// Source is Salesforce as the directory asks it.
type Source interface {
	Query(ctx context.Context, soql string, batch int) iter.Seq2[json.RawMessage, error]
}

// row is what the directory's queries select.
type row struct {
	ID      string `json:"Id"`
	Name    string
	Email   string
	Company string
	OwnerID string `json:"OwnerId"`
	Account *struct{ Name string }
}

func (r *row) account() string {
	if r.Account == nil {
		return ""
	}
	return r.Account.Name
}

// pageRows asks for the largest pages there are (salesforce.md 7.1).
const pageRows = 2000

const (
	soqlContacts = "SELECT Id, Name, Email, Account.Name, OwnerId FROM Contact WHERE Email != null"
	soqlLeads    = "SELECT Id, Name, Email, Company, OwnerId FROM Lead WHERE IsConverted = false AND Email != null"
	soqlAccounts = "SELECT Id, Name, OwnerId FROM Account"
	soqlDeals    = "SELECT Id, Name, Account.Name, OwnerId FROM Opportunity"
)

// Sync copies contacts, leads, accounts and opportunities down anew, the people through
// the filter. The old copy serves until the new one is complete. An object that the rep
// may not see is passed over. Errors: a *ConditionError, ErrForgotten, or what the
// calls met.
func (d *Directory) Sync(ctx context.Context, source Source, filter Filter, now time.Time) (Stats, error) {
	fresh, epoch := &load{}, d.epoch.Load()
	stats := Stats{RefreshedAt: now}
	for _, q := range filter.people(fresh) {
		left, err := q.read(ctx, source, nil)
		if err != nil {
			return Stats{}, fmt.Errorf("directory: %w", err)
		}
		stats.LeadsLeftOut = stats.LeadsLeftOut || left
	}
	for _, step := range []struct {
		soql string
		keep func(*row)
	}{{soqlAccounts, fresh.record("Account")}, {soqlDeals, fresh.record("Opportunity")}} {
		if err := list(ctx, source, step.soql, step.keep); err != nil {
			return Stats{}, fmt.Errorf("directory: %w", err)
		}
	}
	stats.People, stats.Records = len(fresh.people), len(fresh.records)
	return stats, d.replace(epoch, fresh, filter, stats)
}

// list reads what a query finds, nothing where the rep may not see the object. A rep who
// may not see accounts is still given the rest of each row.
func list(ctx context.Context, source Source, soql string, keep func(*row)) error {
	err := read(ctx, source, soql, keep)
	if bare := withoutAccount(soql); sfclient.Declined(err) && bare != soql {
		err = read(ctx, source, bare, keep)
	}
	return unlessHidden(err)
}

// unlessHidden lets an object that the rep may not see have nobody. Any other refusal says
// nothing about who is there.
func unlessHidden(err error) error {
	if sfclient.Hidden(err) {
		return nil
	}
	return err
}

// withoutAccount asks a query without the account's name.
func withoutAccount(soql string) string { return strings.Replace(soql, " Account.Name,", "", 1) }

func read(ctx context.Context, source Source, soql string, keep func(*row)) error {
	for r, err := range sfclient.Decode[row](source.Query(ctx, soql, pageRows)) {
		if err != nil {
			return err
		}
		keep(&r)
	}
	return nil
}

// load is a copy on its way down.
type load struct {
	people  []Person
	records []Entry
}

func (l *load) contact(r *row) {
	l.people = append(l.people, Person{ID: r.ID, Object: "Contact", Name: r.Name, Email: r.Email, Company: r.account(), OwnerID: r.OwnerID})
}

func (l *load) lead(r *row) {
	l.people = append(l.people, Person{ID: r.ID, Object: "Lead", Name: r.Name, Email: r.Email, Company: r.Company, OwnerID: r.OwnerID})
}

func (l *load) record(object string) func(*row) {
	return func(r *row) {
		l.records = append(l.records, Entry{ID: r.ID, Object: object, Name: r.Name, Account: r.account(), OwnerID: r.OwnerID})
	}
}

func (d *Directory) replace(epoch int64, fresh *load, filter Filter, stats Stats) error {
	made, err := json.Marshal(filter)
	if err != nil {
		return err
	}
	d.ForgetMisses()
	return d.keep(epoch, func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketPeople, bucketEmails, bucketRecords} {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		for i := range fresh.people {
			if err := putPerson(tx, &fresh.people[i]); err != nil {
				return err
			}
		}
		for _, r := range fresh.records {
			value, err := json.Marshal(r)
			if err != nil {
				return err
			}
			if err := tx.Bucket(bucketRecords).Put([]byte(r.ID), value); err != nil {
				return err
			}
		}
		if err := tx.Bucket(bucketMeta).Put(metaFilter, made); err != nil {
			return err
		}
		return putStats(tx, stats)
	})
}

func putPerson(tx *bbolt.Tx, p *Person) error {
	value, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := tx.Bucket(bucketPeople).Put([]byte(p.ID), value); err != nil {
		return err
	}
	key := append(append([]byte(Fold(p.Email)), 0), p.ID...)
	return tx.Bucket(bucketEmails).Put(key, nil)
}

func putStats(tx *bbolt.Tx, stats Stats) error {
	counts, err := json.Marshal(stats)
	if err != nil {
		return err
	}
	at, err := stats.RefreshedAt.MarshalBinary()
	if err != nil {
		return err
	}
	meta := tx.Bucket(bucketMeta)
	if err := meta.Put(metaCounts, counts); err != nil {
		return err
	}
	return meta.Put(metaRefreshed, at)
}
