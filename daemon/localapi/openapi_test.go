package localapi

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// unlisted are what a browser asks for by itself: no program calls them.
var unlisted = []string{"GET /{$}", "GET /static/{name}", "GET /ui/{name}"}

type never struct{}

func (never) Refresh(context.Context) (apitype.Directory, error) { return apitype.Directory{}, nil }

func (never) Preview(*words.Printer, string) (apitype.Preview, error) { return apitype.Preview{}, nil }

func (never) Foresee(*words.Printer, string, []byte) ([]apitype.Foreseen, error) {
	return nil, nil
}

func (never) Org(context.Context) (apitype.Org, error) { return apitype.Org{}, nil }

// wholeServer has every part that an application may leave out.
func wholeServer(t *testing.T) *Server {
	t.Helper()
	whole := &Server{Parts: newBench(t).Parts}
	whole.Upkeep, whole.Refresh, whole.Preview, whole.Org, whole.Drafts = struct{ Upkeep }{}, never{}, never{}, never{}, struct{ Drafts }{} // routes are listed, not called
	return whole
}

func TestEachRouteStandsInTheDescription(t *testing.T) {
	var described struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &described); err != nil {
		t.Fatal(err)
	}
	var told []string
	for path, operations := range described.Paths {
		for method := range operations {
			told = append(told, strings.ToUpper(method)+" "+path)
		}
	}
	var served []string
	for _, r := range wholeServer(t).routes() {
		name := r.method + " " + r.path
		served = append(served, name)
		if !slices.Contains(told, name) && !slices.Contains(unlisted, name) {
			t.Errorf("%s is served and not described", name)
		}
	}
	for _, name := range told {
		if name != "GET /" && !slices.Contains(served, name) {
			t.Errorf("%s is described and not served", name)
		}
	}
}

// TestEachOperationListsWhatKeepsACallOut holds the described refusals against the
// table of routes: what the guard and the reading of a body answer before a handler does.
func TestEachOperationListsWhatKeepsACallOut(t *testing.T) {
	var described struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &described); err != nil {
		t.Fatal(err)
	}
	for _, r := range wholeServer(t).routes() {
		path := strings.TrimSuffix(r.path, "{$}")
		listed := described.Paths[path][strings.ToLower(r.method)].Responses
		wanted := []string{"400", "403", "421", "default"}
		if r.may&anyone == 0 {
			wanted = append(wanted, "401")
		}
		if r.may&byPairing != 0 {
			wanted = append(wanted, "429")
		}
		if r.body != noBody {
			wanted = append(wanted, "413", "415")
		}
		if strings.Contains(path, "{") {
			wanted = append(wanted, "404")
		}
		for _, status := range wanted {
			if listed[status] == nil {
				t.Errorf("%s %s does not list %s", r.method, path, status)
			}
		}
	}
}
