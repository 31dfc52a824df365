package sfclient

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxMessage bounds the text kept of an error, in characters.
const maxMessage = 2000

// failureBody is one entry of Salesforce's error list. A call says errorCode,
// a row of a collections call says statusCode (salesforce.md section 6.3).
type failureBody struct {
	ErrorCode  string   `json:"errorCode"`
	StatusCode string   `json:"statusCode"`
	Message    string   `json:"message"`
	Fields     []string `json:"fields"`
}

func (b failureBody) error(status int) *Error {
	code := b.ErrorCode
	if code == "" {
		code = b.StatusCode
	}
	return &Error{Status: status, Code: code, Message: cut(b.Message), Fields: b.Fields}
}

func cut(text string) string {
	if characters := []rune(text); len(characters) > maxMessage {
		return string(characters[:maxMessage])
	}
	return text
}

// failure turns an answer that is no success into the error it stands for.
func (a answer) failure() error {
	if own := parseFailure(a.status, a.body); own != nil {
		own.RetryAfter = a.retryAfter()
		return own
	}
	return a.foreign()
}

// parseFailure reads an error body: a list, or a bare object. It gives nil for
// whatever is not one of Salesforce's.
func parseFailure(status int, body []byte) *Error {
	var list []failureBody
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
		return nil
	case body[0] == '[':
		if json.Unmarshal(body, &list) != nil {
			return nil
		}
	case body[0] == '{':
		list = make([]failureBody, 1)
		if json.Unmarshal(body, &list[0]) != nil {
			return nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	if own := list[0].error(status); own.Code != "" {
		return own
	}
	return nil
}

// Foreign names who most likely gave an answer that Salesforce would not give.
func Foreign(status int, header http.Header) *ForeignError {
	return answer{status: status, header: header}.foreign()
}

func (a answer) foreign() *ForeignError {
	switch {
	case a.status == 401 || a.status == 403 || a.status == 407:
		return a.foreignOf(Proxy)
	case a.status == 511 || a.status >= 300 && a.status < 400:
		return a.foreignOf(Portal)
	case a.status >= 500 || a.status == 420:
		return a.foreignOf(Edge)
	case a.status < 300 && a.isHTML():
		return a.foreignOf(Portal)
	case a.status < 300:
		return a.foreignOf(Garbled)
	}
	return a.foreignOf(Other)
}

func (a answer) foreignOf(kind ForeignKind) *ForeignError {
	return &ForeignError{
		Status:      a.status,
		Kind:        kind,
		ContentType: a.contentType(),
		RetryAfter:  a.retryAfter(),
	}
}

func (a answer) contentType() string {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return kind
}

func (a answer) isHTML() bool {
	return strings.Contains(a.contentType(), "html")
}

// retryAfter reads the header in both its forms. Salesforce is not known to send
// it; the edge and proxies do.
func (a answer) retryAfter() time.Duration {
	text := a.header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, until.Sub(now))
}
