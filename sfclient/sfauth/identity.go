package sfauth

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"fieldpost/sfclient"
)

const maxAnswer = 1 << 20 // bytes

// identity is what both identity resources tell of the user.
type identity struct {
	OrgID     string `json:"organization_id"`
	UserID    string `json:"user_id"`
	Username  string `json:"username"`
	Preferred string `json:"preferred_username"`
	Email     string `json:"email"`
}

// account tells whose tokens these are. The ids stand in the token answer; the
// username takes a call, and a sign-in is not given up for want of it.
func (e *endpoint) account(ctx context.Context, t tokens) (Account, error) {
	told := e.identify(ctx, t)
	if t.org == "" {
		t.org, t.user = told.OrgID, told.UserID
	}
	if t.org == "" || t.user == "" {
		return Account{}, &sfclient.ForeignError{Status: http.StatusOK, Kind: sfclient.Garbled}
	}
	return Account{
		OrgID:       t.org,
		UserID:      t.user,
		Username:    told.Username,
		Email:       told.Email,
		InstanceURL: t.instance,
		LoginURL:    e.login,
		ClientID:    e.config.ClientID,
	}, nil
}

// identify asks the identity URL, or the instance's userinfo where a token must
// not go to that URL's host or where it does not answer.
func (e *endpoint) identify(ctx context.Context, t tokens) identity {
	addresses := []string{t.instance + "/services/oauth2/userinfo"}
	if _, ok := trustedOrigin(t.identity, e.login); ok {
		addresses = append([]string{t.identity + "?format=json"}, addresses...)
	}
	for _, address := range addresses {
		if told, err := e.whoIs(ctx, address, t.access); err == nil {
			return told
		}
	}
	return identity{}
}

func (e *endpoint) whoIs(ctx context.Context, address, access string) (identity, error) {
	ctx, cancel := e.within(ctx)
	defer cancel()
	var told identity
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return told, err
	}
	request.Header.Set("Authorization", "Bearer "+access)
	request.Header.Set("Accept", "application/json")
	response, err := e.http.Do(request)
	if err != nil {
		return told, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return told, sfclient.Foreign(response.StatusCode, response.Header)
	}
	err = json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&told)
	if told.Username == "" {
		told.Username = told.Preferred
	}
	return told, err
}
