package main

import (
	"strings"
	"testing"
)

func TestThePageNamesWhatAnActivityLooksLike(t *testing.T) {
	l := newLaptop(t)
	l.start()
	l.captured("share", "--channel", "link", "--subject", "Brochure 2027", "--to", "ana@kunde.test", "--url", "https://acme.showpad.biz/share/1")
	l.captured("share", "--channel", "link", "--subject", "Once more", "--to", "bea@kunde.test", "--url", "https://acme.showpad.biz/share/1")
	_, page := l.ask("GET", "/ui/today", "")
	for _, text := range []string{
		"Looks like another of the last 7 days: Link shared with bea@kunde.test · Once more · today",
		"Looks like another of the last 7 days: Link shared with ana@kunde.test · Brochure 2027 · today",
	} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q:\n%s", text, page)
		}
	}
}
