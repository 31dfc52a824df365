package main

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func TestForgettingAPersonDropsTheDraftThatNamesThemAndNoOther(t *testing.T) {
	l := newLaptop(t)
	l.start()
	for path, draft := range map[string]string{
		"/v1/drafts/share":   `{"subject":"Brochure","people":[{"email":"ana@kunde.test"}]}`,
		"/v1/drafts/meeting": `{"subject":"Visit","people":[{"email":"urs@kunde.test"}]}`,
	} {
		if code, text := l.ask(http.MethodPut, path, draft); code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", path, code, text)
		}
	}
	l.run("outbox", "forget", "--email", "ana@kunde.test")
	if _, err := os.Stat(filepath.Join(l.home, "draft-share.age")); err == nil {
		t.Error("the draft that names the person is still there")
	}
	if _, err := os.Stat(filepath.Join(l.home, "draft-meeting.age")); err != nil {
		t.Errorf("another person's draft is gone: %v", err)
	}
}
