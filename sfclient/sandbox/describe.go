package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// versions is what an org tells anybody: no session is needed.
func (s *Sandbox) versions(*request) reply {
	var list []entries
	for v := s.org.rules.OldestVersion; v <= s.org.rules.NewestVersion; v++ {
		list = append(list, entries{
			{"label", releaseName(v)}, {"url", fmt.Sprintf("/services/data/v%d.0", v)}, {"version", fmt.Sprintf("%d.0", v)},
		})
	}
	return answer(list)
}

// releaseName counts three releases a year: 67 is Summer '26.
func releaseName(version int) string {
	seasons := [3]string{"Spring", "Summer", "Winter"}
	since := version - 66 + 3*26 // 66 is Spring '26
	season, year := since%3, since/3
	if season == 2 {
		year++
	}
	return fmt.Sprintf("%s '%02d", seasons[season], year)
}

func (s *Sandbox) resources(req *request) reply {
	body := entries{}
	for _, name := range []string{"sobjects", "query", "queryAll", "search", "parameterizedSearch", "composite", "limits", "recent", "tooling"} {
		body = append(body, entry{name, req.resource(name)})
	}
	return answer(append(body, entry{"identity", s.identityURL(req, req.user)}))
}

func (s *Sandbox) describeGlobal(req *request) reply {
	return conditional(req, s.org.modified, func() reply {
		list := []entries{}
		for _, name := range slices.Sorted(slices.Values(s.org.order)) {
			if t := s.org.seen(name); t != nil {
				list = append(list, describeObject(req, t.view))
			}
		}
		return answer(entries{{"encoding", "UTF-8"}, {"maxBatchSize", 200}, {"sobjects", list}})
	})
}

func (s *Sandbox) describeBasic(req *request) reply {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return noResource().reply()
	}
	return answer(entries{{"objectDescribe", describeObject(req, t.view)}, {"recentItems", s.recentOf(req, t)}})
}

func (s *Sandbox) describe(req *request) reply {
	t := s.org.seen(req.vars["object"])
	if t == nil {
		return noResource().reply()
	}
	return conditional(req, t.modified, func() reply {
		fields := make([]entries, len(t.view.fields))
		for i := range t.view.fields {
			fields[i] = describeField(t.view, &t.view.fields[i])
		}
		body := describeObject(req, t.view)
		return answer(append(body, entries{
			{"fields", fields},
			{"childRelationships", s.childRelationships(t.view.name)},
			{"recordTypeInfos", s.recordTypes(req, t.view.name)},
		}...))
	})
}

// conditional answers 304 or 412 by the dates of the request, without a body, else
// what is asked. Dates have no fractions.
func conditional(req *request, modified time.Time, otherwise func() reply) reply {
	if since, err := http.ParseTime(req.header.Get("If-Modified-Since")); err == nil && !modified.After(since) {
		return reply{status: http.StatusNotModified, header: lastModified(modified)}
	}
	if since, err := http.ParseTime(req.header.Get("If-Unmodified-Since")); err == nil && modified.After(since) {
		return reply{status: http.StatusPreconditionFailed}
	}
	rep := otherwise()
	rep.header = lastModified(modified)
	return rep
}

func lastModified(modified time.Time) http.Header {
	return http.Header{"Last-Modified": {modified.UTC().Format(http.TimeFormat)}}
}

func describeObject(req *request, o *sobject) entries {
	base := req.resource("sobjects", o.name)
	return entries{
		{"name", o.name},
		{"label", o.label},
		{"labelPlural", o.plural},
		{"keyPrefix", o.prefix},
		{"custom", o.custom},
		{"activateable", false},
		{"createable", o.createable},
		{"customSetting", false},
		{"deletable", o.createable},
		{"layoutable", true},
		{"mergeable", false},
		{"queryable", true},
		{"replicateable", true},
		{"retrieveable", true},
		{"searchable", o.searchable},
		{"triggerable", true},
		{"undeletable", true},
		{"updateable", o.createable},
		{"urls", entries{{"sobject", base}, {"describe", base + "/describe"}, {"rowTemplate", base + "/{ID}"}}},
	}
}

func describeField(o *sobject, f *Field) entries {
	var relationship any
	if f.relationship != "" && f.Type == "reference" {
		relationship = f.relationship
	}
	references := f.References
	if references == nil {
		references = []string{}
	}
	return entries{
		{"name", f.Name},
		{"label", f.Label},
		{"type", strings.ToLower(f.Type)},
		{"length", f.Length},
		{"soapType", soapType(f.Type)},
		{"nillable", f.Nillable},
		{"createable", f.Createable},
		{"updateable", f.Updateable},
		{"filterable", f.Filterable},
		{"sortable", f.Sortable},
		{"groupable", f.Groupable},
		{"defaultedOnCreate", f.DefaultedOnCreate},
		{"externalId", f.ExternalID},
		{"idLookup", f.IDLookup},
		{"unique", f.Unique},
		{"caseSensitive", f.CaseSensitive},
		{"custom", f.isCustom()},
		{"nameField", f.Name == o.nameField()},
		{"restrictedPicklist", f.Restricted},
		{"picklistValues", describeChoices(f)},
		{"referenceTo", references},
		{"relationshipName", relationship},
		{"namePointing", f.isPolymorphic()},
		{"calculated", false},
		{"defaultValue", nil},
		{"deprecatedAndHidden", false},
	}
}

func describeChoices(f *Field) []entries {
	list := make([]entries, len(f.Choices))
	for i, choice := range f.Choices {
		list[i] = entries{
			{"value", choice.Value},
			{"label", choice.Label},
			{"active", !choice.Inactive},
			{"defaultValue", f.fallback == choice.Value},
			{"validFor", nil},
		}
	}
	return list
}

func soapType(kind string) string {
	switch kind {
	case "boolean", "int", "double", "date":
		return "xsd:" + kind
	case "currency", "percent":
		return "xsd:double"
	case "datetime":
		return "xsd:dateTime"
	case "id", "reference":
		return "tns:ID"
	case "junctionIdList":
		return "urn:JunctionIdListNames"
	}
	return "xsd:string"
}

func (s *Sandbox) childRelationships(object string) []entries {
	list := []entries{}
	for _, name := range s.org.order {
		t := s.org.seen(name)
		if t == nil {
			continue
		}
		for _, f := range t.view.fields {
			if f.child != "" && slices.Contains(f.References, object) {
				list = append(list, entries{{"childSObject", t.view.name}, {"field", f.Name}, {"relationshipName", f.child}, {"cascadeDelete", false}})
			}
		}
	}
	return list
}

// masterRecordType is the id of "no record type", the same in every org.
const masterRecordType = "012000000000000AAA"

func (s *Sandbox) recordTypes(req *request, object string) []entries {
	own := s.org.recordTypesOf(object)
	list := make([]entries, 0, len(own)+1)
	for _, r := range own {
		list = append(list, recordType(req, object, r.text("Name"), r.text("DeveloperName"), r.id(), false))
	}
	return append(list, recordType(req, object, "Master", "Master", masterRecordType, true))
}

func recordType(req *request, object, name, developerName, id string, master bool) entries {
	return entries{
		{"active", true},
		{"available", true},
		{"defaultRecordTypeMapping", master},
		{"developerName", developerName},
		{"master", master},
		{"name", name},
		{"recordTypeId", id},
		{"urls", entries{{"layout", req.resource("sobjects", object, "describe", "layouts", id)}}},
	}
}

func (o *org) recordTypesOf(object string) []*record {
	var types []*record
	for _, r := range o.table("RecordType").rows {
		if r.text("SobjectType") == object && !r.deleted() {
			types = append(types, r)
		}
	}
	return types
}
