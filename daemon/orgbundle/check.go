package orgbundle

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	keyFields   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,76}__c$`)
	apiVersions = regexp.MustCompile(`^[1-9][0-9]{1,2}\.0$`)
	hosts       = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$|^\[[0-9a-fA-F:]+\](:[0-9]+)?$`)
)

// check refuses what would become a file's name, an address or a command line that
// means something else.
func (in *Input) check() error {
	switch {
	case in.KeyField != "" && !keyFields.MatchString(in.KeyField):
		return &InputError{"KeyField", in.KeyField}
	case len(in.RedirectPorts) == 0 || slices.Min(in.RedirectPorts) < 1 || slices.Max(in.RedirectPorts) > 65535:
		return &InputError{"RedirectPorts", fmt.Sprint(in.RedirectPorts)}
	case !loginURL(in.LoginURL):
		return &InputError{"LoginURL", in.LoginURL}
	case !apiVersions.MatchString(in.APIVersion):
		return &InputError{"APIVersion", in.APIVersion}
	case in.Language != "en" && in.Language != "fr":
		return &InputError{"Language", in.Language}
	}
	return nil
}

func loginURL(given string) bool {
	u, err := url.Parse(given)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && given == u.Scheme+"://"+u.Host && hosts.MatchString(u.Host)
}

// makesField reports whether the bundle brings the key field. One with a namespace
// comes with the package that owns it; then only its rights are given.
func (in *Input) makesField() bool {
	return in.KeyField != "" && !strings.Contains(strings.TrimSuffix(in.KeyField, "__c"), "__")
}
