package sfauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Secrets is the keychain. An absent secret is an error that is fs.ErrNotExist.
type Secrets interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

// vault keeps the refresh token in two slots, so that writing a rotated one never
// touches the one before. Each slot carries a generation: the highest is the
// token to use. There is no pointer to flip, for a crash between writing a slot
// and flipping it would present the rotated-away token first, and Salesforce
// answers that by revoking the new one too (salesforce.md section 1.5).
type vault struct {
	secrets Secrets
	names   [2]string
}

// newVault names the slots after the store, so that two homes never share one.
func newVault(secrets Secrets, store string) *vault {
	return &vault{secrets: secrets, names: [2]string{"refresh-token-a/" + store, "refresh-token-b/" + store}}
}

// kept is the content of a slot. It names its account, so that one rep's token
// is never presented as another's.
type kept struct {
	Generation int    `json:"generation"`
	Account    string `json:"account"`
	Token      string `json:"token"`
	name       string
}

// slots reads both, the newest first. What is not of our making counts as absent.
func (v *vault) slots(ctx context.Context) ([]kept, error) {
	var all []kept
	for _, name := range v.names {
		text, err := v.secrets.Get(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading the refresh token: %w", err)
		}
		k := kept{name: name}
		if json.Unmarshal([]byte(text), &k) == nil && k.Token != "" {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Compare(b.Generation, a.Generation) })
	return all, nil
}

// load gives the account's tokens, the newest first.
func (v *vault) load(ctx context.Context, account Account) ([]string, error) {
	all, err := v.slots(ctx)
	if err != nil {
		return nil, err
	}
	var tokens []string
	for _, k := range all {
		if k.Account == account.key() {
			tokens = append(tokens, k.Token)
		}
	}
	return tokens, nil
}

// save writes a token to the slot that does not hold the newest, and reads it
// back.
func (v *vault) save(ctx context.Context, account Account, token string) error {
	all, err := v.slots(ctx)
	if err != nil {
		return err
	}
	k := kept{Generation: 1, Account: account.key(), Token: token, name: v.names[0]}
	if len(all) > 0 {
		k.Generation = all[0].Generation + 1
		k.name = v.other(all[0].name)
	}
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := v.secrets.Set(ctx, k.name, string(text)); err != nil {
		return fmt.Errorf("keeping the refresh token: %w", err)
	}
	back, err := v.secrets.Get(ctx, k.name)
	if err != nil {
		return fmt.Errorf("reading the refresh token back: %w", err)
	}
	if back != string(text) {
		return &Error{Code: TokenNotKept, Who: User}
	}
	return nil
}

// dropOlder forgets all but the newest token: another rep's, after a sign-in.
func (v *vault) dropOlder(ctx context.Context) error {
	all, err := v.slots(ctx)
	if err != nil || len(all) < 2 {
		return err
	}
	return v.secrets.Delete(ctx, all[1].name)
}

func (v *vault) clear(ctx context.Context) error {
	return errors.Join(v.secrets.Delete(ctx, v.names[0]), v.secrets.Delete(ctx, v.names[1]))
}

func (v *vault) other(name string) string {
	if name == v.names[0] {
		return v.names[1]
	}
	return v.names[0]
}
