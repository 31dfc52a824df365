package localapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
)

// schemaID names the schema for programs that keep it.
const schemaID = "urn:fieldpost:schema:activity"

// activitySchema is the description's own Activity, as a document by itself.
var activitySchema = sync.OnceValues(func() ([]byte, error) {
	var described struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(openAPI, &described); err != nil {
		return nil, err
	}
	schemas := described.Components.Schemas
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal(schemas["Activity"], &whole); err != nil {
		return nil, err
	}
	whole["$schema"] = json.RawMessage(`"https://json-schema.org/draft/2020-12/schema"`)
	whole["$id"] = json.RawMessage(`"` + schemaID + `"`)
	whole["$defs"] = json.RawMessage(`{"Kind":` + string(schemas["Kind"]) + `}`)
	text, err := json.MarshalIndent(whole, "", "  ")
	return bytes.ReplaceAll(text, []byte("#/components/schemas/"), []byte("#/$defs/")), err
})

func (s *Server) activitySchema(w http.ResponseWriter, _ *call) error {
	text, err := activitySchema()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, _ = w.Write(text) // who hung up does not need it
	return nil
}
