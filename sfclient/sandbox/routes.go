package sandbox

import (
	"net/url"
	"slices"
	"strings"
)

// A route leads calls of one method and path to who answers them. Segments in
// braces stand for anything and are handed on by name.
type route struct {
	method    string
	segments  []string
	purpose   Purpose
	open      bool // answers without a session
	takesJSON bool
	handle    func(*Sandbox, *request) reply
}

const dataRoot = "/services/data/{version}"

func routes() []route {
	open := []route{
		at("GET", "/services/oauth2/authorize", Authorize, (*Sandbox).authorize),
		at("POST", "/services/oauth2/token", Token, (*Sandbox).token),
		at("POST", "/services/oauth2/revoke", Revoke, (*Sandbox).revoke),
		at("GET", "/services/oauth2/revoke", Revoke, (*Sandbox).revoke),
		at("GET", "/services/oauth2/userinfo", UserInfo, (*Sandbox).userInfo),
		at("POST", "/services/oauth2/userinfo", UserInfo, (*Sandbox).userInfo),
		at("GET", "/id/{org}/{user}", Identity, (*Sandbox).identity),
		at("GET", "/services/data", Versions, (*Sandbox).versions),
	}
	for i := range open {
		open[i].open = true
	}
	return slices.Concat(open, recordRoutes(), collectionRoutes(), readRoutes())
}

func recordRoutes() []route {
	return []route{
		at("GET", dataRoot+"/sobjects", DescribeGlobal, (*Sandbox).describeGlobal),
		at("GET", dataRoot+"/sobjects/{object}", Describe, (*Sandbox).describeBasic),
		at("GET", dataRoot+"/sobjects/{object}/describe", Describe, (*Sandbox).describe),
		at("GET", dataRoot+"/sobjects/{object}/deleted", Changes, (*Sandbox).deletedRecords),
		at("GET", dataRoot+"/sobjects/{object}/updated", Changes, (*Sandbox).updatedRecords),
		jsonAt("POST", dataRoot+"/sobjects/{object}", Create, (*Sandbox).create),
		at("GET", dataRoot+"/sobjects/{object}/{id}", Read, (*Sandbox).readRecord),
		jsonAt("PATCH", dataRoot+"/sobjects/{object}/{id}", Update, (*Sandbox).updateRecord),
		at("DELETE", dataRoot+"/sobjects/{object}/{id}", Delete, (*Sandbox).deleteRecord),
		at("GET", dataRoot+"/sobjects/{object}/{field}/{key}", Read, (*Sandbox).readByKey),
		jsonAt("PATCH", dataRoot+"/sobjects/{object}/{field}/{key}", Upsert, (*Sandbox).upsert),
		at("DELETE", dataRoot+"/sobjects/{object}/{field}/{key}", Delete, (*Sandbox).deleteByKey),
	}
}

func collectionRoutes() []route {
	return []route{
		jsonAt("POST", dataRoot+"/composite/sobjects", CreateMany, (*Sandbox).createMany),
		jsonAt("PATCH", dataRoot+"/composite/sobjects", UpdateMany, (*Sandbox).updateMany),
		at("DELETE", dataRoot+"/composite/sobjects", DeleteMany, (*Sandbox).deleteMany),
		jsonAt("POST", dataRoot+"/composite/sobjects/{object}", ReadMany, (*Sandbox).readMany),
		at("GET", dataRoot+"/composite/sobjects/{object}", ReadMany, (*Sandbox).readMany),
		jsonAt("PATCH", dataRoot+"/composite/sobjects/{object}/{field}", UpsertMany, (*Sandbox).upsertMany),
		jsonAt("POST", dataRoot+"/composite", Composite, (*Sandbox).composite),
		jsonAt("POST", dataRoot+"/composite/graph", Composite, (*Sandbox).runGraphs),
		jsonAt("POST", dataRoot+"/composite/batch", Composite, (*Sandbox).runBatch),
	}
}

func readRoutes() []route {
	return []route{
		at("GET", dataRoot, Resources, (*Sandbox).resources),
		at("GET", dataRoot+"/query", Query, (*Sandbox).query),
		at("GET", dataRoot+"/queryAll", Query, (*Sandbox).queryAll),
		at("GET", dataRoot+"/query/{locator}", QueryMore, (*Sandbox).queryMore),
		at("GET", dataRoot+"/queryAll/{locator}", QueryMore, (*Sandbox).queryMore),
		at("GET", dataRoot+"/search", Search, (*Sandbox).search),
		at("GET", dataRoot+"/search/suggestions", Search, (*Sandbox).suggestions),
		jsonAt("POST", dataRoot+"/parameterizedSearch", Search, (*Sandbox).parameterizedSearch),
		at("GET", dataRoot+"/limits", Limits, (*Sandbox).limits),
		at("GET", dataRoot+"/recent", Recent, (*Sandbox).recent),
		at("GET", dataRoot+"/tooling/query", Tooling, (*Sandbox).toolingQuery),
	}
}

func at(method, path string, purpose Purpose, handle func(*Sandbox, *request) reply) route {
	return route{method: method, segments: strings.Split(path[1:], "/"), purpose: purpose, handle: handle}
}

func jsonAt(method, path string, purpose Purpose, handle func(*Sandbox, *request) reply) route {
	r := at(method, path, purpose, handle)
	r.takesJSON = true
	return r
}

func (rt *route) match(method string, segments []string) (map[string]string, bool) {
	if method != rt.method && !(method == "HEAD" && rt.method == "GET") || !rt.fits(segments) {
		return nil, false
	}
	vars := map[string]string{}
	for i, segment := range rt.segments {
		if !isVariable(segment) {
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		vars[segment[1:len(segment)-1]] = value
	}
	return vars, true
}

func (rt *route) fits(segments []string) bool {
	if len(segments) != len(rt.segments) {
		return false
	}
	for i, segment := range rt.segments {
		if !isVariable(segment) && segment != segments[i] {
			return false
		}
	}
	return true
}

func isVariable(segment string) bool { return segment[0] == '{' }

// methodsFor lists what a path does answer, for the refusal of another method.
func methodsFor(routes []route, path string) []string {
	segments := strings.Split(path[1:], "/")
	var methods []string
	for i := range routes {
		if routes[i].fits(segments) && !slices.Contains(methods, routes[i].method) {
			methods = append(methods, routes[i].method)
		}
	}
	return methods
}
