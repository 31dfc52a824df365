package sandbox

import (
	"maps"
	"net/http"
	"slices"
)

func (s *Sandbox) identityURL(req *request, user *record) string {
	return req.base + "/id/" + s.org.id + "/" + user.id()
}

// caller finds who asks an identity endpoint. Refusals are plain text with 403
// (salesforce.md section 1.6).
func (s *Sandbox) caller(req *request) (*record, reply) {
	token := bearer(req)
	if token == "" {
		token = req.query.Get("oauth_token")
	}
	if token == "" {
		return nil, plainText(http.StatusForbidden, "Missing_OAuth_Token")
	}
	session, err := s.sessionOf(token, req.source)
	if err != nil {
		return nil, plainText(http.StatusForbidden, "Bad_OAuth_Token")
	}
	req.user = session.user
	return session.user, reply{}
}

func (s *Sandbox) userInfo(req *request) reply {
	user, refusal := s.caller(req)
	if user == nil {
		return refusal
	}
	return answer(entries{
		{"sub", s.identityURL(req, user)},
		{"user_id", user.id()},
		{"organization_id", s.org.id},
		{"preferred_username", user.text("Username")},
		{"nickname", user.text("Alias")},
		{"name", user.text("Name")},
		{"email", user.text("Email")},
		{"email_verified", true},
		{"given_name", user.value("FirstName")},
		{"family_name", user.text("LastName")},
		{"zoneinfo", user.text("TimeZoneSidKey")},
		{"active", user.truth("IsActive")},
		{"user_type", "STANDARD"},
		{"language", user.text("LanguageLocaleKey")},
		{"locale", user.text("LocaleSidKey")},
		{"urls", urls(req.base)},
		{"updated_at", user.text("LastModifiedDate")},
	})
}

func (s *Sandbox) identity(req *request) reply {
	user, refusal := s.caller(req)
	switch id, ok := parseID(req.vars["user"]); {
	case user == nil:
		return refusal
	case !sameID(req.vars["org"], s.org.id):
		return plainText(http.StatusForbidden, "Wrong_Org")
	case !ok || id != user.id():
		return plainText(http.StatusNotFound, "Bad_Id")
	}
	body := entries{
		{"id", s.identityURL(req, user)},
		{"asserted_user", true},
		{"user_id", user.id()},
		{"organization_id", s.org.id},
		{"username", user.text("Username")},
		{"nick_name", user.text("Alias")},
		{"display_name", user.text("Name")},
		{"email", user.text("Email")},
		{"email_verified", true},
		{"first_name", user.value("FirstName")},
		{"last_name", user.text("LastName")},
		{"timezone", user.text("TimeZoneSidKey")},
		{"active", user.truth("IsActive")},
		{"user_type", "STANDARD"},
		{"language", user.text("LanguageLocaleKey")},
		{"locale", user.text("LocaleSidKey")},
		{"utcOffset", 3600000},
		{"urls", urls(req.base)},
		{"last_modified_date", user.text("LastModifiedDate")},
		{"is_app_installed", true},
	}
	if permissions := s.org.rules.Permissions; len(permissions) > 0 {
		held := entries{}
		for _, name := range permissions {
			held = append(held, entry{name, true})
		}
		body = append(body, entry{"custom_permissions", held})
	}
	if attributes := s.org.rules.Attributes; len(attributes) > 0 {
		told := entries{}
		for _, name := range slices.Sorted(maps.Keys(attributes)) {
			told = append(told, entry{name, attributes[name]})
		}
		body = append(body, entry{"custom_attributes", told})
	}
	return answer(body)
}

// urls are the templates of an identity answer, with {version} left to the caller.
func urls(base string) entries {
	data := base + "/services/data/v{version}/"
	return entries{
		{"rest", data},
		{"sobjects", data + "sobjects/"},
		{"query", data + "query/"},
		{"search", data + "search/"},
		{"recent", data + "recent/"},
	}
}

func sameID(a, b string) bool {
	return len(a) >= shortID && len(b) >= shortID && a[:shortID] == b[:shortID]
}
