package sandbox

import (
	"fmt"
	"net/http"
)

// An org's calls are counted over the last 24 hours (salesforce.md sections 6.5 and
// 7.4).

// spend takes one call from the allowance, after what was spent a day ago has come
// back. A call beyond it is refused and costs nothing.
func (s *Sandbox) spend() *apiError {
	rules, now := &s.org.rules, s.org.now()
	for len(s.spent) > 0 && now.Sub(s.spent[0]) >= day {
		s.spent = s.spent[1:]
		rules.AllowanceUsed = max(rules.AllowanceUsed-1, 0)
	}
	if rules.AllowanceMax > 0 && rules.AllowanceUsed >= rules.AllowanceMax {
		rules.AllowanceUsed = rules.AllowanceMax
		return &apiError{http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", nil}
	}
	rules.AllowanceUsed++
	s.spent = append(s.spent, now)
	return nil
}

// usage is the value of Sforce-Limit-Info.
func (r *Rules) usage() string {
	return fmt.Sprintf("api-usage=%d/%d", r.AllowanceUsed, r.AllowanceMax)
}

// limits tells the allowance. Which code refuses it to who may not view the setup is
// assumed.
func (s *Sandbox) limits(*request) reply {
	rules := &s.org.rules
	if rules.LimitsHidden {
		return (&apiError{http.StatusForbidden, "INSUFFICIENT_ACCESS", "insufficient access rights on object id", nil}).reply()
	}
	limit := func(most, used int) entries { return entries{{"Max", most}, {"Remaining", max(most-used, 0)}} }
	return answer(entries{
		{"DailyApiRequests", limit(rules.AllowanceMax, rules.AllowanceUsed)},
		{"DataStorageMB", limit(10_240, 1_024)},
		{"FileStorageMB", limit(10_240, 512)},
	})
}
