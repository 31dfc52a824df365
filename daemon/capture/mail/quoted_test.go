package mail_test

import (
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture/mail"
)

func TestATextIsToldApart(t *testing.T) {
	for name, c := range map[string]struct{ text, own, signature, history string }{
		"nothing but text":    {"Hello\n\nUrs", "Hello\n\nUrs", "", ""},
		"a signature":         {"Hello\n-- \nUrs Keller\nACME", "Hello", "Urs Keller\nACME", ""},
		"a telephone":         {"Hello\n\nSent from my iPhone", "Hello", "Sent from my iPhone", ""},
		"a French telephone":  {"Bonjour\n\nEnvoyé de mon iPhone", "Bonjour", "Envoyé de mon iPhone", ""},
		"Gmail":               {"Yes\n\nOn Fri, Nov 20, 2026 at 4:40 PM Ana <ana@kunde.test> wrote:\n> Hello\n>\n> Urs", "Yes", "", "On Fri, Nov 20, 2026 at 4:40 PM Ana <ana@kunde.test> wrote:\n> Hello\n>\n> Urs"},
		"broken over lines":   {"Yes\n\nOn Fri, Nov 20, 2026 at 4:40 PM Ana Maria\n<ana@kunde.test> wrote:\n\n> Hello", "Yes", "", "On Fri, Nov 20, 2026 at 4:40 PM Ana Maria\n<ana@kunde.test> wrote:\n\n> Hello"},
		"German":              {"Ja\n\nAm 20.11.26 um 16:40 schrieb Ana:\n> Hallo", "Ja", "", "Am 20.11.26 um 16:40 schrieb Ana:\n> Hallo"},
		"French":              {"Oui\n\nLe ven. 20 nov. 2026 à 16:40, Ana <ana@kunde.test> a écrit :\n> Bonjour", "Oui", "", "Le ven. 20 nov. 2026 à 16:40, Ana <ana@kunde.test> a écrit :\n> Bonjour"},
		"Outlook":             {"Yes\n\nFrom: Ana <ana@kunde.test>\nSent: Friday, 20 November 2026 16:40\nTo: Urs\nSubject: x\n\nHello", "Yes", "", "From: Ana <ana@kunde.test>\nSent: Friday, 20 November 2026 16:40\nTo: Urs\nSubject: x\n\nHello"},
		"Outlook in French":   {"Oui\n\nDe : Ana\nEnvoyé : vendredi 20 novembre 2026 16:40\nÀ : Urs\n\nBonjour", "Oui", "", "De : Ana\nEnvoyé : vendredi 20 novembre 2026 16:40\nÀ : Urs\n\nBonjour"},
		"a divider":           {"Yes\n-----Original Message-----\nFrom: Ana\n\nHello", "Yes", "", "-----Original Message-----\nFrom: Ana\n\nHello"},
		"signature, history":  {"Yes\n-- \nUrs\n\n-----Ursprüngliche Nachricht-----\nVon: Ana", "Yes", "Urs", "-----Ursprüngliche Nachricht-----\nVon: Ana"},
		"answers in between":  {"> How many?\nThree.\n> When?\nFriday.", "> How many?\nThree.\n> When?\nFriday.", "", ""},
		"quoted at the end":   {"Three.\n\n> How many?\n> And when?", "Three.", "", "> How many?\n> And when?"},
		"nothing but history": {"-----Original Message-----\nFrom: Ana\n\nHello", "-----Original Message-----\nFrom: Ana\n\nHello", "", ""},
		"a list of prices":    {"From: 10 pieces on\nDelivered: in May\n--\nBest", "From: 10 pieces on\nDelivered: in May", "Best", ""},
		"a line of dashes":    {"First\n--\n" + strings.Repeat("A long text.\n", 30), strings.TrimSpace("First\n--\n" + strings.Repeat("A long text.\n", 30)), "", ""},
		"he wrote":            {"On Friday he wrote to us.\nSo: yes", "On Friday he wrote to us.\nSo: yes", "", ""},
		"nothing":             {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			own, signature, history := mail.Split(c.text)
			same(t, []string{c.own, c.signature, c.history}, []string{own, signature, history})
		})
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"a\n-- \nb\n> c", "On x wrote:\n", "From: a\nSent: 1", ">", "---\n-- \n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hangs := time.AfterFunc(10*time.Second, func() { panic("it hangs over this input") })
		defer hangs.Stop()
		own, signature, history := mail.Split(text)
		letters := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "-", "")), "") }
		if got := letters(own) + letters(signature) + letters(history); got != letters(text) {
			t.Fatalf("%q becomes %q, %q, %q", text, own, signature, history)
		}
	})
}
