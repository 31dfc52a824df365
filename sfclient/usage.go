package sfclient

import (
	"context"
	"strconv"
	"strings"
)

// parseUsage reads "api-usage=18/15000"; further parts may follow a comma or a
// semicolon (salesforce.md section 7.4).
func parseUsage(header string) (Usage, bool) {
	_, rest, ok := strings.Cut(header, "api-usage=")
	if !ok {
		return Usage{}, false
	}
	rest, _, _ = strings.Cut(rest, ";")
	rest, _, _ = strings.Cut(rest, ",")
	used, most, ok := strings.Cut(strings.TrimSpace(rest), "/")
	if !ok {
		return Usage{}, false
	}
	u, errUsed := strconv.Atoi(used)
	m, errMax := strconv.Atoi(most)
	return Usage{Used: u, Max: m}, errUsed == nil && errMax == nil && m > 0
}

// Limit is one of the org's allowances.
type Limit struct {
	Max       int `json:"Max"`
	Remaining int `json:"Remaining"`
}

// Limits tells the org's allowances by name ("DailyApiRequests"). The user may
// not be allowed to read them (salesforce.md section 7.4).
func (c *Client) Limits(ctx context.Context) (map[string]Limit, error) {
	var limits map[string]Limit
	return limits, c.get(ctx, read("limits", nil), &limits)
}
