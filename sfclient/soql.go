package sfclient

import (
	"iter"
	"net/url"
	"strings"
)

// maxQueryBytes is the room for a query in a URI. Salesforce takes 16,384 bytes
// for the URI and the headers together (salesforce.md section 6.5); a token can
// take 2 KiB of them.
const maxQueryBytes = 12 << 10

var soqlEscapes = strings.NewReplacer(
	`\`, `\\`, `'`, `\'`, `"`, `\"`,
	"\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`,
)

// Quote writes a text as a SOQL string literal, with its quotes. It does not
// quote the wildcards of LIKE.
func Quote(text string) string { return "'" + soqlEscapes.Replace(text) + "'" }

// InQueries yields a query for each part of the values: before, a list ('a','b') and
// after, so that every query fits into a URI. A part holds at least one value.
func InQueries(before string, values []string, after string) iter.Seq[string] {
	room := maxQueryBytes - len(url.QueryEscape(before+after))
	return func(yield func(string) bool) {
		for len(values) > 0 {
			list, taken := inList(values, room)
			if !yield(before + list + after) {
				return
			}
			values = values[taken:]
		}
	}
}

func inList(values []string, room int) (list string, taken int) {
	var quoted []string
	used := 0
	for _, value := range values {
		literal := Quote(value)
		used += len(url.QueryEscape(literal + ","))
		if used > room && taken > 0 {
			break
		}
		quoted = append(quoted, literal)
		taken++
	}
	return "(" + strings.Join(quoted, ",") + ")", taken
}
