package browser

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"fieldpost/sfclient/sandbox"
)

// captured logs shares by the command, offline or not.
func (l *laptop) captured(subject, to string) {
	l.t.Helper()
	l.run("capture", "share", "--channel", "link", "--subject", subject, "--to", to)
}

// again stops the daemon and starts it with other settings in its environment.
func (l *laptop) again(env ...string) {
	l.t.Helper()
	l.stop()
	l.env = append(l.env, env...)
	l.start()
}

// Each state that a rep can meet is a sentence, a reason and what to do.
func TestEachStateIsDrawnOnPurpose(t *testing.T) {
	states := map[string]struct {
		laptop func(t *testing.T, lang string) *laptop
		en, fr []string
	}{
		"signed-out": {
			func(t *testing.T, lang string) *laptop {
				l := newLaptop(t, lang)
				l.captured("Brochure", "urs@keller.test")
				return l
			},
			[]string{"You are not signed in to Salesforce", "1 activity is safe on this computer", "Sign in to Salesforce"},
			[]string{"Vous n’êtes pas connecté à Salesforce"},
		},
		"sign-in-again": {
			func(t *testing.T, lang string) *laptop {
				l := atWork(t, lang)
				l.org.RevokeGrants(l.org.Rep().ID)
				l.org.ExpireSessions()
				l.captured("Brochure", "urs@keller.test")
				return l
			},
			[]string{"Salesforce asks you to sign in again", "Sign in to Salesforce"},
			[]string{"Salesforce vous demande de vous reconnecter"},
		},
		"blocked-by-admin": {
			func(t *testing.T, lang string) *laptop {
				l := newLaptop(t, lang, `FIELDPOST_ACCESS_GROUPS=["Elsewhere"]`)
				l.org.AddGroup("Elsewhere", "Elsewhere")
				l.captured("Brochure", "urs@keller.test") // later it would be refused
				l.signIn()
				return l
			},
			[]string{"your administrator has not given you access yet"},
			[]string{"Votre administrateur ne vous a pas encore donné accès"},
		},
		"keychain-locked": {
			func(t *testing.T, lang string) *laptop {
				l := atWork(t, lang)
				l.goAway()
				l.captured("Brochure", "urs@keller.test")
				l.again("FIELDPOST_KEYCHAIN_PASSPHRASE=wrong")
				return l
			},
			[]string{"locked: the keychain is not open"},
			[]string{"trousseau"},
		},
		"needs-you": {
			needsYou,
			[]string{"Needs you (3)", "Try all 2 again", "A site asks to log activities for you", "https://acme.showpad.biz", "Refused files", "picture.png"},
			[]string{"À traiter (3)", "Fichiers refusés"},
		},
	}
	for name, state := range states {
		for lang, texts := range map[string][]string{"en": state.en, "fr": state.fr} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				b := opened(t, state.laptop(t, lang))
				b.says(texts...)
				b.accessible("state-" + name)
				b.well()
			})
		}
	}
}

// needsYou is a laptop with everything that asks the rep for something.
func needsYou(t *testing.T, lang string) *laptop {
	l := met(t, lang)
	l.captured("Fine", "urs@keller.test")
	l.captured("Brochure", "stranger@else.test")
	l.captured("Price list", "stranger@else.test")
	l.org.Set(func(r *sandbox.Rules) {
		r.CheckRecord = func(_ string, record map[string]any) string {
			if record["Subject"] == "Forbidden" {
				return "Not in this quarter."
			}
			return ""
		}
	})
	l.captured("Forbidden", "urs@keller.test")
	if err := os.WriteFile(filepath.Join(l.home, "Inbox", "picture.png"), []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.eventually("what needs the rep", func() bool {
		s := l.status()
		return s.Outbox.NeedsAttention == 3 && s.Outbox.Delivered == 1 && s.Inbox.Rejected == 1
	})
	page := strings.TrimSpace(l.run("open", "--print"))
	ask, err := http.NewRequestWithContext(t.Context(), http.MethodPost, page[:strings.Index(page, "/#")]+"/v1/pair", strings.NewReader(`{"name":"Showpad"}`))
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Origin", "https://acme.showpad.biz")
	ask.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusAccepted {
		t.Fatalf("asking to pair: %s", answer.Status)
	}
	return l
}

func TestATabThatIsNotSignedInTellsHowAndALinkWorksOnce(t *testing.T) {
	for lang, texts := range map[string][2]string{
		"en": {"This tab is not signed in to fieldpost", "That link was used already"},
		"fr": {"fieldpost open", "déjà servi"},
	} {
		t.Run(lang, func(t *testing.T) {
			l := newLaptop(t, lang)
			link := strings.TrimSpace(l.run("open", "--print"))
			b := browse(t, l)
			b.goTo(link[:strings.Index(link, "#")])
			b.says(texts[0])
			b.accessible("closed")
			first := browse(t, l)
			first.goTo(link)
			first.see("#now")
			b.goTo("about:blank")
			b.goTo(link)
			b.says(texts[1])
			b.accessible("closed-used")
			b.well()
		})
	}
}

func TestADaemonThatIsGoneIsToldAndFoundAgain(t *testing.T) {
	l := newLaptop(t, "en")
	b := opened(t, l)
	port := l.run("open", "--print")
	port = port[strings.LastIndex(port[:strings.Index(port, "/#")], ":")+1 : strings.Index(port, "/#")]
	l.stop()
	b.says("fieldpost does not answer")
	b.accessible("daemon-gone")
	l.env = append(l.env, "FIELDPOST_WEB_LISTEN=127.0.0.1:"+port)
	l.start()
	run(b, "find it again", chromedp.Poll[bool](`document.querySelector("#lost").hidden`, chromedp.WithPollingInterval(100*time.Millisecond)))
	l.captured("Brochure", "urs@keller.test")
	b.says("Brochure")
}

// Narrow, at 200 %, and on paper nothing is cut off.
func TestThePageFitsNarrowZoomedAndPrinted(t *testing.T) {
	b := opened(t, needsYou(t, "fr"))
	b.says("À traiter (3)")
	fits := func(name string) {
		t.Helper()
		if wide := evaluate[float64](b, "document.documentElement.scrollWidth - innerWidth"); wide > 0 {
			t.Errorf("%s: %v px stick out", name, wide)
		}
		b.accessible(name)
	}
	run(b, "narrow", chromedp.EmulateViewport(320, 640))
	for _, view := range []string{"today", "outbox", "meeting", "settings", "about"} {
		b.press(`nav a[href="#` + view + `"]`)
		b.see(`#view[data-part="` + view + `"] section`)
		fits("narrow-" + view)
	}
	run(b, "zoom", chromedp.EmulateViewport(640, 480, chromedp.EmulateScale(2)))
	b.press(`nav a[href="#today"]`)
	b.see(`#view[data-part="today"] #needs`)
	fits("zoomed")
	run(b, "paper", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	})
	if shown := evaluate[bool](b, `[...document.querySelectorAll("button, nav")].some(e => e.offsetParent !== null)`); shown {
		t.Error("buttons are printed")
	}
	b.picture("printed")
}
