package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is the status page in a tab of a real Chromium.
type tab struct {
	t   *testing.T
	l   *laptop
	ctx context.Context
	// faults are what the page's script and its policies complain about.
	faults chan string
}

// chromium is the browser's program, or the test is skipped.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("CI has no Chromium")
	}
	t.Skip("SKIP: no Chromium here")
	return ""
}

// browse starts a Chromium of its own with an empty tab.
func browse(t *testing.T, l *laptop, flags ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", l.lang), chromedp.WindowSize(1000, 900))
	parent, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(options, flags...)...)
	b := &tab{t: t, l: l, faults: make(chan string, 100)}
	ctx, end := chromedp.NewContext(parent, chromedp.WithListener(func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			b.faults <- fmt.Sprint(e.ExceptionDetails.Text, " ", e.ExceptionDetails.Exception)
		}
	}))
	b.ctx = ctx
	t.Cleanup(func() { end(); stop() })
	if _, err := chromedp.Run(ctx, chromedp.Navigate("about:blank")); err != nil { // the first lasts as long as the browser
		t.Fatal(err)
	}
	return b
}

// opened is the page, as "fieldpost open" opens it.
func opened(t *testing.T, l *laptop) *tab {
	t.Helper()
	b := browse(t, l)
	b.goTo(strings.TrimSpace(l.run("open", "--print")))
	b.see("#now")
	return b
}

func run[T any](b *tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\nthe page says:\n%s", what, err, b.text())
	}
	return value
}

// text is what the page says, "" where it cannot be asked.
func (b *tab) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	return text
}

func (b *tab) goTo(address string) {
	b.t.Helper()
	run(b, "open the page", chromedp.Navigate(address))
}

// view follows the link of the page's own menu.
func (b *tab) view(name, shows string) {
	b.t.Helper()
	b.press(`nav a[href="#` + name + `"]`)
	b.see(`#view[data-part="` + name + `"] ` + shows)
}

func (b *tab) see(selector string) {
	b.t.Helper()
	run(b, "see "+selector, chromedp.WaitVisible(selector))
}

func (b *tab) press(selector string) {
	b.t.Helper()
	run(b, "press "+selector, chromedp.Click(selector))
}

// say waits until the page says each text.
func (b *tab) says(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		run(b, "read "+text, chromedp.Poll[bool]("document.body.innerText.includes("+quote(text)+")", chromedp.WithPollingInterval(50*time.Millisecond)))
	}
}

// keys types at whatever has the focus.
func (b *tab) keys(keys string, options ...chromedp.KeyOption) {
	b.t.Helper()
	run(b, "type "+keys, chromedp.KeyEvent(keys, append(options, asKeyboards)...))
}

// asKeyboards presses a key as a keyboard does: what the page prevents types nothing.
func asKeyboards(key *input.DispatchKeyEventParams) {
	if key.Type == input.DispatchKeyEventTypeKeyDown {
		key.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// picture writes a screenshot of the whole page where FIELDPOST_SCREENSHOTS says.
func (b *tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("FIELDPOST_SCREENSHOTS")
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	run(b, "come to the front", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, page.BringToFront, cdp.Empty{}) // a tab behind another may never be drawn
	})
	data := run(b, "take a picture", chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(folder, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// theme asks for a colour scheme, as the system would.
func (b *tab) theme(name string) {
	b.t.Helper()
	run(b, "theme "+name, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
	})
}

// violation is what axe-core finds.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// accessible lets axe-core judge the page as it is, by WCAG 2.2 AA, in both themes, and
// takes pictures of both.
func (b *tab) accessible(name string) {
	b.t.Helper()
	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		b.picture(name + "-" + b.l.lang + "-" + theme)
		b.judge(name + ", " + theme)
	}
	b.theme("light")
}

func (b *tab) judge(name string) {
	b.t.Helper()
	path := os.Getenv("FIELDPOST_AXE")
	if path == "" {
		if os.Getenv("CI") != "" {
			b.t.Fatal("CI has no axe-core")
		}
		b.t.Log("SKIP: FIELDPOST_AXE names no axe.min.js; " + name + " is not judged")
		return
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if evaluate[bool](b, "window.axe === undefined") {
		run(b, "load axe", chromedp.Evaluate[bool](string(axe)+";true"))
	}
	found := evaluate[[]violation](b, `axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`)
	for _, v := range found {
		b.t.Errorf("%s: axe finds %s (%s): %+v", name, v.ID, v.Help, v.Nodes)
	}
}

// well holds that the script met no fault.
func (b *tab) well() {
	b.t.Helper()
	for {
		select {
		case fault := <-b.faults:
			b.t.Errorf("the page's script: %s", fault)
		default:
			return
		}
	}
}

func quote(text string) string {
	data, _ := json.Marshal(text) // a string always can be
	return string(data)
}
