package orgbundle

import (
	"cmp"
	"slices"
)

// Input is what the bundle is made for.
type Input struct {
	// KeyField is the API name of the key field, "" where the settings have none: then
	// no field is made.
	KeyField string
	// RedirectPorts are those of the callback http://localhost:PORT/callback.
	RedirectPorts []int
	// LoginURL is where this org signs in.
	LoginURL string
	// Origins are those of web.allowed_origins. They are used WithCORS only: the pages
	// need it, fieldpost does not.
	Origins  []string
	WithCORS bool
	// FactsKnown tells that the org's facts were read.
	FactsKnown bool
	// TaskTypes are all values that Task.Type has in the org, in its order. They are
	// empty without facts, and where the rep may not see the field.
	TaskTypes []TypeValue
	// WantedTypes are those that the settings look for first.
	WantedTypes []string
	APIVersion  string // "66.0"
	Language    string // "en" or "fr", of the README and of what people see in the org
}

// TypeValue is one value of a picklist.
type TypeValue struct {
	Value, Label string
	Default      bool
}

// File is one file of the bundle, its name with slashes, below the bundle's folder.
type File struct {
	Name string
	Data []byte
}

// name is what everything of ours is called in the org: the app, the permission set
// and the folder of the report.
const name = "fieldpost"

// Make gives the files of the bundle, the same ones for the same input. An
// *InputError names what it cannot be made from.
func Make(in Input) ([]File, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	told, err := in.readme()
	if err != nil {
		return nil, err
	}
	parts := in.components()
	var files []File
	for _, p := range parts {
		files = append(files, File{source + p.file + "-meta.xml", document(p.body)})
	}
	files = append(
		files,
		File{".forceignore", []byte(forceignore)},
		File{"manifest/package.xml", document(in.manifest(parts))},
		File{"sfdx-project.json", in.project()},
		File{"README.md", told},
	)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return files, nil
}
