// Package page draws the status page: a shell that holds no data of the rep, the
// fragments that its script fetches, and the files it needs, all of them embedded.
// It turns what it is given into HTML in the rep's language; it fetches nothing,
// decides nothing and knows nothing of HTTP.
package page

import (
	"embed"
	"html/template"
	"io"
	"path"
	"sync"

	"fieldpost/daemon/words"
)

//go:embed templates static
var files embed.FS

var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(files, "templates/*.html")
})

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Static gives a file of the page and its media type, false where there is none.
func Static(name string) (data []byte, kind string, ok bool) {
	data, err := files.ReadFile(path.Join("static", path.Base(name)))
	kind, known := kinds[path.Ext(name)]
	return data, kind, err == nil && known
}

// Shell draws the page around its fragments. It is the same for whoever asks.
func Shell(w io.Writer, p *words.Printer) error {
	return draw(w, "shell.html", struct {
		Words *words.Printer
		Views []string
	}{p, views})
}

// views are what the menu of the page leads to.
var views = []string{"today", "outbox", "share", "meeting", "people", "checks", "settings", "about"}

// View is what there is to see on one part of the page. It is drawn in words.
type View interface {
	// drawing gives the template and what it is filled with.
	drawing(p *words.Printer) (template string, data any)
}

// Draw draws a view as a fragment of the page.
func Draw(w io.Writer, p *words.Printer, v View) error {
	name, data := v.drawing(p)
	return draw(w, name, data)
}

func draw(w io.Writer, name string, data any) error {
	all, err := templates()
	if err != nil {
		return err
	}
	return all.ExecuteTemplate(w, name, data)
}
