package daemon

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"fieldpost/daemon/drain"
	"fieldpost/sfclient"
)

func TestAfterAChangeOfTheNetworkNoConnectionFromBeforeIsUsed(t *testing.T) {
	ports := map[string]bool{}
	org := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ports[r.RemoteAddr] = true }))
	defer org.Close()
	d := &Daemon{Parts: Parts{Transport: sfclient.NewTransport(nil)}, drain: drain.New(drain.Parts{Now: time.Now, Elapsed: elapsed()})}
	for call, want := range []int{1, 1, 2} {
		if call == 2 {
			d.reconnect()
		}
		answer, err := (&http.Client{Transport: d.Transport}).Get(org.URL)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if len(ports) != want {
			t.Errorf("call %d: %d connections, want %d", call, len(ports), want)
		}
	}
}
