package sandbox_test

import (
	"net/http"
	"testing"

	"fieldpost/sfclient/sandbox"
)

func TestABusyAccountStopsWhatWouldLockIt(t *testing.T) {
	c := start(t)
	account := c.sb.AddAccount("A")
	contact := c.sb.AddContact(sandbox.Person{LastName: "B", Account: account})
	about := `{"WhoId":"` + contact + `","Subject":"s"`
	id := c.made("Task", about+`}`)
	c.sb.Lock(account)
	busy := "unable to obtain exclusive access to this record or 1 records: " + account
	c.made("Task", about+`,"Status":"Completed","ActivityDate":"2026-11-22"}`)
	c.made("Task", about+`}`)
	c.create("Task", about+`,"ActivityDate":"2026-11-22"}`).refused(400, "UNABLE_TO_LOCK_ROW", busy)
	c.create("Event", about+`,"StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":45}`).refused(400, "UNABLE_TO_LOCK_ROW", busy)
	path := data + "/sobjects/Task/" + id
	c.do("PATCH", path, `{"Subject":"t"}`).refused(400, "UNABLE_TO_LOCK_ROW", busy)
	c.do("DELETE", path, "").refused(400, "UNABLE_TO_LOCK_ROW", busy)
	c.sb.Unlock(account)
	c.do("DELETE", path, "").want(http.StatusNoContent)
}
