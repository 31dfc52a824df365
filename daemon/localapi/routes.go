package localapi

import (
	"net/http"

	"fieldpost/daemon/localapi/access"
)

// rights is who may call a route.
type rights int

const (
	anyone    rights = 1 << iota // without a token
	byOwner                      // programs that read api.json
	byPage                       // our own status page
	byPairing                    // a paired page
	fromSites                    // pages of allowed origins may call it at all

	person    = byOwner | byPage
	capturers = person | byPairing | fromSites
	sites     = anyone | fromSites
)

var rightsOf = map[access.Kind]rights{access.Owner: byOwner, access.Page: byPage, access.Paired: byPairing}

// body is what a route takes.
type body int

const (
	noBody body = iota
	jsonBody
	filesBody
)

// route is one line of the table: what may be called, by whom, and who answers.
type route struct {
	method, path string
	may          rights
	body         body
	serve        func(w http.ResponseWriter, c *call) error
}

// routes is everything that this server answers to.
func (s *Server) routes() []*route {
	all := []*route{
		{"GET", "/healthz", sites, noBody, s.health},
		{"GET", "/openapi.json", anyone, noBody, s.openAPI},
		{"GET", "/{$}", anyone, noBody, s.shell},
		{"GET", "/static/{name}", anyone, noBody, s.static},
		{"GET", "/ui/{name}", person, noBody, s.fragment},

		{"GET", "/v1/status", person, noBody, s.status},
		{"GET", "/metrics", byOwner, noBody, s.metrics},
		{"GET", "/v1/events", person, noBody, s.events},

		{"POST", "/v1/activities", capturers, jsonBody, s.capture},
		{"GET", "/v1/activities", person, noBody, s.list},
		{"GET", "/v1/activities/{id}", capturers, noBody, s.get},
		{"DELETE", "/v1/activities/{id}", person, noBody, s.verb(s.Outbox.Discard)},
		{"POST", "/v1/activities/{id}/retry", person, jsonBody, s.verb(s.Outbox.Retry)},
		{"POST", "/v1/activities/{id}/hold", person, jsonBody, s.verb(s.Outbox.Hold)},
		{"POST", "/v1/activities/{id}/release", person, jsonBody, s.verb(s.Outbox.Release)},
		{"POST", "/v1/activities/{id}/restore", person, jsonBody, s.verb(s.Outbox.Restore)},
		{"POST", "/v1/activities/retry", person, jsonBody, s.retryAll},
		{"POST", "/v1/activities/release", person, jsonBody, s.releaseAll},
		{"POST", "/v1/files", person, filesBody, s.files},
		{"GET", "/v1/schema/activity.json", capturers, noBody, s.activitySchema},

		{"POST", "/v1/session", anyone, jsonBody, s.trade},
		{"POST", "/v1/session/codes", byOwner, jsonBody, s.newCode},
		{"GET", "/v1/hello", sites, noBody, s.hello},
		{"POST", "/v1/pair", sites, jsonBody, s.ask},
		{"GET", "/v1/pair", person, noBody, s.asks},
		{"GET", "/v1/pair/{id}", sites, noBody, s.poll},
		{"POST", "/v1/pair/{id}/approve", person, jsonBody, s.approve},
		{"POST", "/v1/pair/{id}/deny", person, jsonBody, s.deny},
		{"GET", "/v1/pairings", person, noBody, s.pairings},
		{"DELETE", "/v1/pairings/{id}", person, noBody, s.unpair},

		{"POST", "/v1/stop", byOwner, jsonBody, s.stop},
	}
	return append(all, s.optional()...)
}

// optional is what only an application with the part behind it answers to.
func (s *Server) optional() []*route {
	var all []*route
	with := func(has bool, routes ...*route) {
		if has {
			all = append(all, routes...)
		}
	}
	with(s.Drafts != nil,
		&route{"GET", "/v1/drafts/{kind}", person, noBody, s.draft},
		&route{"PUT", "/v1/drafts/{kind}", person, jsonBody, s.keepDraft},
		&route{"DELETE", "/v1/drafts/{kind}", person, noBody, s.dropDraft})
	with(s.Directory != nil,
		&route{"GET", "/v1/people", person, noBody, s.people},
		&route{"GET", "/v1/records", person, noBody, s.records})
	with(s.People != nil,
		&route{"POST", "/v1/activities/{id}/resolve", person, jsonBody, s.resolve},
		&route{"GET", "/v1/people/unresolved", person, noBody, s.unresolved},
		&route{"GET", "/v1/people/answers", person, noBody, s.answers},
		&route{"DELETE", "/v1/people/answers/{address}", person, noBody, s.unanswer},
		&route{"GET", "/v1/people/{id}", person, noBody, s.card},
		&route{"GET", "/v1/records/suggested", person, noBody, s.suggested})
	with(s.Settings != nil,
		&route{"GET", "/v1/settings", person, noBody, s.settings},
		&route{"PATCH", "/v1/settings", person, jsonBody, s.changeSettings})
	with(s.Doctor != nil,
		&route{"GET", "/v1/doctor", person, noBody, s.doctor},
		&route{"POST", "/v1/doctor/write-test", person, jsonBody, s.writeTest})
	with(s.SignIn != nil,
		&route{"POST", "/v1/auth/login", person, jsonBody, s.login},
		&route{"GET", "/v1/auth/login", person, noBody, s.lastLogin},
		&route{"POST", "/v1/auth/logout", person, jsonBody, s.logout})
	with(s.Sync != nil, &route{"POST", "/v1/sync", person, jsonBody, s.sync})
	with(s.Refresh != nil, &route{"POST", "/v1/org/refresh", person, jsonBody, s.refresh})
	with(s.Upkeep != nil,
		&route{"PATCH", "/v1/activities/{id}", person, jsonBody, s.edit},
		&route{"POST", "/v1/activities/claim", person, jsonBody, s.claim},
		&route{"POST", "/v1/activities/{id}/withdraw", person, jsonBody, s.withdraw},
		&route{"POST", "/v1/outbox/check", byOwner, jsonBody, s.checkOutbox},
		&route{"POST", "/v1/outbox/compact", byOwner, jsonBody, s.compactOutbox},
		&route{"POST", "/v1/outbox/forget", byOwner, jsonBody, s.forget},
		&route{"GET", "/v1/outbox/export", byOwner, noBody, s.export},
		&route{"POST", "/v1/outbox/import", byOwner, jsonBody, s.importItems},
		&route{"POST", "/v1/outbox/recover", byOwner, jsonBody, s.recoverOutbox})
	with(s.Preview != nil,
		&route{"GET", "/v1/activities/{id}/preview", person, noBody, s.preview},
		&route{"POST", "/v1/files/preview", person, filesBody, s.foresee})
	with(s.Org != nil, &route{"GET", "/v1/org", person, noBody, s.org})
	return all
}
