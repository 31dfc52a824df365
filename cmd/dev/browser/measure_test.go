package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

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

// figuresEnv names a file for what is measured here, as JSON in milliseconds: what "dev
// bench" reads.
const figuresEnv = "FIELDPOST_FIGURES"

// TestFromOpenToFirstPaint measures, and holds nothing: a machine may be busy.
func TestFromOpenToFirstPaint(t *testing.T) {
	l := met(t, "en")
	for range 30 {
		l.captured("Brochure", "urs@keller.test")
	}
	b := browse(t, l)
	var open, first, paint, drawn, told []time.Duration
	for i := range 5 {
		b.goTo("about:blank")
		began := time.Now()
		link := strings.TrimSpace(l.run("open", "--print"))
		opened := time.Since(began)
		b.goTo(link)
		b.see("#now")
		drawn = append(drawn, time.Since(began))
		painted := run(b, "first paint", chromedp.Poll[float64](`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`))
		open = append(open, opened)
		first = append(first, time.Duration(painted*float64(time.Millisecond)))
		paint = append(paint, opened+time.Duration(painted*float64(time.Millisecond)))
		told = append(told, b.untilTold(fmt.Sprint("Just now ", i)))
	}
	t.Logf("from fieldpost open, median of 5: link %s, first paint %s, drawn with 30 activities %s", middle(open), middle(paint), middle(drawn))
	t.Logf("the page alone: first paint %s, an event shown after %s", middle(first), middle(told))
	if path := os.Getenv(figuresEnv); path != "" {
		text, err := json.Marshal(map[string]float64{"first_paint": ms(middle(first)), "update": ms(middle(told))})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// untilTold captures an activity and gives how long after its receipt the page shows it,
// by the page's own clock, which is this computer's.
func (b *tab) untilTold(subject string) time.Duration {
	b.t.Helper()
	run(b, "watch the page", chromedp.Evaluate[bool](`window.shownAt = 0; new MutationObserver((_, o) => {
		if (document.body.innerText.includes(`+quote(subject)+`)) { window.shownAt = Date.now(); o.disconnect() }
	}).observe(document.body, {subtree: true, childList: true}), true`))
	b.l.captured(subject, "urs@keller.test")
	receipt := time.Now()
	run(b, "see the activity", chromedp.Poll[bool]("window.shownAt > 0", chromedp.WithPollingInterval(50*time.Millisecond)))
	shown := run(b, "when it was shown", chromedp.Evaluate[float64]("window.shownAt"))
	return time.UnixMilli(int64(shown)).Sub(receipt)
}
