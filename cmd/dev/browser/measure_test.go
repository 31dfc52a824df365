package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestFromOpenToFirstPaint measures, and holds nothing: a machine may be busy.
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
