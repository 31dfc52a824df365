package crm

import (
	"strings"
	"unicode/utf8"
)

// describe joins the rep's text, what was offered, who and what could not be
// related, and the marker. Where it is too long the rep's text gives way, never
// the link nor the last line (CONTRACT section 6).
func (b *builder) describe(text string, lines []string) {
	b.fields["Description"] = b.description(text, lines)
	if len(b.also) > 0 {
		b.because("Description", "also", "people", strings.Join(b.also, ", "))
	}
	b.because("Description", "last_line")
}

func (b *builder) description(text string, lines []string) string {
	if len(b.also) > 0 {
		lines = append(lines, b.rules.Words.Text("record.also", "people", strings.Join(b.also, ", ")))
	}
	if b.whatRef != "" {
		lines = append(lines, b.rules.Words.Text("record.related_to", "name", b.whatRef))
	}
	lines = append(lines, Marker(b.item.ID))
	tail := strings.Join(lines, "\n")
	text = strings.TrimRight(text, " \t\r\n")
	if text == "" {
		return tail
	}
	limit := b.object.lengthOf("Description")
	const gap = "\n\n"
	if limit > 0 {
		room := max(limit-utf8.RuneCountInString(tail)-len(gap), 0)
		short, cut := cutTo(text, room)
		if cut {
			b.cut("Description", limit)
			text = short
		}
	}
	if text == "" {
		return tail
	}
	return text + gap + tail
}

// cutTo shortens text to at most limit characters, the last one an ellipsis.
func cutTo(text string, limit int) (short string, cut bool) {
	if utf8.RuneCountInString(text) <= limit {
		return text, false
	}
	if limit <= 0 {
		return "", true
	}
	runes := 0
	for i := range text {
		if runes == limit-1 {
			return strings.TrimRight(text[:i], " \t\r\n") + "…", true
		}
		runes++
	}
	return text, false
}
