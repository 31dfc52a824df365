package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture/outlook/outlooktest"
	"fieldpost/daemon/localapi/apitype"
)

// savedMails are files in the form in which each mail program of the page's first run
// writes a mail into a folder: name, headers, line ends. They are ours, made after the
// programs; the programs themselves do not run here.
func savedMails() map[string]string {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	return map[string]string{
		"Offer classic.msg": string(outlooktest.New().Text(0x001A, "IPM.Note").Text(0x0037, "Offer classic").Text(0x1000, "Hello Ana\r\n").
			Text(0x1035, "<classic@acme.test>").Time(0x0039, time.Date(2026, 11, 20, 15, 40, 12, 0, time.UTC)).
			Text(0x5D02, "rep@acme.test").Recipient(1, "Ana Müller", "ana@kunde.test").Write()),
		"Offer new.eml": crlf(`From: Rep <rep@acme.test>
To: =?iso-8859-1?Q?Ana_M=FCller?= <ana@kunde.test>
Subject: Offer new
Thread-Topic: Offer new
Thread-Index: AQHcWUxv
Date: Fri, 20 Nov 2026 15:40:12 +0000
Message-ID: <DB9PR01MB0001@acme.test>
Accept-Language: fr-FR, en-US
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
Content-Type: multipart/alternative;
	boundary="_000_DB9PR01MB0001_"
MIME-Version: 1.0

--_000_DB9PR01MB0001_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

Hello Frau M=FCller

--_000_DB9PR01MB0001_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><body>Hello Frau M=FCller</body></html>

--_000_DB9PR01MB0001_--
`),
		"Re- Offer apple.eml": `X-Universally-Unique-Identifier: 5C2F0E1A
From: Rep <rep@acme.test>
Content-Type: text/plain; charset=us-ascii; format=flowed; delsp=yes
Content-Transfer-Encoding: 7bit
Mime-Version: 1.0 (Mac OS X Mail 16.0 \(3826.400.131\))
Subject: Re: Offer apple
Message-Id: <8D0A71C3-0C3B@acme.test>
Date: Fri, 20 Nov 2026 16:40:12 +0100
To: =?utf-8?Q?Ana_M=C3=BCller?= <ana@kunde.test>
X-Mailer: Apple Mail (2.3826.400.131)

Hello Ana
`,
		"Offer gmail.eml": crlf(`MIME-Version: 1.0
Date: Fri, 20 Nov 2026 16:40:12 +0100
Message-ID: <CAOffer0001@mail.gmail.com>
Subject: Offer gmail
From: Rep <rep@acme.test>
To: =?UTF-8?Q?Ana_M=C3=BCller?= <ana@kunde.test>
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: base64

`) + base64.StdEncoding.EncodeToString([]byte("Hello Frau Müller\r\n")) + "\r\n",
		"Offer bird - Rep <rep@acme.test> - 2026-11-20 1640.eml": `X-Mozilla-Status: 0001
X-Mozilla-Status2: 00800000
X-Mozilla-Keys:                                                                                 
Message-ID: <bird@acme.test>
Date: Fri, 20 Nov 2026 16:40:12 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: fr
To: "Müller, Ana" <ana@kunde.test>
From: Rep <rep@acme.test>
Subject: Offer bird
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Hello Frau Müller
`,
	}
}

func TestTheFirstRunTellsHowAMailGetsInAndEachWayWorks(t *testing.T) {
	l := newLaptop(t)
	inbox := filepath.Join(l.home, "Inbox")
	for language, texts := range map[string][]string{ // before anybody signed in
		"en": {"How to get a mail in", "Outlook (classic)", "Save as", "Apple Mail", "Download message", "Thunderbird", "becomes a meeting", inbox},
		"fr": {"Comment faire entrer un e-mail", "Outlook (classique)", "Enregistrer sous", "Apple Mail", "Télécharger le message", "Thunderbird", "devient une réunion", inbox},
	} {
		l.kill()
		l.env = []string{"FIELDPOST_UI_LANGUAGE=" + language}
		l.start()
		_, page := l.ask("GET", "/ui/today", "")
		for _, text := range texts {
			if !strings.Contains(page, text) {
				t.Errorf("the page in %s lacks %q", language, text)
			}
		}
	}
	saved := savedMails()
	for name, data := range saved {
		if err := os.WriteFile(filepath.Join(inbox, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l.eventually("all of them", func() bool { return l.status().Outbox.Captured == len(saved) })
	if _, page := l.ask("GET", "/ui/today", ""); strings.Contains(page, "Thunderbird") {
		t.Error("the page still explains what the rep knows")
	}
	want := []string{"Offer bird", "Offer classic", "Offer gmail", "Offer new", "Re: Offer apple"}
	var got []string
	var list apitype.Items
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	for _, item := range list.Items {
		got = append(got, item.Activity.Subject)
		if people := item.Activity.People; len(people) != 1 || people[0].Email != "ana@kunde.test" || !strings.HasPrefix(item.Activity.Body, "Hello") {
			t.Errorf("%s: %+v %q", item.Activity.Subject, people, item.Activity.Body)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("captured %q", got)
	}
}
