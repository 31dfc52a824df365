package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// TestAFirstLoadThatIsKilledGoesOnAndRepeatsAPageAtMost kills the real daemon with SIGKILL
// between two pages of its first copy of people.
func TestAFirstLoadThatIsKilledGoesOnAndRepeatsAPageAtMost(t *testing.T) {
	const people = 6500
	l := newLaptop(t)
	for i := range people {
		l.org.AddContact(sandbox.Person{FirstName: "C", LastName: fmt.Sprintf("Rowd%d", i), Email: fmt.Sprintf("c%d@kunde.test", i)})
	}
	total := len(l.org.Records("Contact"))
	slow := l.org.Inject(sandbox.Slow(400 * time.Millisecond).On(sandbox.QueryMore).Times(1000))
	l.start()

	var watched bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	watch := l.command(ctx, "status", "--watch", "--json")
	watch.Stdout = &watched
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	l.signIn()
	loading := func() *apitype.Loading { return l.status().Directory.Loading }
	l.eventually("a page", func() bool { now := loading(); return now != nil && now.Done >= 2000 })
	now := loading()
	if now == nil || now.Object != "Contact" || now.Total != total {
		t.Errorf("%+v", now)
	}
	if out := l.run("status"); !strings.Contains(out, "Copying for offline use") {
		t.Errorf("%s", out)
	}
	if _, fragment := l.ask("GET", "/ui/today", ""); !strings.Contains(fragment, fmt.Sprintf(`max="%d"`, total)) {
		t.Errorf("%s", fragment)
	}
	l.kill()
	stop()
	_ = watch.Wait() // it was killed
	if !strings.Contains(watched.String(), `"loading":`) {
		t.Errorf("the event stream told %s", watched.String())
	}
	slow()
	l.start()
	l.eventually("the whole copy", func() bool { return l.status().Directory.RefreshedAt != nil })
	read := 0
	for _, c := range l.org.Calls() {
		if strings.Contains(c.SOQL, "FROM Contact") && !strings.Contains(c.SOQL, "LIMIT 1") || c.Purpose == sandbox.QueryMore {
			read += c.Rows
		}
	}
	// The first page is read once more before the load begins in earnest: it tells that there are several.
	if read > total+2000+2000 || l.status().Directory.People < total {
		t.Errorf("%d of %d contacts were read, %d are there", read, total, l.status().Directory.People)
	}
	for _, i := range []int{0, 1999, 2000, 4000, people - 1} {
		name := fmt.Sprintf("Rowd%d", i)
		if out := l.run("people", "search", name, "--limit", "1"); !strings.Contains(out, name) {
			t.Errorf("%s is not found: %s", name, out)
		}
	}
	if calls := l.status().Directory.CallsToday; calls < 4 {
		t.Errorf("%d calls are told", calls)
	}
}
