package outbox

import (
	"time"

	"github.com/fxamacker/cbor/v2"

	"fieldpost/outbox/activity"
)

// head is where an item stands: everything that routing, counting and listing
// need, and nothing of what the rep did or with whom.
type head struct {
	State      State         `cbor:"1,keyasint"`
	Kind       activity.Kind `cbor:"2,keyasint"`
	Source     Source        `cbor:"3,keyasint"`
	CapturedAt time.Time     `cbor:"4,keyasint"`
	// Account is the number of the account the item is bound to; 0 is none.
	Account   uint32    `cbor:"5,keyasint,omitempty"`
	Attempts  int       `cbor:"6,keyasint,omitempty"`
	NextAt    time.Time `cbor:"7,keyasint,omitzero"`
	Problem   string    `cbor:"8,keyasint,omitempty"`
	Who       Who       `cbor:"9,keyasint,omitempty"`
	Record    *Record   `cbor:"10,keyasint,omitempty"`
	Delivered time.Time `cbor:"11,keyasint,omitzero"`
	Claim     *Claim    `cbor:"12,keyasint,omitempty"`
	Doubt     *Doubt    `cbor:"13,keyasint,omitempty"`
	Pending   Pending   `cbor:"14,keyasint,omitempty"`
	Notes     uint16    `cbor:"15,keyasint,omitempty"`
	// Private is the sealed particulars of the problem, under PrivateKey.
	Private    []byte `cbor:"16,keyasint,omitempty"`
	PrivateKey keyID  `cbor:"17,keyasint,omitzero"`
	// Key is the salted hash of the capture's key, empty where it had none.
	Key []byte `cbor:"18,keyasint,omitempty"`
	// DiscardedAt is when it was put into the bin.
	DiscardedAt time.Time `cbor:"19,keyasint,omitzero"`
	// Occasion is the hash of what names a meeting across its versions, empty for none, and
	// Version the newest that was told of it (occasion.go).
	Occasion []byte  `cbor:"21,keyasint,omitempty"`
	Version  version `cbor:"22,keyasint,omitzero"`
	// Update is a version that could not be folded in yet, sealed under UpdateKey, and
	// Cancellation one that was told after it.
	Update       []byte        `cbor:"23,keyasint,omitempty"`
	UpdateKey    keyID         `cbor:"24,keyasint,omitzero"`
	Cancellation *cancellation `cbor:"28,keyasint,omitempty"`
	// CalledOff: the item is in the bin because its meeting was cancelled, not because the
	// rep put it there.
	CalledOff bool `cbor:"26,keyasint,omitempty"`
	// DeleteSent: a call went out that deletes the record; its outcome may be unknown.
	DeleteSent bool `cbor:"27,keyasint,omitempty"`
	// Doubted: the record was written by a call that repeated one in doubt, which may still
	// be carried out for a while.
	Doubted bool `cbor:"29,keyasint,omitempty"`
	// Deletes: the meeting was cancelled while it was in doubt; a record that is found is
	// deleted.
	Deletes bool `cbor:"25,keyasint,omitempty"`
	// Purged: the content is gone, this line of the ledger is what is left.
	Purged bool `cbor:"20,keyasint,omitempty"`

	revision uint32
}

// when is the time that the index of states keeps, zero for none.
func (h *head) when() time.Time {
	switch {
	case h.Purged:
		return time.Time{}
	case h.State == Delivered:
		return h.Delivered
	case h.State == Discarded:
		return h.DiscardedAt
	}
	return h.NextAt
}

// Pending says what delivering an item means.
type Pending string

// What is to be done in Salesforce: create a record (the usual), or change or
// remove the one that the item became.
const (
	PendingCreate Pending = ""
	PendingUpdate Pending = "update"
	PendingDelete Pending = "delete"
)

// Claim is the stored word that an item is being sent.
type Claim struct {
	At time.Time `cbor:"1,keyasint"`
	// Mode is the way of delivery the sender chose (DESIGN "Delivery").
	Mode string `cbor:"2,keyasint,omitempty"`
}

// Doubt says that an item may already be in Salesforce: a call went out and its
// outcome was never learned.
type Doubt struct {
	// Since is when the doubtful call was claimed.
	Since time.Time `cbor:"1,keyasint"`
	// Mode is the claim's, "" where it is not known.
	Mode string `cbor:"2,keyasint,omitempty"`
}

var encoding = func() cbor.EncMode {
	mode, err := cbor.EncOptions{Time: cbor.TimeUnixMicro, OmitEmpty: cbor.OmitEmptyGoValue}.EncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	return mode
}()

func (h *head) encode(id itemID) ([]byte, error) { return clear(frameHead, id, h.revision, h) }

func decodeHead(value []byte, id itemID) (*head, error) {
	h := &head{}
	var err error
	h.revision, err = readClear(value, frameHead, id, h)
	return h, err
}
