package outlook

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// boundary stands in no text: every part is written in base64.
const boundary = "=_fieldpost"

// mail writes the message as RFC 5322 has it.
func (d *document) mail() []byte {
	b := &bytes.Buffer{}
	d.headers(b)
	fmt.Fprintf(b, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=%q\r\n\r\n", boundary)
	d.body(b)
	for _, o := range d.attachments {
		d.attachment(b, o)
	}
	fmt.Fprintf(b, "--%s--\r\n", boundary)
	return b.Bytes()
}

func (d *document) headers(b *bytes.Buffer) {
	sent := d.sentHeaders()
	from := header(b, "From", []person{d.sender()})
	if !from {
		raw(b, "From", sent.Get("From"))
	}
	people := d.people()
	for kind, name := range map[uint64]string{toRecipient: "To", ccRecipient: "Cc", bccRecipient: "Bcc"} {
		if !header(b, name, of(people, kind)) {
			raw(b, name, sent.Get(name))
		}
	}
	raw(b, "Subject", mime.QEncoding.Encode("utf-8", oneLine(d.text(d.message, tagSubject))))
	raw(b, "Message-ID", firstOf(d.text(d.message, tagMessageID), sent.Get("Message-Id")))
	date := sent.Get("Date") // it tells the offset as well
	if at := d.message.moment(tagSubmitTime, tagDeliveryTime); date == "" && !at.IsZero() {
		date = at.Format(time.RFC1123Z)
	}
	raw(b, "Date", date)
	raw(b, "Sensitivity", [...]string{"", "Personal", "Private", "Company-Confidential"}[min(d.message.numbers[tagSensitivity], 3)])
}

// sentHeaders are the headers that the mail came with, empty for one that was never sent.
func (d *document) sentHeaders() textproto.MIMEHeader {
	text := strings.TrimRight(d.text(d.message, tagHeaders), "\r\n\x00") + "\r\n\r\n"
	if _, rest, found := strings.Cut(text, "\n"); found && strings.HasPrefix(text, "Microsoft Mail Internet Headers") {
		text = rest
	}
	message, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		return nil
	}
	return textproto.MIMEHeader(message.Header)
}

func of(people []person, kind uint64) (some []person) {
	for _, p := range people {
		if p.kind == kind {
			some = append(some, p)
		}
	}
	return some
}

// header writes the mailboxes of a header; false where there are none.
func header(b *bytes.Buffer, name string, people []person) bool {
	var all []string
	for _, p := range people {
		if p.address != "" {
			all = append(all, (&mail.Address{Name: oneLine(p.name), Address: oneLine(p.address)}).String())
		}
	}
	raw(b, name, strings.Join(all, ",\r\n "))
	return len(all) > 0
}

func raw(b *bytes.Buffer, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "%s: %s\r\n", name, value)
	}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text = oneLine(text); text != "" {
			return text
		}
	}
	return ""
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// body writes the text as it stands there: plain, else as HTML.
func (d *document) body(b *bytes.Buffer) {
	if text := d.text(d.message, tagBody); strings.TrimSpace(text) != "" {
		part(b, "text/plain; charset=utf-8", "", []byte(text))
	}
	html := d.message.bytes[tagHTML]
	if text := d.text(d.message, tagHTML); len(html) == 0 && text != "" {
		part(b, "text/html; charset=utf-8", "", []byte(text))
	} else if len(html) > 0 {
		part(b, "text/html; charset="+d.htmlPage, "", html)
	}
}

// attachment writes the name of what is attached; of a calendar, what it says.
func (d *document) attachment(b *bytes.Buffer, o *object) {
	title := firstOf(d.text(o, tagLongFileName), d.text(o, tagFileName), d.text(o, tagDisplayName))
	if inner := d.embedded[o]; inner != nil {
		title = firstOf(d.text(inner, tagSubject), title)
	}
	if title == "" {
		return
	}
	kind := firstOf(d.text(o, tagAttachMIME), "application/octet-stream")
	if parsed, _, err := mime.ParseMediaType(kind); err != nil || strings.HasPrefix(parsed, "multipart/") || strings.HasPrefix(parsed, "message/") {
		kind = "application/octet-stream"
	}
	var content []byte
	if strings.HasSuffix(strings.ToLower(title), ".ics") || strings.HasPrefix(kind, "text/calendar") {
		content = o.bytes[tagAttachData]
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": title})
	if id := firstOf(d.text(o, tagContentID)); id != "" && strings.HasPrefix(kind, "image/") {
		disposition = mime.FormatMediaType("inline", map[string]string{"filename": title}) + "\r\nContent-ID: <" + strings.Trim(id, "<>") + ">"
	}
	part(b, kind, disposition, content)
}

func part(b *bytes.Buffer, kind, disposition string, content []byte) {
	fmt.Fprintf(b, "--%s\r\nContent-Type: %s\r\n", boundary, kind)
	raw(b, "Content-Disposition", disposition)
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	text := base64.StdEncoding.EncodeToString(content)
	for len(text) > 0 {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\r\n")
		text = text[n:]
	}
	b.WriteString("\r\n")
}
