package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/notify/notifytest"
	"fieldpost/sfclient/sandbox"
)

func TestTheDesktopIsToldOnlyWhenAHumanIsNeededAndAClickOpensThePage(t *testing.T) {
	if os.Getenv("FIELDPOST_DESKTOP") != "bus" {
		t.Skip("SKIP: needs a session bus; .ci/run makes one")
	}
	desktop := notifytest.New(t, "actions", "body")
	l := newLaptop(t)
	opened := filepath.Join(l.home, "opened")
	programs := t.TempDir()
	browser := "#!/bin/sh\nprintf %s \"$1\" > '" + opened + ".new' && mv '" + opened + ".new' '" + opened + "'\n"
	if err := os.WriteFile(filepath.Join(programs, "xdg-open"), []byte(browser), 0o700); err != nil {
		t.Fatal(err)
	}
	l.env = []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "DBUS_SESSION_BUS_ADDRESS=" + os.Getenv("DBUS_SESSION_BUS_ADDRESS")}
	l.org.AddContact(sandbox.Person{LastName: "Keller", Email: "urs@keller.test"})
	l.start()
	l.signIn()

	l.run("capture", "share", "--channel", "link", "--subject", "Fine", "--to", "urs@keller.test")
	l.eventually("delivery", func() bool { return l.status().Outbox.Delivered == 1 })
	l.run("capture", "share", "--channel", "link", "--subject", "Secret offer", "--to", "stranger@else.test")
	note := shownWithin(t, desktop, 20*time.Second)
	if note.Title != "1 activity needs you" || strings.Contains(note.Text, "stranger") || strings.Contains(note.Text, "Secret") {
		t.Errorf("told %+v", note)
	}
	l.run("capture", "share", "--channel", "link", "--subject", "Another", "--to", "stranger@other.test")

	if err := os.WriteFile(filepath.Join(l.home, "Inbox", "picture.png"), []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	if note := shownWithin(t, desktop, 20*time.Second); note.Title != "A file in your drop folder was refused" {
		t.Errorf("told %+v", note)
	}

	desktop.Click(note.ID)
	l.eventually("a browser", func() bool { _, err := os.Stat(opened); return err == nil })
	address, err := os.ReadFile(opened)
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse(string(address))
	if err != nil {
		t.Fatal(err)
	}
	code := strings.TrimPrefix(page.Fragment, "code=")
	if status, answer := l.ask(http.MethodPost, "/v1/session", `{"code":"`+code+`"}`); status != http.StatusOK {
		t.Errorf("the page that a click opens is refused: %d %s", status, answer)
	}

	l.kill()
	l.start() // the same day: nothing is told again
	select {
	case note := <-desktop.Shown:
		t.Errorf("told again: %+v", note)
	case <-time.After(5 * time.Second):
	}

	l.run("config", "set", "notify.enabled", "false")
	if status := l.pairs("https://acme.showpad.biz"); status != http.StatusAccepted {
		t.Fatalf("asking to pair: %d", status)
	}
	select {
	case note := <-desktop.Shown:
		t.Errorf("told although that is off: %+v", note)
	case <-time.After(5 * time.Second):
	}
	l.run("config", "set", "notify.enabled", "true")
	if note := shownWithin(t, desktop, 20*time.Second); !strings.Contains(note.Text, "https://acme.showpad.biz asks") {
		t.Errorf("told %+v", note)
	}
}

// pairs asks to pair, as a page of origin does.
func (l *laptop) pairs(origin string) (status int) {
	l.t.Helper()
	request, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.address().URL+"/v1/pair", strings.NewReader(`{"name":"Showpad"}`))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func shownWithin(t *testing.T, desktop *notifytest.Desktop, limit time.Duration) notifytest.Shown {
	t.Helper()
	select {
	case note := <-desktop.Shown:
		return note
	case <-time.After(limit):
		t.Fatal("the desktop was not told")
		panic("unreachable")
	}
}
