package sandbox_test

import (
	"fmt"
	"net/http/httptest"
	"time"

	"fieldpost/sfclient/sandbox"
)

func Example() {
	sb := sandbox.New(sandbox.Config{Empty: true})
	server := httptest.NewServer(sb) // what a client signs in to
	defer server.Close()

	account := sb.AddAccount("Łódź Medical")
	sb.AddContact(sandbox.Person{FirstName: "Zoë", LastName: "Wójcik", Email: "zoe@lodz.example", Account: account})
	sb.Set(func(r *sandbox.Rules) { r.RotateRefresh, r.LockSessionsToIP = true, true })
	sb.Inject(sandbox.Slow(150 * time.Millisecond))
	sb.Inject(sandbox.Drop().AfterCommit().On(sandbox.CreateMany).Times(1))

	fmt.Println(sb.Rep().Username, len(sb.Records("Contact")), len(sb.CallsFor(sandbox.CreateMany)))
	// Output: ana.ruiz@acme.example 1 0
}
