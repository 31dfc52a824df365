package crm

import (
	"strings"
	"unicode/utf8"
)

// describe joins the rep's text, what was offered, who and what could not be
// related, and the marker. Where it is too long the rep's text gives way first, then the
// end of what was offered and of who is named, never the link nor the last line
// (CONTRACT section 6).
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
	tail := Marker(b.item.ID)
	list, shortened := b.before(tail, "\n", strings.Join(lines, "\n"))
	if list != "" {
		tail = list + "\n" + tail
	}
	const gap = "\n\n"
	text, cut := b.before(tail, gap, strings.TrimRight(text, " \t\r\n"))
	if cut || shortened {
		b.cut("Description", b.object.lengthOf("Description"))
	}
	if text == "" {
		return tail
	}
	return text + gap + tail
}

// before cuts a text to the room that the description has in front of its tail.
func (b *builder) before(tail, gap, text string) (short string, cut bool) {
	limit := b.object.lengthOf("Description")
	if limit == 0 {
		return text, false
	}
	return cutTo(text, max(limit-utf8.RuneCountInString(tail)-len(gap), 0))
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
