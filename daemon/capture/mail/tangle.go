package mail

import (
	"bytes"
	"regexp"
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

var boundary = regexp.MustCompile(`(?i)boundary="?([^"\s;]+)`)

// isTangled reports whether the parts of a mail would cost too much.
func isTangled(data []byte) bool {
	if bytes.Count(data, []byte("\n--")) > mostParts {
		return true
	}
	multiparts := boundary.FindAllSubmatch(data, -1)
	if len(multiparts)*len(data) > mostLooks {
		return true
	}
	unclosed := 0
	for _, m := range multiparts {
		if !bytes.Contains(data, append(append([]byte("--"), m[1]...), "--"...)) {
			unclosed++
		}
		if unclosed > mostUnclosed {
			return true
		}
	}
	return false
}
