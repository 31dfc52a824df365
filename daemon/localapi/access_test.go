package localapi

import (
	"slices"
	"testing"
	"time"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
)

const oneShare = `{"kind":"share","channel":"link","subject":"s","url":"https://acme.showpad.biz/1","people":[{"email":"a@b.test"}]}`

func TestAOneTimeLinkOpensThePageOnceAndOutlivesARestart(t *testing.T) {
	b := newBench(t)
	token := b.page()
	b.do(ask{method: "GET", path: "/v1/status", token: token}).wants(t, 200)
	b.restart()
	b.do(ask{method: "GET", path: "/v1/status", token: token}).wants(t, 200)
	b.pass(13 * time.Hour)
	b.do(ask{method: "GET", path: "/v1/status", token: token}).refuses(t, 401, "unauthorized")
	b.do(ask{method: "POST", path: "/v1/session", body: `{"code":"guessed"}`}).refuses(t, 401, "wrong_code")
}

func TestWrongCodesLockOutTheGuesserAndNotTheRep(t *testing.T) {
	b := newBench(t)
	guess := ask{method: "POST", path: "/v1/session", body: `{"code":"guessed"}`}
	for range 10 {
		b.do(guess).refuses(t, 401, "wrong_code")
	}
	b.do(guess).refuses(t, 429, "too_many_requests")
	b.do(ask{method: "GET", path: "/v1/status", token: b.page()}).wants(t, 200)
	b.pass(7 * time.Second)
	b.do(guess).refuses(t, 401, "wrong_code")
	b.do(guess).refuses(t, 429, "too_many_requests")
}

func TestAPagesTokenIsGoodAtItsOwnPortOnly(t *testing.T) {
	b := newBench(t)
	token := b.page()
	b.restartAnywhere() // its old port may be somebody else's now
	b.do(ask{method: "GET", path: "/v1/status", token: token}).refuses(t, 401, "unauthorized")
}

func TestThePortProvesItselfToAPageBeforeThatTellsItsToken(t *testing.T) {
	b := newBench(t)
	token := b.page()
	proved := func() bool {
		hello := decode[apitype.Hello](t, b.do(ask{method: "GET", path: "/v1/hello?n=once"}))
		return slices.Contains(hello.Proofs, access.Proof(token, "once", b.Port))
	}
	if !proved() {
		t.Error("the port does not prove that it knows the page")
	}
	b.pass(13 * time.Hour)
	if proved() {
		t.Error("a token that is over is proved")
	}
}

func TestAPairedPageCapturesFromItsOwnOriginOnly(t *testing.T) {
	b := newBench(t)
	const origin = "https://acme.showpad.biz"
	token, id := b.pair(origin)
	captured := b.do(ask{method: "POST", path: "/v1/activities", token: token, origin: origin, body: oneShare})
	captured.wants(t, 201)
	receipt := decode[apitype.Receipt](t, captured)
	b.do(ask{method: "GET", path: "/v1/activities/" + receipt.ID, token: token, origin: origin}).wants(t, 200)
	if elsewhere := b.do(ask{method: "POST", path: "/v1/activities", token: token, origin: neighbor, body: oneShare}); elsewhere.StatusCode < 400 {
		t.Errorf("the token served another origin: %d", elsewhere.StatusCode)
	}
	if status := b.do(ask{method: "GET", path: "/v1/status", token: token, origin: origin}); status.StatusCode < 400 {
		t.Errorf("a paired page read the status: %d", status.StatusCode)
	}
	hello := b.do(ask{method: "GET", path: "/v1/hello?n=nonce", origin: origin})
	hello.wants(t, 200)
	if proofs := decode[apitype.Hello](t, hello).Proofs; len(proofs) != 1 || proofs[0] != access.Proof(token, "nonce", b.Port) {
		t.Errorf("the proofs are %v", proofs)
	}
	if gone := b.do(ask{method: "DELETE", path: "/v1/pairings/" + id, token: b.Access.Owner()}); gone.StatusCode >= 300 {
		t.Fatalf("unpairing answered %d", gone.StatusCode)
	}
	b.do(ask{method: "POST", path: "/v1/activities", token: token, origin: origin, body: oneShare}).refuses(t, 401, "unauthorized")
}
