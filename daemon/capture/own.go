package capture

import (
	"strings"

	"golang.org/x/net/idna"
)

// Own is the rep's own addresses, as far as they are known.
type Own []string

// Is reports whether address is the rep's.
func (o Own) Is(address string) bool {
	address = fold(address)
	for _, own := range o {
		if fold(own) == address {
			return true
		}
	}
	return false
}

// Inside reports whether address is the rep's or of a domain of the rep's
// company. A public mail provider is nobody's company.
func (o Own) Inside(address string) bool {
	if o.Is(address) {
		return true
	}
	domain := domainOf(fold(address))
	if domain == "" || publicMail[domain] {
		return false
	}
	for _, own := range o {
		if domainOf(fold(own)) == domain {
			return true
		}
	}
	return false
}

// fold writes an address or a domain in the form in which two are compared:
// lower case, the domain in its ASCII form.
func fold(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	at := strings.LastIndexByte(address, '@')
	domain := strings.TrimSuffix(address[at+1:], ".")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return address[:at+1] + domain
}

func domainOf(folded string) string {
	_, domain, _ := strings.Cut(folded, "@")
	return domain
}

// publicMail lists providers whose domain says nothing about who belongs together.
var publicMail = setOf(
	"gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "outlook.de", "hotmail.com", "hotmail.fr",
	"hotmail.de", "hotmail.co.uk", "hotmail.it", "hotmail.es", "live.com", "live.fr", "live.be", "live.nl",
	"live.co.uk", "msn.com", "windowslive.com", "passport.com", "yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.co.uk",
	"yahoo.it", "yahoo.es", "yahoo.co.jp", "yahoo.co.in", "yahoo.com.br", "ymail.com", "rocketmail.com", "aol.com",
	"icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "tutanota.com",
	"tuta.com", "hey.com", "fastmail.com", "fastmail.fm", "zoho.com", "mail.com", "gmx.com", "gmx.net", "gmx.de",
	"gmx.at", "gmx.ch", "gmx.fr", "web.de", "t-online.de", "freenet.de", "arcor.de", "posteo.de", "mailbox.org",
	"orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr", "numericable.fr",
	"bluewin.ch", "hispeed.ch", "sunrise.ch", "skynet.be", "telenet.be", "proximus.be", "scarlet.be", "ziggo.nl",
	"kpnmail.nl", "planet.nl", "xs4all.nl", "home.nl", "hetnet.nl", "libero.it", "virgilio.it", "tin.it", "alice.it",
	"tiscali.it", "telefonica.net", "terra.es", "sapo.pt", "btinternet.com", "sky.com", "virginmedia.com",
	"talktalk.net", "ntlworld.com", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net",
	"cox.net", "charter.net", "earthlink.net", "shaw.ca", "rogers.com", "sympatico.ca", "bigpond.com", "optusnet.com.au",
	"yandex.ru", "yandex.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "qq.com", "163.com", "126.com",
	"sina.com", "naver.com", "daum.net", "hanmail.net", "rediffmail.com", "uol.com.br", "bol.com.br", "terra.com.br",
	"seznam.cz", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "abv.bg", "ukr.net", "telia.com", "online.no", "mail.dk",
)

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}
