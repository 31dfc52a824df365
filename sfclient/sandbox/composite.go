package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	maxSubrequests = 25
	maxBatched     = 25
)

// A part is one request within a composite call.
type part struct {
	method, url, id string
	header          http.Header
	body            any
}

// composite runs parts in order; later ones may use @{id.field} of earlier answers
// (salesforce.md section 6.4).
func (s *Sandbox) composite(req *request) reply {
	body, err := req.object()
	if err != nil {
		return err.reply()
	}
	parts, err := partsOf(body["compositeRequest"])
	if err != nil {
		return err.reply()
	}
	if len(parts) > maxSubrequests {
		return refusal("PROCESSING_HALTED", "The composite request holds more than 25 subrequests").reply()
	}
	req.rows = len(parts)
	allOrNone, _ := body["allOrNone"].(bool)
	return answer(entries{{"compositeResponse", s.runParts(req, parts, allOrNone)}})
}

func (s *Sandbox) runParts(req *request, parts []part, allOrNone bool) []entries {
	req.shared = s.org.begin(req.user)
	done, replies, failed := map[string]reply{}, make([]reply, len(parts)), false
	for i, p := range parts {
		replies[i] = s.runPart(req, p, done)
		done[p.id] = replies[i]
		failed = failed || replies[i].status >= http.StatusBadRequest
	}
	if failed && allOrNone {
		req.shared.rollback(0)
	}
	answers := make([]entries, len(parts))
	for i, rep := range replies {
		if failed && allOrNone && rep.status < http.StatusBadRequest {
			rep = halted().reply()
		}
		answers[i] = entries{
			{"body", rep.body}, {"httpHeaders", headersOf(rep)}, {"httpStatusCode", rep.status}, {"referenceId", parts[i].id},
		}
	}
	return answers
}

func halted() *apiError {
	return refusal("PROCESSING_HALTED", "The transaction was rolled back since another operation in the same transaction failed.")
}

func partsOf(list any) ([]part, *apiError) {
	values, ok := list.([]any)
	if !ok {
		return nil, unparsable("The compositeRequest is missing at [line:1, column:1]")
	}
	parts := make([]part, len(values))
	for i, each := range values {
		fields, ok := each.(map[string]any)
		if !ok {
			return nil, unparsable("Cannot deserialize instance of a subrequest at [line:1, column:1]")
		}
		p := part{body: fields["body"], header: headerIn(fields["httpHeaders"])}
		p.method, _ = fields["method"].(string)
		p.url, _ = fields["url"].(string)
		p.id, _ = fields["referenceId"].(string)
		parts[i] = p
	}
	return parts, nil
}

// headerIn reads the httpHeaders of a part, such as If-Modified-Since.
func headerIn(fields any) http.Header {
	header := http.Header{}
	given, _ := fields.(map[string]any)
	for name, value := range given {
		if text, ok := value.(string); ok {
			header.Set(name, text)
		}
	}
	return header
}

// headersOf tells a part's own headers, such as Last-Modified.
func headersOf(rep reply) entries {
	told := entries{}
	for _, name := range slices.Sorted(maps.Keys(rep.header)) {
		told = append(told, entry{name, rep.header.Get(name)})
	}
	return told
}

func (s *Sandbox) runPart(req *request, p part, done map[string]reply) reply {
	missing := false
	fill := func(text string) string {
		return references.ReplaceAllStringFunc(text, func(found string) string {
			value, ok := lookUp(done, found[2:len(found)-1])
			missing = missing || !ok
			return value
		})
	}
	address, body := fill(p.url), fillAll(p.body, fill)
	if missing {
		return halted().reply()
	}
	return s.subrequest(req, part{method: p.method, url: address, header: p.header, body: body})
}

var references = regexp.MustCompile(`@\{[^}]+\}`)

// lookUp finds "t1.id" in the answers so far.
func lookUp(done map[string]reply, path string) (string, bool) {
	id, rest, _ := strings.Cut(path, ".")
	rep, known := done[id]
	if !known || rep.status >= http.StatusBadRequest {
		return "", false
	}
	value := rep.body
	for name := range strings.SplitSeq(rest, ".") {
		fields, ok := value.(entries)
		if !ok {
			return "", false
		}
		if value, ok = fields.get(name); !ok {
			return "", false
		}
	}
	text, ok := value.(string)
	return text, ok
}

func fillAll(value any, fill func(string) string) any {
	switch v := value.(type) {
	case string:
		return fill(v)
	case []any:
		filled := make([]any, len(v))
		for i, each := range v {
			filled[i] = fillAll(each, fill)
		}
		return filled
	case map[string]any:
		filled := make(map[string]any, len(v))
		for name, each := range v {
			filled[name] = fillAll(each, fill)
		}
		return filled
	}
	return value
}

// subrequest runs a call inside another one: same caller, no further allowance. That
// the outer headers say nothing to it is assumed.
func (s *Sandbox) subrequest(req *request, p part) reply {
	target, err := url.Parse(p.url)
	if err != nil {
		return noResource().reply()
	}
	sub := *req
	sub.method, sub.query, sub.header, sub.json, sub.jsonErr, sub.body = p.method, target.Query(), p.header, p.body, nil, nil
	s.route(&sub, target.EscapedPath())
	if sub.route == nil || sub.route.open || sub.purpose == Composite {
		return noResource().reply()
	}
	if refused := s.checkVersion(&sub); refused != nil {
		return refused.reply()
	}
	return sub.route.handle(s, &sub)
}

// runBatch runs independent parts.
func (s *Sandbox) runBatch(req *request) reply {
	body, err := req.object()
	if err != nil {
		return err.reply()
	}
	list, _ := body["batchRequests"].([]any)
	if len(list) == 0 || len(list) > maxBatched {
		return refusal("INVALID_BATCH_SIZE", "A batch holds 1 to 25 requests").reply()
	}
	req.rows = len(list)
	results, bad := make([]entries, len(list)), false
	for i, each := range list {
		fields, _ := each.(map[string]any)
		method, _ := fields["method"].(string)
		address, _ := fields["url"].(string)
		address = "/services/data/" + strings.TrimPrefix(address, "/services/data/")
		rep := s.subrequest(req, part{method: method, url: address, body: fields["richInput"]})
		bad = bad || rep.status >= http.StatusBadRequest
		results[i] = entries{{"statusCode", rep.status}, {"result", rep.body}}
	}
	return answer(entries{{"hasErrors", bad}, {"results", results}})
}
