package mail_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/corpustest"
	"fieldpost/daemon/capture/mail"
)

func read(t *testing.T, text string) *mail.Message {
	t.Helper()
	m, err := mail.Read(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAMailIsReadWhole(t *testing.T) {
	got := read(t, `From: =?iso-8859-1?q?Andr=E9?= <andre@acme.test>
To: "Keller, Urs" <urs@keller.test>, bea@keller.test
Cc: Carla <carla@keller.test>
Bcc: quiet@keller.test
Subject: =?utf-8?b?T2ZmcmUgw6A=?=
 =?utf-8?b?IGpvdXI=?=
Date: Fri, 20 Nov 2026 16:40:12 +0100
Message-ID: <1@acme.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Voil=E0: https://acme.showpad.biz/share/1.
--x
Content-Type: application/pdf; name*=utf-8''Brochure%20%C3%A9t%C3%A9.pdf
Content-Disposition: attachment
Content-Transfer-Encoding: base64

AAAA
--x--
`)
	same(t, &mail.Message{
		ID: "1@acme.test", Subject: "Offre à jour", Date: time.Date(2026, 11, 20, 16, 40, 12, 0, time.FixedZone("", 3600)),
		From:        []mail.Address{{Name: "André", Email: "andre@acme.test"}},
		To:          []mail.Address{{Name: "Keller, Urs", Email: "urs@keller.test"}, {Email: "bea@keller.test"}},
		Cc:          []mail.Address{{Name: "Carla", Email: "carla@keller.test"}},
		Bcc:         []mail.Address{{Email: "quiet@keller.test"}},
		Text:        "Voilà: https://acme.showpad.biz/share/1.",
		Links:       []string{"https://acme.showpad.biz/share/1"},
		Attachments: []string{"Brochure été.pdf"},
	}, got)
}

func TestAddressesAreReadAsMailProgramsDo(t *testing.T) {
	cases := map[string]struct {
		to   string
		want []string
	}{
		"bare":                         {"a@b.test", []string{"a@b.test"}},
		"a name with a comma":          {`"Keller, Urs" <a@b.test>`, []string{"Keller, Urs <a@b.test>"}},
		"an unquoted name with a dot":  {`Dr. U. Keller <a@b.test>`, []string{"Dr. U. Keller <a@b.test>"}},
		"no commas":                    {`Urs <a@b.test> Bea <c@b.test>`, []string{"Urs <a@b.test>", "Bea <c@b.test>"}},
		"semicolons":                   {`a@b.test; c@b.test`, []string{"a@b.test", "c@b.test"}},
		"commas too many":              {`, a@b.test,, c@b.test,`, []string{"a@b.test", "c@b.test"}},
		"a group":                      {`Team: a@b.test, Bea <c@b.test>;`, []string{"a@b.test", "Bea <c@b.test>"}},
		"undisclosed":                  {`undisclosed-recipients:;`, nil},
		"a comment":                    {`a@b.test (Urs \) Keller), c(x)@b.test`, []string{"a@b.test", "c@b.test"}},
		"a route":                      {`Urs <@relay.test:a@b.test>, , x`, []string{"Urs <a@b.test>"}},
		"blanks round the dot":         {`a@b . test, ,`, []string{"a@b.test"}},
		"a name and empty brackets":    {`Urs <>`, nil},
		"a name alone":                 {`Urs Keller`, nil},
		"an address as its own name":   {`"a@b.test" <a@b.test>`, []string{"a@b.test <a@b.test>"}},
		"another address as its name":  {`"x@y.test" <a@b.test>`, []string{"x@y.test <a@b.test>"}},
		"beyond ASCII":                 {`jürg@bücher.test`, []string{"jürg@bücher.test"}},
		"a character that was lost":    {"j\xfcrg@b.test", nil},
		"an encoded name":              {`=?utf-8?q?Z=C3=B6=C3=AB?= <a@b.test>`, []string{"Zöë <a@b.test>"}},
		"an unknown character set":     {`=?x-nobody?q?Zoe?= <a@b.test>`, []string{"Zoe <a@b.test>"}},
		"one bad among good ones":      {`a@b.test, not an address, Bea <c@b.test>`, []string{"a@b.test", "Bea <c@b.test>"}},
		"an X.500 name of an exchange": {`/O=ACME/CN=URS`, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range read(t, "Subject: s\nTo: "+c.to+"\n\nText\n").To {
				if a.Name != "" {
					a.Email = a.Name + " <" + a.Email + ">"
				}
				got = append(got, a.Email)
			}
			same(t, c.want, got)
		})
	}
}

func TestTwoHeadersOfOneNameAreBothRead(t *testing.T) {
	got := read(t, "Subject: s\nTo: a@b.test\nTo: c@b.test\n\nText\n").To
	same(t, []mail.Address{{Email: "a@b.test"}, {Email: "c@b.test"}}, got)
}

func TestADateKeepsItsOffset(t *testing.T) {
	for header, want := range map[string]string{
		"Fri, 20 Nov 2026 16:40:12 +0100":       "2026-11-20T16:40:12+01:00",
		"Fri, 20 Nov 2026 16:40:12 +0100 (CET)": "2026-11-20T16:40:12+01:00",
		"20 Nov 26 16:40 -0330":                 "2026-11-20T16:40:00-03:30",
		"Fri, 20 Nov 2026 16:40:12 GMT":         "2026-11-20T16:40:12Z",
		"Fri, 20 Nov 2026 16:40:12 PST":         "2026-11-20T16:40:12-08:00",
		"Fri, 20 Nov 2026 16:40:12 EDT":         "2026-11-20T16:40:12-04:00",
		"yesterday":                             "",
		"Fri, 20 Nov 2026 16:40:12 H0500":       "",
	} {
		got := ""
		if m := read(t, "Subject: s\nDate: "+header+"\n\nText\n"); !m.Date.IsZero() {
			got = m.Date.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s is read as %q, want %q", header, got, want)
		}
	}
}

func TestTheTextComesFromHTMLWhereThatIsAllThereIs(t *testing.T) {
	m := read(t, `Subject: s
Content-Type: text/html; charset=utf-8

<html><head><style>p{}</style><script>run()</script></head><body><p>Hello <b>Urs</b></p>
<a href="https://acme.showpad.biz/share/9?x=1&amp;y=2">the offer</a> <a href="mailto:a@b.test">me</a> <a href="javascript:steal()">x</a></body></html>
`)
	if !strings.HasPrefix(m.Text, "Hello *Urs*") || strings.Contains(m.Text, "run()") {
		t.Errorf("the text is %q", m.Text)
	}
	same(t, []string{"https://acme.showpad.biz/share/9?x=1&y=2"}, m.Links)
}

func TestMailsThatBreakTheRulesAreReadAsFarAsTheyGo(t *testing.T) {
	cases := map[string]struct{ text, subject, body string }{
		"the line of a mailbox file": {"From a@b.test Fri Nov 20 16:40:12 2026\nSubject: s\n\nText\n", "s", "Text"},
		"a boundary never closed":    {"Subject: s\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nText\n", "s", "Text"},
		"a boundary never named":     {"Subject: s\nContent-Type: multipart/mixed\n\nText\n", "s", ""},
		"8-bit headers":              {"Subject: caf\xc3\xa9\n\nText\n", "café", "Text"},
		"8-bit headers of no UTF-8":  {"Subject: caf\xe9\n\nText\n", "caf\uFFFD", "Text"},
		"an unknown character set":   {"Subject: s\nContent-Type: text/plain; charset=x-nobody\n\nText\n", "s", "Text"},
		"an unknown encoding":        {"Subject: s\nContent-Type: text/plain\nContent-Transfer-Encoding: rot13\n\nText\n", "s", "Text"},
		"base64 that is none":        {"Subject: s\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nText!\n", "s", ""},
		"NUL in it":                  {"Subject: a\x00b\n\nTe\x00xt\n", "ab", "Text"},
		"a subject over many lines":  {"Subject: a\n  b\n\tc\n\nText\n", "a b c", "Text"},
		"no text at all":             {"Subject: s\n\n", "s", ""},
		"nothing but a header":       {"Subject: s", "s", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := read(t, c.text)
			same(t, c.subject, m.Subject)
			if c.body != "" {
				same(t, c.body, m.Text)
			}
		})
	}
}

func TestWhatIsNoMailOfAPersonIsRefused(t *testing.T) {
	report := func(kind string) string {
		return "From: mailer@b.test\nSubject: s\nContent-Type: multipart/report; report-type=" + kind + "; boundary=x\n\n--x\n\nText\n--x--\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"no header":           {"hello\n", capture.NotMail},
		"a part of a mail":    {"Content-Type: text/plain\n\nText\n", capture.NotMail},
		"bytes":               {"\x00\x01\x02\xff\xfe", capture.NotMail},
		"a delivery report":   {report("delivery-status"), capture.DeliveryReceipt},
		"a read receipt":      {report("disposition-notification"), capture.DeliveryReceipt},
		"a report of no kind": {report(`""`), capture.DeliveryReceipt},
	} {
		_, err := mail.Read(strings.NewReader(c.text))
		if refusal, _ := capture.AsRefusal(err); refusal == nil || refusal.Code != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestTheMarkOfAPrivateMail(t *testing.T) {
	for value, want := range map[string]bool{"Private": true, "personal": true, "Company-Confidential": false, "": false} {
		if got := read(t, "Subject: s\nSensitivity: "+value+"\n\nText\n").MarkedPrivate; got != want {
			t.Errorf("Sensitivity %q: private %v", value, got)
		}
	}
}

func TestOnlyWhatPeopleAttachIsADocument(t *testing.T) {
	part := func(head, body string) string { return "--x\n" + head + "\n\n" + body + "\n" }
	m := read(t, "Subject: s\nContent-Type: multipart/mixed; boundary=x\n\n"+
		part("Content-Type: text/plain", "Text")+
		part("Content-Type: image/png; name=logo.png\nContent-ID: <1>\nContent-Disposition: inline; filename=logo.png", "P")+
		part("Content-Type: image/jpeg; name=site.jpg\nContent-Disposition: inline; filename=site.jpg", "J")+
		part("Content-Type: text/csv; name=prices.csv\nContent-Disposition: attachment; filename=prices.csv", "1,2")+
		part("Content-Type: application/pkcs7-signature; name=smime.p7s", "S")+
		part("Content-Disposition: attachment; filename==?utf-8?q?=C3=A9t=C3=A9.pdf?=", "D")+
		part("Content-Type: message/rfc822", "Subject: The mail inside\nFrom: x@y.test\n\nInner text\n")+
		part("Content-Type: text/calendar; method=REQUEST\nContent-Disposition: attachment; filename=invite.ics", "BEGIN:VCALENDAR")+
		"--x--\n")
	same(t, []string{"site.jpg", "prices.csv", "été.pdf", "The mail inside"}, m.Attachments)
	same(t, 1, len(m.Calendars))
	same(t, "Text", m.Text)
}

func TestManyLinksHaveAnEnd(t *testing.T) {
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "https://news.test/%d\n", i)
	}
	if n := len(read(t, "Subject: s\n\n"+b.String()).Links); n != 500 {
		t.Errorf("%d links", n)
	}
}

func TestAMailThatIsBuiltToCostIsRefused(t *testing.T) {
	nested := func(n int) string {
		text := "Subject: s\nContent-Type: multipart/mixed; boundary=b0\n\n"
		for i := range n {
			text += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
		}
		return text
	}
	parts := "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nhello\n", 20_000) + "--b--\n"
	for name, text := range map[string]string{"unclosed, 60 deep": nested(60), "20,000 parts": parts} {
		_, err := mail.Read(strings.NewReader(text))
		if refusal, _ := capture.AsRefusal(err); refusal == nil || refusal.Code != capture.Unparsable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mail.Read(strings.NewReader(nested(8))); err != nil {
		t.Errorf("8 deep: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("From: a@b.test\r\nTo: c@d.test, Team: x@y.test;\r\nSubject: =?utf-8?q?s?=\r\nDate: Fri, 20 Nov 2026 16:40:12 +0100\r\n\r\nText")
	f.Add("Subject: s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<a href=\"https://a.test\">\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: t\r\n\r\n--x--")
	f.Add("To: \"(\\\r\nSubject: \x00\xff\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!")
	for _, text := range corpustest.Seeds(f, "eml") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hangs := time.AfterFunc(10*time.Second, func() { panic("it hangs over this input") })
		defer hangs.Stop()
		m, err := mail.Read(strings.NewReader(text))
		if err != nil {
			if _, ok := capture.AsRefusal(err); !ok {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		for _, s := range append([]string{m.Subject, m.Text, m.ID}, m.Attachments...) {
			if strings.ToValidUTF8(s, "") != s || strings.ContainsRune(s, 0) {
				t.Fatalf("%q is no text", s)
			}
		}
	})
}
