package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"fieldpost/sfclient/sandbox"
)

func TestARepSignsInAndOutOnThePage(t *testing.T) {
	for lang, texts := range map[string][2]string{"en": {"Online as ana.ruiz@acme.example", "You are signed out."}, "fr": {"En ligne\u00a0: ana.ruiz@acme.example", "Vous êtes déconnecté"}} {
		t.Run(lang, func(t *testing.T) {
			l := newLaptop(t, lang)
			b := opened(t, l)
			b.press("#sign-in") // Salesforce opens in a tab of its own and consents at once
			b.says(texts[0])
			b.press("#sign-out summary")
			b.accessible("signing-out")
			b.press("#sign-out button")
			b.says(texts[1])
			b.see("#sign-in")
			b.well()
		})
	}
}

func TestARepSaysOnceWhoAnAddressIs(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		t.Run(lang, func(t *testing.T) {
			l := met(t, lang)
			l.captured("Brochure", "urs.private@mail.example")
			l.captured("Price list", "urs.private@mail.example")
			l.captured("Newsletter", "robot@list.example")
			l.eventually("questions", func() bool { return l.status().Outbox.NeedsAttention == 3 })
			b := opened(t, l)
			b.press(`#needs a[href^="#item"]`) // the newest, of the robot
			b.see("#unresolved input")
			b.accessible("item-who")
			b.press(`#unresolved button[data-body*='"ignore":"person"']`)
			run(b, "answer", chromedp.WaitNotPresent("#unresolved"))
			b.view("people", "#unresolved")
			b.accessible("people-who")
			run(b, "find", chromedp.SendKeys("#unresolved input", "kel"))
			b.see(`#unresolved [role=option]`)
			b.accessible("people-finding")
			run(b, "focus", chromedp.Focus("#unresolved input"))
			b.keys(kb.ArrowDown)
			b.see(`#unresolved [aria-selected=true]`)
			b.keys(kb.Enter)
			run(b, "answer", chromedp.WaitNotPresent("#unresolved"))
			l.eventually("both", func() bool { return l.status().Outbox.Delivered == 2 })
			b.well()
		})
	}
}

func TestWhatHasOneCauseIsTriedAgainTogether(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		t.Run(lang, func(t *testing.T) {
			l := met(t, lang)
			l.org.Set(func(r *sandbox.Rules) {
				r.CheckRecord = func(string, map[string]any) string { return "Not this quarter." }
			})
			for _, subject := range []string{"One", "Two", "Three"} {
				l.captured(subject, "urs@keller.test")
			}
			l.eventually("refusals", func() bool { return l.status().Outbox.NeedsAttention == 3 })
			l.org.Set(func(r *sandbox.Rules) { r.CheckRecord = nil })
			b := opened(t, l)
			b.view("outbox", "#items .causes")
			b.accessible("outbox-causes")
			b.press("#items .causes button")
			run(b, "settle", chromedp.WaitNotPresent("#items .causes"))
			l.eventually("all", func() bool { return l.status().Outbox.Delivered == 3 })
			b.well()
		})
	}
}

func TestWhatWasCapturedSignedOutIsClaimedOnThePage(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, lang string) {
		l := met(t, lang)
		l.org.AddUser("bo@acme.example", "Bo", "Li")
		l.run("auth", "logout", "--keep-waiting")
		l.org.Set(func(r *sandbox.Rules) { r.SignInAs = "bo@acme.example" })
		l.signIn()
		l.run("auth", "logout", "--keep-waiting")
		l.captured("Whose", "urs@keller.test")
		l.signIn()
		b := opened(t, l)
		b.accessible("claim")
		b.press(`#warnings button[data-path$="/claim"]`)
		b.says(in(lang, "In Salesforce: task", "Dans Salesforce\u00a0: tâche"))
		b.well()
	})
}

func TestFilesAreDroppedAnywhereOnThePage(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, lang string) {
		l := met(t, lang)
		b := opened(t, l)
		b.view("people", "#search")
		mail := strings.Join([]string{"From: ana.ruiz@acme.example", "To: Urs Keller <urs@keller.test>", "Subject: Dropped", "Date: Fri, 20 Nov 2026 16:40:12 +0100", "Message-ID: <2@acme.example>", "", "Hello"}, "\\r\\n")
		over := `const files = new DataTransfer(); files.items.add(new File(["` + mail + `"], "dropped.eml")); const go = (kind) => document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));`
		if shown := evaluate[bool](b, `(() => { `+over+` go("dragover"); return getComputedStyle(document.getElementById("drop")).display !== "none"; })()`); !shown {
			t.Error("the page does not show that it takes the file")
		}
		evaluate[any](b, `(() => { `+over+` go("drop"); return null; })()`)
		b.says(in(lang, "Activities captured: 1.", "Activités enregistrées\u00a0: 1."))
		l.eventually("delivery", func() bool { return l.status().Outbox.Delivered == 1 })
		b.well()
	})
}

func TestTheThemeIsSwitchedAndKept(t *testing.T) {
	b := opened(t, newLaptop(t, "en"))
	b.theme("light")
	b.press("#theme")
	if got := evaluate[string](b, "document.documentElement.dataset.theme"); got != "dark" {
		t.Errorf("the theme is %q", got)
	}
	run(b, "load anew", chromedp.Reload())
	b.see("#now")
	if got := evaluate[string](b, "getComputedStyle(document.documentElement).colorScheme"); got != "dark" {
		t.Errorf("after loading anew the theme is %q", got)
	}
}
