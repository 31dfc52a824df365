package mail

import (
	"regexp"
	"strings"
)

// Split tells the parts of a mail's text apart: what its writer wrote, the signature below
// it, and the earlier mails that the program put at the end. It goes by how mail programs
// mark them; what bears no mark is the writer's. A mail that is nothing but history, a
// forwarded one, is the writer's own.
func Split(text string) (own, signature, history string) {
	lines := strings.Split(text, "\n")
	end := historyAt(lines)
	if strings.TrimSpace(strings.Join(lines[:end], "")) == "" {
		end = len(lines)
	}
	history = strings.TrimSpace(strings.Join(lines[end:], "\n"))
	lines = lines[:end]
	if at := signatureAt(lines); at >= 0 {
		signature = strings.TrimSpace(strings.Join(lines[at:], "\n"))
		if marked := strings.TrimSpace(lines[at]) == "--"; marked {
			signature = strings.TrimSpace(strings.Join(lines[at+1:], "\n"))
		}
		lines = lines[:at]
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), signature, history
}

// mostSignature is how many lines a signature has at most: what is longer is text.
const mostSignature = 15

// signatureAt finds where a signature begins: at RFC 3676's "-- ", or at the line that a
// telephone adds; -1 where there is none.
func signatureAt(lines []string) int {
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-mostSignature-1; i-- {
		line := strings.TrimRight(lines[i], " \t")
		if i > 0 && (line == "--" || sentFrom.MatchString(line)) {
			return i
		}
	}
	return -1
}

var sentFrom = regexp.MustCompile(`(?i)^(sent from my|get outlook for|envoyé (de|depuis) (mon|ma)|téléchargez outlook|von meinem|gesendet (von|mit) |inviato d|enviado d|verzonden (vanaf|met)|skickat från|sendt fra|wysłane z)\b.{0,60}$`)

// historyAt finds where the earlier mails begin, len(lines) where there are none.
func historyAt(lines []string) int {
	quoted := quotedFrom(lines)
	for i, line := range lines[:quoted] {
		if divider.MatchString(strings.TrimSpace(line)) || introduces(lines, i) || heads(lines, i) {
			return i
		}
	}
	return quoted
}

// divider is the line that programs put between two mails ("-----Original Message-----").
var divider = regexp.MustCompile(`(?i)^[-_ ]{3,}\s*(original (message|appointment)|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d.origine|message (transféré|original)|messaggio originale|mensaje original|mensagem original|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|wiadomość oryginalna)\s*[-_ ]{3,}$`)

// wrote ends the line that introduces a quotation ("On Monday Ana wrote:").
var wrote = regexp.MustCompile(`(?i)(wrote|schrieb|a écrit|ha scritto|escribió|escreveu|schreef|skrev|napisał\(?a?\)?|kirjoitti)\b.{0,120}:$`)

// begun begins it.
var begun = regexp.MustCompile(`(?i)^(on|am|le|il|el|em|op|den|w dniu|dnia|\d{4}-\d\d-\d\d|.{0,60}<[^ >]+@[^ >]+>)\b?`)

// mostIntroduction is over how many lines a program breaks that line.
const mostIntroduction = 4

// introduces reports that the line i begins the introduction of a quotation.
func introduces(lines []string, i int) bool {
	if !begun.MatchString(strings.TrimSpace(lines[i])) {
		return false
	}
	joined := ""
	for _, line := range lines[i:min(len(lines), i+mostIntroduction)] {
		joined += " " + strings.TrimSpace(line)
		if wrote.MatchString(joined) {
			return true
		}
		if strings.TrimSpace(line) == "" {
			return false
		}
	}
	return false
}

// sender and sent begin the lines of the head that Outlook writes over an earlier mail.
var (
	sender = regexp.MustCompile(`(?i)^\*?(from|von|de|da|van|från|fra|od)\s?:\*?\s.*\S`)
	sent   = regexp.MustCompile(`(?i)^\*?(sent|date|gesendet|datum|envoyé|inviato|data|enviado( el)?|fecha|verzonden|skickat|sendt|wysłano)\s?:\*?\s.*\d`)
)

// heads reports that such a head begins at line i.
func heads(lines []string, i int) bool {
	if !sender.MatchString(strings.TrimSpace(lines[i])) {
		return false
	}
	for _, line := range lines[i+1 : min(len(lines), i+4)] {
		if sent.MatchString(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}

// quotedFrom is where nothing but quoted and empty lines follow: an answer between quoted
// lines is the writer's.
func quotedFrom(lines []string) int {
	from := len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		switch {
		case strings.HasPrefix(line, ">"):
			from = i
		case line != "":
			return from
		}
	}
	return from
}
