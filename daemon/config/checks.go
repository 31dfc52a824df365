package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"filippo.io/age"
)

const maxText = 4000 // characters of one text; the longest SOQL condition is one (salesforce.md)

var (
	apiNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)
	domains  = regexp.MustCompile(`^([\pL\pN]([\pL\pN-]*[\pL\pN])?\.)+[\pL\pN][\pL\pN-]*[\pL\pN]$`)
)

func among(values []string) check {
	return func(given string) (string, bool) { return given, slices.Contains(values, given) }
}

func anyText(given string) (string, bool) { return given, len(given) <= maxText }

func notBlank(given string) (string, bool) { return given, given != "" && len(given) <= maxText }

func oneWord(given string) (string, bool) {
	return given, len(given) <= maxText && !strings.ContainsFunc(given, unicode.IsSpace)
}

func apiName(given string) (string, bool) { return given, apiNames.MatchString(given) }

// keyField may be empty: then no key is sent even where the org has the field.
func keyField(given string) (string, bool) {
	return given, given == "" || apiNames.MatchString(given) && strings.HasSuffix(given, "__c")
}

// loginURL takes a host or an address and gives the address without a slash.
func loginURL(given string) (string, bool) {
	if !strings.Contains(given, "://") {
		given = "https://" + given
	}
	address, ok := bareAddress(given)
	if !ok || (address.Scheme != "https" && (address.Scheme != "http" || !loopback(address.Hostname()))) {
		return "", false
	}
	return address.Scheme + "://" + strings.ToLower(address.Host), true
}

// bareAddress parses an address that has nothing but scheme, host and port.
func bareAddress(given string) (*url.URL, bool) {
	address, err := url.Parse(given)
	if err != nil || address.Hostname() == "" || address.User != nil || address.Opaque != "" ||
		address.RawQuery != "" || address.ForceQuery || strings.Contains(given, "#") ||
		(address.Path != "" && address.Path != "/") || strings.ContainsFunc(given, unicode.IsSpace) {
		return nil, false
	}
	if port := address.Port(); port != "" && !validPort(port, 1) {
		return nil, false
	}
	return address, !strings.HasSuffix(address.Host, ":")
}

func validPort(given string, least uint64) bool {
	port, err := strconv.ParseUint(given, 10, 16)
	return err == nil && port >= least
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// loopbackAddress allows the hosts that the port answers to, and no others
// (CONTRACT.md section 4, the Host rule).
func loopbackAddress(given string) (string, bool) {
	host, port, err := net.SplitHostPort(given)
	return given, err == nil && slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, host) && validPort(port, 0)
}

// origin allows https origins, a star for the first label where at least two more
// follow, and http for this computer alone.
func origin(given string) (string, bool) {
	starless := strings.Replace(strings.ToLower(given), "://*.", "://", 1)
	address, ok := bareAddress(starless)
	if !ok || strings.Contains(starless, "*") {
		return "", false
	}
	star := starless != strings.ToLower(given)
	if star && (!domains.MatchString(address.Hostname()) || loopback(address.Hostname())) {
		return "", false
	}
	if address.Scheme != "https" && (address.Scheme != "http" || star || !loopback(address.Hostname())) {
		return "", false
	}
	return strings.TrimSuffix(strings.ToLower(given), "/"), true
}

// addressOrDomain takes ana@acme.com, acme.com and @acme.com.
func addressOrDomain(given string) (string, bool) {
	given = strings.ToLower(given)
	at := strings.LastIndexByte(given, '@')
	local := given[:max(at, 0)]
	ok := !strings.ContainsFunc(local, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("@<>,;", r)
	})
	return given, ok && len(given) <= 254 && domains.MatchString(given[at+1:])
}

// absolutePath takes an absolute path of this system, or one that starts with ~.
func absolutePath(home string) check {
	return func(given string) (string, bool) {
		if rest, ok := strings.CutPrefix(given, "~"); ok && home != "" && (rest == "" || strings.ContainsRune(`/\`, rune(rest[0]))) {
			given = filepath.Join(home, filepath.FromSlash(rest))
		}
		cleaned := filepath.Clean(given)
		return cleaned, filepath.IsAbs(given) && filepath.Dir(cleaned) != cleaned && strings.TrimSpace(cleaned) == cleaned
	}
}

// proxy takes system, none or an address, with a user name and a password where the
// proxy wants them. config.toml is its owner's alone to read.
func proxy(given string) (string, bool) {
	if given == ProxySystem || given == ProxyNone {
		return given, true
	}
	whole, err := url.Parse(given)
	if err != nil || whole.User != nil && whole.User.Username() == "" || strings.Contains(given, "#") {
		return "", false
	}
	bare := *whole
	bare.User = nil
	address, ok := bareAddress(bare.String())
	if !ok || !slices.Contains([]string{"http", "https", "socks5"}, address.Scheme) {
		return "", false
	}
	return strings.TrimSuffix(given, "/"), true
}

func ageRecipient(given string) (string, bool) {
	if given == "" {
		return "", true
	}
	recipients, err := age.ParseRecipients(strings.NewReader(given))
	return given, err == nil && len(recipients) == 1
}
