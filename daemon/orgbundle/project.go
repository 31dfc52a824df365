package orgbundle

import (
	"encoding/json"
	"maps"
	"slices"
)

// source is where the project keeps what it deploys.
const source = "force-app/main/default/"

// A component is one piece of metadata.
type component struct {
	// kind and member are how package.xml names it.
	kind, member string
	// file is where it lies below source, without the ending of all source files.
	file string
	body node
}

func (in *Input) components() []component {
	parts := in.app()
	if in.makesField() {
		parts = append(parts, in.field())
	}
	parts = append(parts, in.permissions())
	parts = append(parts, in.report()...)
	if in.typesKnown() {
		parts = append(parts, in.taskTypes())
	}
	if in.WithCORS {
		allowed, _ := in.cors()
		parts = append(parts, allowed...)
	}
	return parts
}

// manifest is package.xml. The types and their members are sorted: their order means
// nothing to an org.
func (in *Input) manifest(parts []component) node {
	members := map[string][]string{}
	for _, p := range parts {
		members[p.kind] = append(members[p.kind], p.member)
	}
	root := group("Package")
	for _, kind := range slices.Sorted(maps.Keys(members)) {
		types := group("types")
		for _, member := range slices.Sorted(slices.Values(members[kind])) {
			types.children = append(types.children, text("members", member))
		}
		types.children = append(types.children, text("name", kind))
		root.children = append(root.children, types)
	}
	root.children = append(root.children, text("version", in.APIVersion))
	return root
}

// forceignore keeps out of a deployment what editors and file managers leave.
const forceignore = "**/.DS_Store\n**/*~\n**/*.orig\n"

func (in *Input) project() []byte {
	type directory struct {
		Path    string `json:"path"`
		Default bool   `json:"default"`
	}
	data, _ := json.MarshalIndent(struct {
		Directories []directory `json:"packageDirectories"`
		Name        string      `json:"name"`
		Namespace   string      `json:"namespace"`
		LoginURL    string      `json:"sfdcLoginUrl"`
		APIVersion  string      `json:"sourceApiVersion"`
	}{[]directory{{"force-app", true}}, name, "", in.LoginURL, in.APIVersion}, "", "  ")
	return append(data, '\n')
}
