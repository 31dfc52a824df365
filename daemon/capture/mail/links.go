package mail

import (
	"regexp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html"
)

var webAddress = regexp.MustCompile(`https?://[^\s<>"'\x60]+`)

// maxLinks bounds what a newsletter costs.
const maxLinks = 500

// links lists the web addresses of the mail in their order, each once: those of
// its HTML first, for there they are whole.
func links(envelope *enmime.Envelope) []string {
	var found []string
	add := func(link string) {
		if len(found) < maxLinks && link != "" && !slices.Contains(found, link) {
			found = append(found, link)
		}
	}
	for _, link := range anchors(envelope.HTML) {
		add(link)
	}
	for _, link := range webAddress.FindAllString(envelope.Text, -1) {
		add(strings.TrimRight(link, ".,;:!?)]}"))
	}
	return found
}

func anchors(text string) []string {
	var found []string
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken:
			token := tokens.Token()
			if token.Data != "a" {
				continue
			}
			for _, attribute := range token.Attr {
				if link := strings.TrimSpace(attribute.Val); attribute.Key == "href" && webAddress.MatchString(link) {
					found = append(found, link)
				}
			}
		}
	}
}
