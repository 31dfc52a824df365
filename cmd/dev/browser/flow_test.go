package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"fieldpost/sfclient/sandbox"
)

// met is a laptop whose rep knows somebody with an account.
func met(t *testing.T, lang string) *laptop {
	t.Helper()
	l := newLaptop(t, lang)
	keller := l.org.AddAccount("Keller AG")
	l.org.AddContact(sandbox.Person{FirstName: "Urs", LastName: "Keller", Email: "urs@keller.test", Account: keller})
	l.signIn()
	l.eventually("the people", func() bool { return l.status().Directory.RefreshedAt != nil })
	return l
}

func TestAMeetingIsLoggedByKeyboardWithoutANetworkAndDeliveredLater(t *testing.T) {
	for lang, texts := range map[string][]string{
		"en": {"Meeting with Keller AG", "Safe on this computer", "In Salesforce: event"},
		"fr": {"Réunion avec Keller AG", "Enregistré sur cet ordinateur", "Dans Salesforce"},
	} {
		t.Run(lang, func(t *testing.T) {
			l := met(t, lang)
			b := opened(t, l)
			l.goAway()
			b.view("meeting", "#log")
			began := time.Now()
			b.hasFocus("#who")
			b.keys("kel")
			b.see("#who-list [role=option]")
			b.accessible("meeting-typing")
			b.hasFocus("#who")
			b.keys(kb.ArrowDown) // opens it again, should a picture have closed it
			b.see("#who-list [aria-selected=true]")
			b.keys(kb.Enter)
			b.see(".chips li")
			b.see(`input[name=related][value*="Keller"]`)
			b.keys("\t") // past the chip's button is the subject, offered already
			b.keys(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
			b.says(texts[1])
			b.see("#logged li")
			t.Logf("%s: logged by keyboard in %s, pictures and axe included", lang, time.Since(began).Round(time.Millisecond))
			b.says(texts[0])
			b.hasFocus("#who")
			b.accessible("meeting-logged")
			l.comeBack()
			b.says(texts[2])
			if events := l.org.Records("Event"); len(events) != 1 || events[0]["Subject"] != texts[0] {
				t.Errorf("Salesforce has %v", events)
			}
			b.well()
		})
	}
}

// inEachLanguage runs a flow with a rep of each language.
func inEachLanguage(t *testing.T, flow func(t *testing.T, lang string)) {
	for _, lang := range []string{"en", "fr"} {
		t.Run(lang, func(t *testing.T) { flow(t, lang) })
	}
}

// in gives the text of a language.
func in(lang, en, fr string) string {
	if lang == "fr" {
		return fr
	}
	return en
}

func (b *tab) hasFocus(selector string) {
	b.t.Helper()
	run(b, "focus on "+selector, chromedp.Poll[bool]("document.activeElement?.matches("+quote(selector)+")", chromedp.WithPollingInterval(30*time.Millisecond)))
}

func TestWhatWasTypedSurvivesAClosedTab(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, lang string) {
		l := met(t, lang)
		b := opened(t, l)
		b.view("share", "#log")
		b.hasFocus("#who")
		b.keys("new@person.test,")
		b.see(".chips li")
		run(b, "type", chromedp.SendKeys("#subject", "Brochure 2027"))
		l.eventually("the draft", func() bool {
			sealed, err := os.ReadFile(filepath.Join(l.home, "draft-share.age"))
			return err == nil && len(sealed) > 0 && !strings.Contains(string(sealed), "Brochure")
		})
		time.Sleep(400 * time.Millisecond) // what was typed last is kept after 300 ms
		again := opened(t, l)
		again.view("share", "#log")
		again.says("new@person.test")
		if got := run(again, "read", chromedp.Value("#subject")); got != "Brochure 2027" {
			t.Errorf("the subject is %q", got)
		}
		again.press("#log button.main")
		again.says(in(lang, "Safe on this computer", "Enregistré sur cet ordinateur"))
		if out := l.run("outbox", "list", "--json"); !strings.Contains(out, `"key"`) {
			t.Errorf("a form that is sent twice would be logged twice: it has no key in %s", out)
		}
		if _, err := os.Stat(filepath.Join(l.home, "draft-share.age")); err == nil {
			t.Error("the draft outlives its activity")
		}
		again.well()
	})
}

func TestAnActivityIsFoundReadChangedHeldAndPutIntoTheBin(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		t.Run(lang, func(t *testing.T) {
			l := met(t, lang)
			l.goAway()
			l.run("capture", "share", "--channel", "link", "--subject", "Brochure 2027", "--to", "urs@keller.test", "--url", "https://acme.showpad.biz/share/1")
			l.run("capture", "share", "--channel", "link", "--subject", "Something else", "--to", "nobody@keller.test")
			b := opened(t, l)
			b.accessible("today-waiting")
			b.view("outbox", "#filter")
			b.says("Something else")
			run(b, "search", chromedp.SendKeys("#outbox-q", "brochure"))
			run(b, "narrow", chromedp.Poll[bool](`document.querySelectorAll("#items .rows > li").length === 1`))
			b.accessible("outbox-found")
			b.press("#items summary")
			b.press(`#items a[href^="#item"]`)
			b.see("#preview")
			b.accessible("item-waiting")
			b.press("#change summary")
			run(b, "clear", chromedp.Clear("#subject"))
			run(b, "change", chromedp.SendKeys("#subject", "Brochure 2028"))
			b.accessible("item-changing")
			b.press("#edit button.main")
			run(b, "read", chromedp.Poll[bool](`document.querySelector("#item").innerText.includes("Brochure 2028") && document.querySelector("#preview").innerText.includes("Brochure 2028")`))
			b.press(`#item button[data-path$="/hold"]`)
			b.see("#item .held")
			b.press(`#item button[data-path$="/release"]`)
			b.see("#item .waiting")
			b.press(`#item button[data-method="DELETE"]`)
			b.see("#item .discarded")
			b.accessible("item-discarded")
			b.press(`#item button[data-path$="/restore"]`)
			b.see("#item .waiting")
			l.comeBack()
			b.see("#item .delivered")
			b.accessible("item-delivered")
			if tasks := l.org.Records("Task"); len(tasks) != 1 || tasks[0]["Subject"] != "Brochure 2028" {
				t.Errorf("Salesforce has %v", tasks)
			}
			b.press("#withdraw summary")
			b.press(`#withdraw button`)
			b.see("#item .discarded")
			b.well()
		})
	}
}

func TestASettingIsChangedAndPutBack(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, lang string) {
		l := met(t, lang)
		b := opened(t, l)
		b.view("settings", "#settings")
		run(b, "change", chromedp.Evaluate[any](`document.querySelector("#set-contacts-scope-value").value = "own", null`))
		run(b, "type elsewhere", chromedp.Evaluate[any](`document.querySelector("#set-retention-delivered-value").value = "14d", null`))
		b.press("#set-contacts-scope button[type=submit]")
		b.says(in(lang, "Saved.", "Enregistré."), in(lang, "set by you", "réglé par vous"))
		if kept := evaluate[string](b, `document.querySelector("#set-retention-delivered-value").value`); kept != "14d" {
			t.Errorf("saving one setting put %q where another was typed", kept)
		}
		if out := l.run("config", "get", "contacts.scope"); !strings.Contains(out, "own") {
			t.Errorf("it is %s", out)
		}
		b.press("#set-contacts-scope button[data-method=PATCH]")
		run(b, "put back", chromedp.WaitNotPresent("#set-contacts-scope button[data-method=PATCH]"))
		if out := l.run("config", "get", "contacts.scope"); !strings.Contains(out, "all") {
			t.Errorf("it is %s", out)
		}
		evaluate[any](b, `document.querySelector("#set-inbox-keep-value").value = "a while", null`)
		b.press("#set-inbox-keep button[type=submit]")
		b.says("inbox.keep")
		b.well()
	})
}

func TestMailsAreHandedOverOnThePage(t *testing.T) {
	inEachLanguage(t, func(t *testing.T, lang string) {
		l := met(t, lang)
		file := filepath.Join(t.TempDir(), "offer.eml")
		mail := "From: Rep <ana.ruiz@acme.example>\r\nTo: Urs Keller <urs@keller.test>\r\nSubject: Offer\r\nDate: Fri, 20 Nov 2026 16:40:12 +0100\r\nMessage-ID: <1@acme.example>\r\n\r\nHello\r\n"
		if err := os.WriteFile(file, []byte(mail), 0o600); err != nil {
			t.Fatal(err)
		}
		wrong := filepath.Join(t.TempDir(), "picture.png")
		if err := os.WriteFile(wrong, []byte("\x89PNG"), 0o600); err != nil {
			t.Fatal(err)
		}
		b := opened(t, l)
		run(b, "choose", chromedp.SetUploadFiles("input[type=file]", []string{file, wrong}))
		b.says(in(lang, "Activities captured: 1.", "Activités enregistrées\u00a0: 1."), "picture.png")
		b.says(in(lang, "Email to Urs Keller", "E-mail à Urs Keller"))
		b.accessible("today-delivered")
		b.well()
	})
}
