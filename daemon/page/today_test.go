package page_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

func TestTheLastDaysAreDrawnAndToldInWords(t *testing.T) {
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	view := page.Today{Now: now, Days: []outbox.Day{
		{Date: now.AddDate(0, 0, -2), ByState: map[outbox.State]int{outbox.Delivered: 3, outbox.Waiting: 1}},
		{Date: now.AddDate(0, 0, -1)},
		{Date: now, ByState: map[outbox.State]int{outbox.Held: 2}},
	}}
	for lang, want := range map[string][]string{
		"en": {"Last 3 days: 6 captured = 3 in Salesforce + 1 waiting + 2 on hold", "26 November: 4 captured = 3 in Salesforce + 1 waiting", "today: 2 captured = 2 on hold"},
		"fr": {"3 derniers jours\u00a0: 6 enregistrées = 3 dans Salesforce + 1 en attente + 2 en pause"},
	} {
		var drawn strings.Builder
		if err := page.Draw(&drawn, words.In(lang), view); err != nil {
			t.Fatal(err)
		}
		text := html.UnescapeString(drawn.String())
		for _, told := range want {
			if strings.Count(text, told) < 2 {
				t.Errorf("%s: %q is not both seen and heard in\n%s", lang, told, text)
			}
		}
		// Three of the highest day's four are delivered: three quarters of 48.
		if !strings.Contains(text, `<rect class="delivered" x="0" y="12.0" width="8" height="36.0"/>`) {
			t.Errorf("%s: the bar is wrong in\n%s", lang, text)
		}
	}
}

func TestALongDrainAndAFirstCopyTellHowFarAndHowLong(t *testing.T) {
	seconds := func(n int) *int { return &n }
	view := page.Today{Now: time.Now()}
	view.Status.Sending = &apitype.Progress{Done: 1200, Total: 3000, SecondsLeft: seconds(150)}
	view.Status.Directory.Loading = &apitype.Loading{Label: "Contact", Done: 10, Total: 40, SecondsLeft: seconds(20)}
	for lang, want := range map[string][]string{
		"en": {"Sending to Salesforce: 1,200 of 3,000 · about 3 minutes left", "Contact, 10 of 40 · less than a minute left", `<progress id="sent" max="3000" value="1200">`},
		"fr": {"1\u00a0200 sur 3\u00a0000 · encore 3 minutes environ", "Contact, 10 sur 40 · encore moins d’une minute"},
	} {
		var drawn strings.Builder
		if err := page.Draw(&drawn, words.In(lang), view); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(html.UnescapeString(drawn.String()), text) {
				t.Errorf("%s: %q is not in\n%s", lang, text, drawn.String())
			}
		}
	}
}
