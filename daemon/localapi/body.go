package localapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of CONTRACT section 4.
const (
	maxBody  = 1 << 20
	maxFiles = 50 << 20
	// bodyTime is how long a caller may take to hand its body over.
	bodyTime = time.Minute
	maxDepth = 16
	// A refused caller may send this much more, for this long.
	maxDrain  = 64 << 20
	drainTime = 5 * time.Second
)

func isTooLarge(err error) bool {
	var reading *http.MaxBytesError
	var own *fault
	return errors.As(err, &reading) || errors.As(err, &own) && own.code == codeTooLarge
}

// drain reads on for a while what a refused caller is still sending: most cannot
// read an answer before they have sent everything.
func drain(w http.ResponseWriter, sent io.Reader) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTime)) // not every connection has one
	_, _ = io.CopyN(io.Discard, sent, maxDrain)
}

// takeBody reads a JSON body; nothing where the caller sent none.
func takeBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := limit(w, r, maxBody); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyFault(err)
	}
	return data, nil
}

// limit bounds a body in size and in time.
func limit(w http.ResponseWriter, r *http.Request, most int64) error {
	if r.ContentLength > most {
		return refuse(http.StatusRequestEntityTooLarge, codeTooLarge)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime)) // not every connection has one
	r.Body = http.MaxBytesReader(w, r.Body, most)
	return nil
}

// bodyFault tells a body that is too large from one that was not sent whole.
func bodyFault(err error) error {
	if _, ok := err.(*http.MaxBytesError); ok {
		return err
	}
	return invalid(codeNotJSON, "")
}

// checkType wants the one type that a route takes, once, and not compressed.
func checkType(r *http.Request, want string) error {
	given := r.Header["Content-Type"]
	refused := refuse(http.StatusUnsupportedMediaType, codeMediaType)
	refused.args = map[string]string{"want": want}
	if len(given) != 1 || len(r.Header["Content-Encoding"]) > 0 {
		return refused
	}
	kind, params, err := mime.ParseMediaType(given[0])
	if err != nil || kind != want {
		return refused
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return refused
	}
	return nil
}

// readObject walks the members of a JSON object; target gives where the value of
// a member goes, nil for a member that is not known. No body at all is an empty
// object.
func readObject(data []byte, target func(name string) any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	if !utf8.Valid(data) || tooDeep(data) {
		return invalid(codeNotJSON, "")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return invalid(codeNotJSON, "")
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return invalid(codeNotJSON, "")
		}
		name, _ := token.(string)
		into := target(name)
		if into == nil {
			return invalid(codeUnknownField, name)
		}
		if seen[name] {
			return invalid(codeDuplicateField, name)
		}
		seen[name] = true
		if err := dec.Decode(into); err != nil {
			return memberFault(name, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return invalid(codeNotJSON, "")
	}
	if _, err := dec.Token(); err != io.EOF {
		return invalid(codeNotJSON, "")
	}
	return nil
}

func memberFault(name string, err error) error {
	if _, ok := err.(*json.UnmarshalTypeError); ok {
		return invalid(codeWrongType, name)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok { // encoding/json has no type for it
		return invalid(codeUnknownField, name+"."+strings.Trim(field, `"`))
	}
	return invalid(codeNotJSON, "")
}

// fields is the target of an object with known members.
func fields(known map[string]any) func(string) any {
	return func(name string) any { return known[name] }
}

func tooDeep(data []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
