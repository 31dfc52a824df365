package outbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// An export file is JSON, or the same JSON sealed: two armoured age files, one
// behind the other. The first is a fresh identity sealed by the passphrase, the
// second the JSON, sealed to that identity and to the company's recovery key where
// there is one (age does not mix a passphrase with other recipients). Anybody with
// age and one of the two can open it.

// exportVersion is what this program writes and the newest it reads.
const exportVersion = 1

type exportFile struct {
	Version    int        `json:"fieldpost_export"`
	ExportedAt time.Time  `json:"exported_at"`
	Items      []Exported `json:"items"`
}

// Errors of reading an export.
var (
	// ErrNoExport: the file is no export of fieldpost's, or was cut.
	ErrNoExport = errors.New("outbox: this is no export file")
	// ErrWrongPassphrase: the passphrase, or the identity, does not open it.
	ErrWrongPassphrase = errors.New("outbox: the passphrase does not open this export")
	// ErrPassphraseNeeded: the export is sealed and nothing was given to open it.
	ErrPassphraseNeeded = errors.New("outbox: this export is sealed by a passphrase")
)

// WriteExport writes items as plain JSON.
func WriteExport(w io.Writer, items []Exported, now time.Time) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(exportFile{Version: exportVersion, ExportedAt: now.UTC(), Items: items})
}

// WriteSealedExport writes items sealed by a passphrase, and to recovery where it is
// not nil.
func WriteSealedExport(w io.Writer, items []Exported, now time.Time, passphrase string, recovery age.Recipient) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	lock, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	recipients := []age.Recipient{identity.Recipient()}
	if recovery != nil {
		recipients = append(recipients, recovery)
	}
	err = sealTo(w, []age.Recipient{lock}, func(w io.Writer) error {
		_, err := io.WriteString(w, identity.String())
		return err
	})
	if err != nil {
		return err
	}
	return sealTo(w, recipients, func(w io.Writer) error { return WriteExport(w, items, now) })
}

func sealTo(w io.Writer, recipients []age.Recipient, write func(io.Writer) error) error {
	armoured := armor.NewWriter(w)
	sealed, err := age.Encrypt(armoured, recipients...)
	if err != nil {
		return err
	}
	return errors.Join(write(sealed), sealed.Close(), armoured.Close())
}

// ReadExport reads an export of either form. A sealed one is opened by the
// identity, where it is not nil, else by what passphrase gives.
func ReadExport(data []byte, passphrase func() (string, error), identity age.Identity) ([]Exported, error) {
	lock, content, sealed := splitExport(data)
	if !sealed {
		return decodeExport(data)
	}
	if identity == nil {
		var err error
		if identity, err = openLock(lock, passphrase); err != nil {
			return nil, err
		}
	}
	plain, err := openArmoured(content, identity)
	if err != nil {
		return nil, err
	}
	return decodeExport(plain)
}

// splitExport parts the two armoured files.
func splitExport(data []byte) (lock, content []byte, sealed bool) {
	data = bytes.TrimSpace(data)
	if !bytes.HasPrefix(data, []byte(armor.Header)) {
		return nil, nil, false
	}
	end := bytes.Index(data, []byte(armor.Footer))
	if end < 0 {
		return data, nil, true
	}
	end += len(armor.Footer)
	return data[:end], bytes.TrimSpace(data[end:]), true
}

func openLock(lock []byte, passphrase func() (string, error)) (age.Identity, error) {
	given, err := passphrase()
	if err != nil {
		return nil, err
	}
	if given == "" {
		return nil, ErrPassphraseNeeded
	}
	key, err := age.NewScryptIdentity(given)
	if err != nil {
		return nil, err
	}
	text, err := openArmoured(lock, key)
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(string(text))
}

func openArmoured(data []byte, identity age.Identity) ([]byte, error) {
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(data)), identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, ErrWrongPassphrase
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	return plain, nil
}

func decodeExport(data []byte) ([]Exported, error) {
	var file exportFile
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	switch {
	case file.Version < 1:
		return nil, ErrNoExport
	case file.Version > exportVersion:
		return nil, fmt.Errorf("%w: a newer fieldpost wrote it (version %d)", ErrNoExport, file.Version)
	}
	return file.Items, nil
}
