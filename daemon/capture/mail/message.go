// Package mail reads a mail as somebody dropped it: who, when, what, and which
// documents and calendars it carries. It knows mail alone; what a mail means for
// the rep is decided by its caller.
package mail

import (
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"fieldpost/daemon/capture"
)

// Message is what a mail says. Texts are UTF-8 without NUL.
type Message struct {
	// ID is the Message-ID without its angle brackets, or empty.
	ID      string
	Subject string
	// Date keeps the offset of the header; it is zero where that is unreadable.
	Date          time.Time
	From          []Address
	To, Cc, Bcc   []Address
	Text          string
	Links         []string
	Attachments   []string
	Calendars     [][]byte
	MarkedPrivate bool
}

// Address is one mailbox; Name may be empty.
type Address struct{ Name, Email string }

var parser = enmime.NewParser(
	enmime.SkipMalformedParts(true),
	enmime.MultipartWOBoundaryAsSinglePart(true),
	enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy),
	enmime.StripMediaTypeInvalidCharacters(true),
	enmime.MaxStoredPartErrors(1),
)

// Read reads one mail of RFC 5322 with its MIME parts, as tolerantly as mail
// programs do. What is no mail at all and what is a receipt is a
// *capture.Refusal; any other error comes from r.
func Read(r io.Reader) (*Message, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if isTangled(data) {
		return nil, capture.Refuse(capture.Unparsable)
	}
	envelope, err := parser.ReadEnvelope(bytes.NewReader(withoutEnvelopeLine(data)))
	if err != nil || !hasMailHeader(envelope.Root.Header) {
		return nil, capture.Refuse(capture.NotMail)
	}
	if isReceipt(envelope.Root) {
		return nil, capture.Refuse(capture.DeliveryReceipt)
	}
	m := &Message{
		ID:            messageID(envelope.GetHeader("Message-ID")),
		Subject:       oneLine(decoded(envelope.GetHeader("Subject"))),
		Date:          date(envelope.GetHeader("Date")),
		From:          addresses(envelope, "From"),
		To:            addresses(envelope, "To"),
		Cc:            addresses(envelope, "Cc"),
		Bcc:           addresses(envelope, "Bcc"),
		Text:          plain(envelope.Text),
		Links:         links(envelope),
		MarkedPrivate: isPrivate(envelope.Root.Header),
	}
	var wrapped string
	m.Attachments, m.Calendars, wrapped = parts(envelope.Root)
	if m.Text == "" {
		m.Text = wrapped
	}
	return m, nil
}

// Identity is the same for the same mail, whatever way it came: a mail without a
// Message-ID is known again by it.
func (m *Message) Identity() []byte {
	var b bytes.Buffer
	for _, list := range [][]Address{m.From, m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			b.WriteString(strings.ToLower(a.Email) + " ")
		}
		b.WriteByte('\n')
	}
	if !m.Date.IsZero() {
		b.WriteString(m.Date.UTC().Format(time.RFC3339))
	}
	for _, text := range append([]string{m.Subject, strings.Join(strings.Fields(m.Text), " ")}, m.Attachments...) {
		b.WriteString("\n" + text)
	}
	return b.Bytes()
}

// withoutEnvelopeLine drops the line that mailbox files put before a mail
// ("From ana@acme.test Fri Nov 20 …").
func withoutEnvelopeLine(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("From ")) && !bytes.HasPrefix(data, []byte(">From ")) {
		return data
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	return rest
}

// hasMailHeader asks for one header that makes MIME text a mail.
func hasMailHeader(header textproto.MIMEHeader) bool {
	for _, name := range []string{"From", "Sender", "To", "Cc", "Bcc", "Date", "Subject", "Message-Id"} {
		if header.Get(name) != "" {
			return true
		}
	}
	return false
}

// isPrivate reads the sender's mark of RFC 4021 (Sensitivity) and of Lotus Notes.
func isPrivate(header textproto.MIMEHeader) bool {
	switch strings.ToLower(strings.TrimSpace(header.Get("Sensitivity"))) {
	case "private", "personal":
		return true
	}
	return header.Get("X-Private") == "1"
}

// isReceipt tells the reports of RFC 3464 and RFC 8098 from mail that people write.
func isReceipt(root *enmime.Part) bool {
	if root.ContentType != "multipart/report" {
		return false
	}
	switch strings.ToLower(root.ContentTypeParams["report-type"]) {
	case "delivery-status", "disposition-notification", "":
		return true
	}
	return false
}

func messageID(header string) string {
	return strings.Trim(oneLine(header), "<> ")
}

// plain makes text of what a part held: UTF-8, no NUL, unix line ends.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)
	return strings.TrimSpace(s)
}

func oneLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }
