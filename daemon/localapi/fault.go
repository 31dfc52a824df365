package localapi

import (
	"fmt"
	"net/http"
)

// fault is a refusal of this room's own: problem.CODE.* in the words tells it.
type fault struct {
	status int
	code   string
	field  string
	args   map[string]string
}

func (f *fault) Error() string { return fmt.Sprintf("localapi: %d %s %s", f.status, f.code, f.field) }

func refuse(status int, code string) *fault { return &fault{status: status, code: code} }

// invalid names what of the request is at fault.
func invalid(code, field string) *fault {
	return &fault{status: http.StatusBadRequest, code: code, field: field, args: map[string]string{"field": field}}
}

// The codes of a fault.
const (
	codeNotLocal       = "not_local"
	codeWrongHost      = "wrong_host"
	codeBadTarget      = "bad_target"
	codeUpgrade        = "upgrade_refused"
	codeOrigin         = "origin_not_allowed"
	codeCrossSite      = "cross_site"
	codeNotFound       = "not_found"
	codeMethod         = "method_not_allowed"
	codeUnauthorized   = "unauthorized"
	codeForbidden      = "forbidden"
	codeMediaType      = "media_type"
	codeTooLarge       = "too_large"
	codeTooMany        = "too_many_requests"
	codeNotJSON        = "not_json"
	codeUnknownField   = "unknown_field"
	codeDuplicateField = "duplicate_field"
	codeWrongType      = "wrong_type"
	codeRequired       = "required"
	codeInvalidValue   = "invalid_value"
	codeNotMultipart   = "not_multipart"
	codeWrongState     = "wrong_state"
	codeDelivered      = "already_delivered"
	codeNotDurable     = "not_durable"
	codeInternal       = "internal_error"
	codeWrongCode      = "wrong_code"
	codeAskOpen        = "pair_open"
	codeAskDenied      = "pair_denied"
	codeAskOver        = "pair_over"
)
