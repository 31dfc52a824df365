package localapi

import (
	"encoding/json"
	"fmt"
	"os"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/ownfile"
)

// Announce writes api.json at path: where the daemon is and the owner's token, for
// this user alone. It is called once the daemon is ready; withdraw removes the
// file again, unless another daemon has written its own since.
func Announce(path, url, token string) (withdraw func() error, err error) {
	address := apitype.Address{URL: url, Token: token, PID: os.Getpid()}
	data, err := json.Marshal(address)
	if err == nil {
		err = ownfile.Replace(path, data)
	}
	if err != nil {
		return nil, fmt.Errorf("localapi: %w", err)
	}
	return func() error {
		if now, err := os.ReadFile(path); err != nil || string(now) != string(data) {
			return nil
		}
		return os.Remove(path)
	}, nil
}
