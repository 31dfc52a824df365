package mail

import (
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// decoded reads the encoded words of RFC 2047 in a header, also those of a
// character set that nobody knows.
func decoded(header string) string {
	if !strings.Contains(header, "=?") {
		return header
	}
	decoder := &mime.WordDecoder{CharsetReader: anyCharset}
	text, err := decoder.DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}

// anyCharset reads text of a named character set; of an unknown one as UTF-8
// where it is that, else as Windows-1252.
func anyCharset(label string, input io.Reader) (io.Reader, error) {
	if reader, err := charset.NewReaderLabel(label, input); err == nil {
		return reader, nil
	}
	data, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	if utf8.Valid(data) {
		return strings.NewReader(string(data)), nil
	}
	return charmap.Windows1252.NewDecoder().Reader(strings.NewReader(string(data))), nil
}
