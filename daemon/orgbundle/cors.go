package orgbundle

import (
	"fmt"
	"regexp"
	"strings"
)

// allowable is what an org takes: https, and a star only in front of a second-level
// domain (salesforce.md section 9).
var (
	allowable = regexp.MustCompile(`^https://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9](:[0-9]{1,5})?$|^https://\*\.[a-z0-9]([a-z0-9-]*[a-z0-9])?\.[a-z]([a-z0-9-]*[a-z0-9])?(:[0-9]{1,5})?$`)
	unnamable = regexp.MustCompile(`[^a-z0-9]+`)
)

// cors gives an entry for each web page's origin that an org takes, and the origins
// that it does not take.
func (in *Input) cors() (entries []component, refused []string) {
	seen, taken := map[string]bool{}, map[string]bool{}
	for _, given := range in.Origins {
		origin := strings.ToLower(strings.TrimSuffix(given, "/"))
		if seen[origin] {
			continue
		}
		seen[origin] = true
		if !allowable.MatchString(origin) {
			refused = append(refused, given)
			continue
		}
		member := entryName(origin, taken)
		entries = append(entries, component{
			"CorsWhitelistOrigin", member, "corsWhitelistOrigins/" + member + ".corsWhitelistOrigin",
			group("CorsWhitelistOrigin", text("urlPattern", origin)),
		})
	}
	return entries, refused
}

// entryName makes an API name from an origin: letters, digits and single underscores.
func entryName(origin string, taken map[string]bool) string {
	host := strings.Replace(strings.TrimPrefix(origin, "https://"), "*", "all", 1)
	base := name + "_" + strings.Trim(unnamable.ReplaceAllString(host, "_"), "_")
	base = strings.TrimRight(base[:min(len(base), 70)], "_")
	member := base
	for n := 2; taken[member]; n++ {
		member = fmt.Sprintf("%s_%d", base, n)
	}
	taken[member] = true
	return member
}
