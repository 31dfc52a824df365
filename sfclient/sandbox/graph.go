package sandbox

import "net/http"

// The most graphs of a call, and the most requests of all its graphs together. How
// deep a graph may be and how many objects it may touch is not held.
const (
	maxGraphs = 75
	maxNodes  = 500
)

// A graph is a composite by name that is written as a whole or not at all.
type graph struct {
	id    string
	parts []part
}

// runGraphs runs graphs in order, none of which sees another's answers (salesforce.md
// section 6.4).
func (s *Sandbox) runGraphs(req *request) reply {
	graphs, err := req.graphs()
	if err != nil {
		return err.reply()
	}
	results := make([]entries, len(graphs))
	for i, g := range graphs {
		answers := s.runParts(req, g.parts, true)
		results[i] = entries{
			{"graphId", g.id}, {"graphResponse", entries{{"compositeResponse", answers}}}, {"isSuccessful", succeeded(answers)},
		}
	}
	return answer(entries{{"graphs", results}})
}

// graphs reads the request; the code of one that is too large is assumed.
func (req *request) graphs() ([]graph, *apiError) {
	body, err := req.object()
	if err != nil {
		return nil, err
	}
	list, _ := body["graphs"].([]any)
	graphs := make([]graph, len(list))
	for i, each := range list {
		fields, _ := each.(map[string]any)
		graphs[i].id, _ = fields["graphId"].(string)
		if graphs[i].parts, err = partsOf(fields["compositeRequest"]); err != nil {
			return nil, err
		}
		req.rows += len(graphs[i].parts)
	}
	if len(graphs) == 0 || len(graphs) > maxGraphs || req.rows > maxNodes {
		return nil, refusal("LIMIT_EXCEEDED", "A call holds 1 to 75 graphs of 500 requests together")
	}
	return graphs, nil
}

func succeeded(answers []entries) bool {
	for _, each := range answers {
		if status, _ := each.get("httpStatusCode"); status.(int) >= http.StatusBadRequest {
			return false
		}
	}
	return true
}
