package keychain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"filippo.io/age"
)

const (
	fileVersion = 1
	// workFactor is the base-2 logarithm of scrypt's cost: 32 MiB. The library's
	// own choice would take 264 MiB each time.
	workFactor = 15
)

// sealed is the content of the file; both parts are age files.
type sealed struct {
	Version int `json:"version"`
	// Identity is the text of an X25519 identity, sealed by the passphrase. It is
	// empty as long as there is no file.
	Identity []byte `json:"identity"`
	// Secrets is a JSON object from name to secret, sealed to the identity.
	Secrets []byte `json:"secrets"`
}

func parseSealed(data []byte) (sealed, error) {
	var content sealed
	if err := json.Unmarshal(data, &content); err != nil {
		return sealed{}, ErrDamaged
	}
	if content.Version != fileVersion || len(content.Identity) == 0 || len(content.Secrets) == 0 {
		return sealed{}, ErrDamaged
	}
	return content, nil
}

func (s *sealed) encode() ([]byte, error) { return json.Marshal(s) }

// unseal opens the identity by the passphrase, at the price of one derivation. A
// wrong passphrase is ErrLocked.
func (s *sealed) unseal(passphrase string, cost int) (*age.X25519Identity, error) {
	key, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, ErrLocked
	}
	key.SetMaxWorkFactor(cost)
	text, err := open(s.Identity, key)
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(text))
	if err != nil {
		return nil, ErrDamaged
	}
	return identity, nil
}

// newIdentity makes an identity and seals it, at the price of one derivation.
func (s *sealed) newIdentity(passphrase string, cost int) (*age.X25519Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	key, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, ErrLocked
	}
	key.SetWorkFactor(cost)
	s.Identity, err = seal([]byte(identity.String()), key)
	return identity, err
}

func (s *sealed) openSecrets(identity age.Identity) (map[string]string, error) {
	secrets := map[string]string{}
	if len(s.Secrets) == 0 {
		return secrets, nil
	}
	text, err := open(s.Secrets, identity)
	if err != nil || json.Unmarshal(text, &secrets) != nil {
		return nil, ErrDamaged
	}
	return secrets, nil
}

func (s *sealed) sealSecrets(identity *age.X25519Identity, secrets map[string]string) error {
	text, err := json.Marshal(secrets)
	if err != nil {
		return err
	}
	s.Secrets, err = seal(text, identity.Recipient())
	return err
}

// open gives ErrLocked for a key that does not fit, ErrDamaged for all else.
func open(data []byte, key age.Identity) ([]byte, error) {
	plain, err := age.Decrypt(bytes.NewReader(data), key)
	var unfit *age.NoIdentityMatchError
	if errors.As(err, &unfit) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, ErrDamaged
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return nil, ErrDamaged
	}
	return text, nil
}

func seal(text []byte, to age.Recipient) ([]byte, error) {
	var data bytes.Buffer
	writer, err := age.Encrypt(&data, to)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(text); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}
