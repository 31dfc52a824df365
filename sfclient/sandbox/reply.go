package sandbox

import (
	"net/http"
	"strings"
)

// A reply is an answer before it is written: to the network, into the row of a
// composite answer, or nowhere, if a fault drops it.
type reply struct {
	status int
	body   any    // JSON if it is neither nil nor a text
	kind   string // the content type of a text; empty for JSON
	header http.Header
	drop   bool // close the connection instead
	cut    bool // send the first half of the body, then close
}

func answer(body any) reply  { return reply{status: http.StatusOK, body: body} }
func created(body any) reply { return reply{status: http.StatusCreated, body: body} }
func noContent() reply       { return reply{status: http.StatusNoContent} }
func page(status int, html string) reply {
	return reply{status: status, body: html, kind: "text/html; charset=UTF-8"}
}

func plainText(status int, text string) reply {
	return reply{status: status, body: text, kind: "text/plain; charset=UTF-8"}
}

func redirect(location string) reply {
	return reply{status: http.StatusFound, header: http.Header{"Location": {location}}}
}

func oauthError(code, description string) reply {
	return reply{status: http.StatusBadRequest, body: entries{{"error", code}, {"error_description", description}}}
}

func (r reply) encode() (contentType string, body []byte) {
	switch text, isText := r.body.(string); {
	case r.body == nil:
		return "", nil
	case isText && r.kind != "":
		return r.kind, []byte(text)
	}
	return "application/json;charset=UTF-8", appendJSON(nil, r.body)
}

// An apiError is a refusal of the data API. One call answers it as the array
// [{message, errorCode, fields}], a collection as a row's {statusCode, message,
// fields} (salesforce.md sections 6.3 and 8).
type apiError struct {
	status  int
	code    string
	message string
	fields  []string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

func (e *apiError) reply() reply {
	body := entries{{"message", e.message}, {"errorCode", e.code}}
	if len(e.fields) > 0 {
		body = append(body, entry{"fields", e.fields})
	}
	return reply{status: e.status, body: []entries{body}}
}

func (e *apiError) row() entries {
	fields := e.fields
	if fields == nil {
		fields = []string{}
	}
	fault := entries{{"statusCode", e.code}, {"message", e.message}, {"fields", fields}}
	return entries{{"success", false}, {"errors", []entries{fault}}}
}

// refusal is an apiError with status 400, the usual one.
func refusal(code, message string, fields ...string) *apiError {
	return &apiError{http.StatusBadRequest, code, message, fields}
}

func notFound(message string) *apiError {
	return &apiError{http.StatusNotFound, "NOT_FOUND", message, nil}
}

func noResource() *apiError { return notFound("The requested resource does not exist") }

func noKeyField(field string) *apiError {
	return notFound("Provided external ID field does not exist or is not accessible: " + field)
}

func noColumn(field, object string) *apiError {
	return refusal("INVALID_FIELD", "No such column '"+field+"' on sobject of type "+object)
}

func unparsable(message string) *apiError { return refusal("JSON_PARSER_ERROR", message) }

func integrity(message string, fields ...string) *apiError {
	return refusal("FIELD_INTEGRITY_EXCEPTION", message, fields...)
}

func missing(fields ...string) *apiError {
	return refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: ["+strings.Join(fields, ", ")+"]", fields...)
}

func sessionInvalid(message string) *apiError {
	return &apiError{http.StatusUnauthorized, "INVALID_SESSION_ID", message, nil}
}
