package localapi

import "net/http"

// statuses gives the status of the application's refusals by their code, where
// it is not 400 (CONTRACT section 4).
var statuses = map[string]int{
	"excluded":               http.StatusUnprocessableEntity,
	"private":                http.StatusUnprocessableEntity,
	"internal":               http.StatusUnprocessableEntity,
	"related_to_not_allowed": http.StatusUnprocessableEntity,
	"too_large":              http.StatusRequestEntityTooLarge,
	"locked":                 http.StatusForbidden,
	"access_denied":          http.StatusForbidden,
	"content_sealed":         http.StatusConflict,
	"signed_out":             http.StatusConflict,
	"sign_in_needed":         http.StatusConflict,
	"items_waiting":          http.StatusConflict,
	"changed_in_salesforce":  http.StatusConflict,
	"withdraw_other":         http.StatusConflict,
	"directory_locked":       http.StatusConflict,
	"create_doubtful":        http.StatusServiceUnavailable,
	"nothing_answered":       http.StatusNotFound,
	"allowance_scarce":       http.StatusServiceUnavailable,
	"withdraw_later":         http.StatusServiceUnavailable,
	"directory_store":        http.StatusInsufficientStorage,
	"not_durable":            http.StatusInsufficientStorage,
	"settings_unwritable":    http.StatusInternalServerError,
}

// StatusOf gives the status of a refusal, for those who tell it without the port.
func StatusOf(code string) int { return statusOf(code) }

func statusOf(code string) int {
	if status, ok := statuses[code]; ok {
		return status
	}
	return http.StatusBadRequest
}
