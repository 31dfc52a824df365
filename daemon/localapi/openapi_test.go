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
	whole := &Server{Parts: newBench(t).Parts}
	whole.Upkeep, whole.Refresh, whole.Preview, whole.Org, whole.Drafts = struct{ Upkeep }{}, never{}, never{}, never{}, struct{ Drafts }{} // routes are listed, not called
	var served []string
	for _, r := range whole.routes() {
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
