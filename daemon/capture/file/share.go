package file

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/mail"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// share writes a mail as a share by email: its recipients without the rep, its
// text, the recipient link it carries, the names of its documents.
func (r *Reader) share(m *mail.Message) outbox.Draft {
	d := outbox.Draft{Activity: activity.Activity{
		Kind:    activity.Share,
		Channel: activity.Email,
		Subject: m.Subject,
		URL:     recipientLink(m.Links, r.Origins()),
		People:  recipients(m, r.Own()),
	}}
	r.writeText(&d, m.Text)
	a := &d.Activity
	if a.Subject == "" {
		a.Subject = r.Words().Text("capture.untitled_mail")
	}
	for _, title := range m.Attachments {
		a.Content = append(a.Content, activity.Content{Title: title})
	}
	if year := m.Date.Year(); year >= activity.MinYear && year <= activity.MaxYear {
		a.OccurredAt = activity.MomentOf(m.Date)
	} else {
		d.Notes = append(d.Notes, outbox.Note{At: r.Now(), Code: capture.NoteNoDate})
	}
	if m.ID != "" {
		a.Key = messageKey(m.ID)
	}
	r.noteSender(&d, m)
	return d
}

// writeText keeps a mail's text with its signature and the earlier mails marked, or without
// them, as the settings say.
func (r *Reader) writeText(d *outbox.Draft, text string) {
	own, signature, history := mail.Split(text)
	parts := []string{own}
	for _, part := range []struct {
		text, mark, note string
		cut              func() bool
	}{
		{signature, "capture.mail.signature", capture.NoteSignatureCut, r.CutSignature},
		{history, "capture.mail.history", capture.NoteHistoryCut, r.CutHistory},
	} {
		switch {
		case part.text == "":
		case part.cut():
			d.Notes = append(d.Notes, outbox.Note{At: r.Now(), Code: part.note})
		default:
			parts = append(parts, r.Words().Text(part.mark)+"\n"+part.text)
		}
	}
	d.Activity.Body = strings.TrimSpace(strings.Join(parts, "\n\n"))
}

// messageKey makes a key of a Message-ID; a long one is hashed.
func messageKey(id string) string {
	key := "mail:" + id
	if len(key) <= activity.MaxKey {
		return key
	}
	sum := sha256.Sum256([]byte(id))
	return "mail:" + hex.EncodeToString(sum[:16])
}

// recipients lists To, Cc and Bcc, each address once and the rep's own left out.
func recipients(m *mail.Message, own capture.Own) []activity.Person {
	var people []activity.Person
	seen := map[string]bool{}
	for i, list := range [][]mail.Address{m.To, m.Cc, m.Bcc} {
		for _, address := range list {
			folded := strings.ToLower(address.Email)
			if seen[folded] || own.Is(address.Email) {
				continue
			}
			seen[folded] = true
			people = append(people, activity.Person{Email: address.Email, Name: capture.Name(address.Name, address.Email), Bcc: i == 2})
		}
	}
	return people
}

// noteSender tells who sent the mail: the rep, a colleague, or somebody outside
// whom a mail without recipients offers first.
func (r *Reader) noteSender(d *outbox.Draft, m *mail.Message) {
	own, now := r.Own(), r.Now()
	from := ""
	if len(m.From) > 0 {
		sender := m.From[0]
		switch {
		case own.Is(sender.Email):
			from = capture.FromSelf
		case own.Inside(sender.Email):
			from = capture.FromInside
		default:
			from = capture.FromOutside
			d.Notes = append(d.Notes, outbox.Note{At: now, Code: capture.NoteSender, Args: outbox.Args{"address": sender.Email, "name": capture.Name(sender.Name, sender.Email)}})
		}
	}
	d.Notes = append(d.Notes, outbox.Note{At: now, Code: capture.NoteMail, Args: outbox.Args{"from": from}})
}
