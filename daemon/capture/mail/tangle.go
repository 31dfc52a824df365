package mail

import (
	"bytes"
	"strings"
)

// A mail may be built so that reading it costs far more than its size: enmime
// looks at each byte once for each multipart around it, walks the parts of a
// multipart for each part it adds, and doubles its work at the end of the text
// for each multipart that is not closed. No program writes such mails.
const (
	// mostParts bounds the lines that may begin a part.
	mostParts = 10_000
	// mostLooks bounds bytes times multiparts.
	mostLooks = 4 << 30
	// mostUnclosed bounds the multiparts without an end.
	mostUnclosed = 12
)

// isTangled reports whether the parts of a mail would cost too much.
func isTangled(data []byte) bool {
	if bytes.Count(data, []byte("\n--")) > mostParts {
		return true
	}
	multiparts := boundaries(data)
	if len(multiparts)*len(data) > mostLooks {
		return true
	}
	unclosed := 0
	for _, boundary := range multiparts {
		if !bytes.Contains(data, []byte("--"+boundary+"--")) {
			unclosed++
		}
		if unclosed > mostUnclosed {
			return true
		}
	}
	return false
}

// boundaries gives what follows each "boundary=", quoted or not. It is looked for by its
// sign, of which a mail has few: a regular expression took a seventh of the reading.
func boundaries(data []byte) (all []string) {
	const name = "boundary"
	for at := 0; ; {
		sign := bytes.IndexByte(data[at:], '=')
		if sign < 0 {
			return all
		}
		at += sign + 1
		if begin := at - 1 - len(name); begin < 0 || !strings.EqualFold(string(data[begin:at-1]), name) {
			continue
		}
		value := bytes.TrimPrefix(data[at:], []byte{'"'})
		end := bytes.IndexAny(value, "\" \t\r\n\f\v;")
		if end < 0 {
			end = len(value)
		}
		if end > 0 {
			all = append(all, string(value[:end]))
		}
	}
}
