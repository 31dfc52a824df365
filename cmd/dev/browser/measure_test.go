package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestFromOpenToFirstPaint measures, and holds nothing: a machine may be busy.
func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2].Round(time.Millisecond)
}

// TestAMeetingWithAKnownContactIsLoggedByKeyboard measures from the form to the receipt:
// what a person's fingers and eyes take comes on top.
func TestAMeetingWithAKnownContactIsLoggedByKeyboard(t *testing.T) {
	l := met(t, "en")
	b := opened(t, l)
	b.view("meeting", "#log")
	var took []time.Duration
	for range 5 {
		b.hasFocus("#who")
		began := time.Now()
		b.keys("kel")
		b.see("#who-list [aria-selected=true]")
		b.keys(kb.Enter)
		b.see(`input[name=related][value*="Keller"]`)
		b.keys(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
		b.see("#logged li")
		took = append(took, time.Since(began))
		b.view("today", "#now")
		b.view("meeting", "#log")
	}
	t.Logf("a meeting by five keys, median of 5: %s", middle(took))
}

func TestFromOpenToFirstPaint(t *testing.T) {
	l := met(t, "en")
	for range 30 {
		l.captured("Brochure", "urs@keller.test")
	}
	b := browse(t, l)
	var open, paint, drawn []time.Duration
	for range 5 {
		b.goTo("about:blank")
		began := time.Now()
		link := strings.TrimSpace(l.run("open", "--print"))
		opened := time.Since(began)
		b.goTo(link)
		b.see("#now")
		drawn = append(drawn, time.Since(began))
		first := run(b, "first paint", chromedp.Evaluate[float64](`performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		open = append(open, opened)
		paint = append(paint, opened+time.Duration(first*float64(time.Millisecond)))
	}
	middle := func(all []time.Duration) time.Duration {
		slices.Sort(all)
		return all[len(all)/2].Round(time.Millisecond)
	}
	t.Logf("from fieldpost open, median of 5: link %s, first paint %s, drawn with 30 activities %s", middle(open), middle(paint), middle(drawn))
}
