package orgbundle

import (
	"bytes"
	"embed"
	"strings"
	"text/template"
)

//go:embed README.en.md.tmpl README.fr.md.tmpl
var texts embed.FS

var readmes = template.Must(template.New("").Funcs(template.FuncMap{"code": code}).ParseFS(texts, "*.tmpl"))

// page is what a README tells of this bundle.
type page struct {
	Input
	MakesField, TypesKnown bool
	// Added are the Task Types that the bundle brings, Missing those that are to be
	// added by hand because the org's own could not be read.
	Added, Missing []string
	// Translated: some label differs from its value, perhaps because the org's words
	// were read in another language than its own.
	Translated bool
	Callbacks  []string
	// Allowed tells whether web pages were let in, Refused which an org does not take.
	Allowed bool
	Refused []string
	Contact string
	// Relax is how the bundle spells the IP policy, RelaxInGuide how the metadata guide does.
	Relax, RelaxInGuide string
	Report              string
}

func (in *Input) readme() ([]byte, error) {
	p := page{
		Input: *in, MakesField: in.makesField(), TypesKnown: in.typesKnown(), Callbacks: strings.Split(in.callbacks(), "\n"),
		Contact: contact, Relax: relaxForRefresh, RelaxInGuide: relaxInGuide, Report: name + "/" + reportName,
	}
	for _, v := range in.added() {
		p.Added = append(p.Added, v.Value)
	}
	if !p.TypesKnown {
		p.Added, p.Missing = nil, p.Added
	}
	for _, v := range in.TaskTypes {
		p.Translated = p.Translated || v.Label != v.Value
	}
	if in.WithCORS {
		allowed, refused := in.cors()
		p.Allowed, p.Refused = len(allowed) > 0, refused
	}
	var b bytes.Buffer
	err := readmes.ExecuteTemplate(&b, "README."+in.Language+".md.tmpl", p)
	return b.Bytes(), err
}

// code sets a value as code, whatever it holds: in one line, between more backticks
// than it has in a row.
func code(value string) string {
	value = strings.Join(strings.Fields(value), " ")
	fence := "`"
	for strings.Contains(value, fence) {
		fence += "`"
	}
	if len(fence) > 1 || value == "" {
		return fence + " " + value + " " + fence
	}
	return fence + value + fence
}
