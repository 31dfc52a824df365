package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"fieldpost/sfclient/sandbox/soql"
)

// The org's list of origins that browsers may call it from (salesforce.md section
// 9). It drives the probe with an Origin header, which wants no rights, and can be
// read with "Modify All Data" only.

const corsObject = "CorsWhitelistEntry"

// A CorsRefusal is what reading the list answers without the right. Which one is
// Salesforce's is not documented; a client has to stand all three.
type CorsRefusal int

// An unknown object is the expected answer.
const (
	CorsInvalidType CorsRefusal = iota
	CorsForbidden               // 403 INSUFFICIENT_ACCESS
	CorsEmpty                   // a list without entries
)

// fillCors makes the entries say what the rules say.
func (o *org) fillCors() {
	o.clear(corsObject)
	for i, origin := range o.rules.CorsOrigins {
		o.add(corsObject, map[string]any{"DeveloperName": fmt.Sprintf("Origin_%d", i+1), "UrlPattern": origin})
	}
}

// refuseCors refuses to read the list where that is the answer.
func (o *org) refuseCors(t *table, at int) *soql.Error {
	if t.object.name != corsObject || o.rules.ModifyAllData || o.rules.CorsRefusal != CorsForbidden {
		return nil
	}
	return &soql.Error{Code: "INSUFFICIENT_ACCESS", Message: "insufficient access rights on object id", At: at}
}

// originAllowed holds a browser's origin against the list. Calls without one are no
// browser's.
func (s *Sandbox) originAllowed(origin string) bool {
	return origin == "" || slices.ContainsFunc(s.org.table(corsObject).rows, func(r *record) bool {
		return !r.deleted() && matchesOrigin(r.text("UrlPattern"), origin)
	})
}

// matchesOrigin knows "*." in front of a domain, for one or more labels.
func matchesOrigin(pattern, origin string) bool {
	scheme, domain, wild := strings.Cut(pattern, "*.")
	if !wild {
		return strings.EqualFold(pattern, origin)
	}
	label, ok := strings.CutSuffix(strings.TrimPrefix(origin, scheme), "."+domain)
	return ok && strings.HasPrefix(origin, scheme) && label != "" && !strings.ContainsAny(label, "/:@")
}
