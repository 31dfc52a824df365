package mail

import (
	"bytes"
	"net/mail"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"
)

// parts walks the tree for what is no text of the mail's own parts: the names of the
// documents it carries, its calendars, and the text that Outlook wrapped up. A mail inside
// the mail counts as one document.
func parts(root *enmime.Part) (documents []string, calendars [][]byte, text string) {
	for _, part := range root.DepthMatchAll(func(p *enmime.Part) bool { return p.FirstChild == nil }) {
		if isCalendar(part) {
			calendars = append(calendars, part.Content)
			continue
		}
		if isWrapped(part) {
			if inside, is := unwrap(part.Content); is && len(inside.titles)+len(inside.text) > 0 {
				documents, text = append(documents, inside.titles...), inside.text
				continue
			}
		}
		if title := documentTitle(part); title != "" {
			documents = append(documents, title)
		}
	}
	return documents, calendars, text
}

func isCalendar(part *enmime.Part) bool {
	return part.ContentType == "text/calendar" || part.ContentType == "application/ics" ||
		strings.HasSuffix(strings.ToLower(part.FileName), ".ics")
}

// documentTitle names a part that is a document: not the text of the mail, not a
// picture within it, not the signature over it.
func documentTitle(part *enmime.Part) string {
	name, attached := fileName(part)
	isText := part.ContentType == "" || strings.HasPrefix(part.ContentType, "text/")
	isPicture := strings.HasPrefix(part.ContentType, "image/") && part.ContentID != "" && !attached
	isSignature := strings.HasSuffix(part.ContentType, "-signature")
	if isSignature || isPicture || (isText && !attached) {
		return ""
	}
	if name == "" && part.ContentType == "message/rfc822" {
		return subjectInside(part.Content)
	}
	return oneLine(name)
}

// fileName reads the name from Content-Disposition by itself where enmime, for
// want of a Content-Type, did not.
func fileName(part *enmime.Part) (name string, attached bool) {
	if part.FileName != "" || part.Disposition != "" {
		return decoded(part.FileName), part.Disposition == "attachment"
	}
	disposition, params, _, err := mediatype.Parse(part.Header.Get("Content-Disposition"))
	if err != nil {
		return "", false
	}
	return decoded(params["filename"]), disposition == "attachment"
}

// subjectInside titles a mail that the mail carries.
func subjectInside(data []byte) string {
	inner, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return ""
	}
	return oneLine(decoded(inner.Header.Get("Subject")))
}
