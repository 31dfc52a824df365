package sfauth

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
)

// Page is the text that the rep's browser shows at the end, in their language.
type Page struct {
	Lang  string // of the texts, "en"
	Title string
	// Lines follow the title, a paragraph each.
	Lines []string
}

const pageStyle = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.5rem}`

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>` + pageStyle + `</style></head>
<body><main><h1>{{.Title}}</h1>{{range .Lines}}<p>{{.}}</p>{{end}}</main></body></html>
`))

// writePage lets nothing be loaded, kept or passed on: the address of the page
// holds the authorization code.
func writePage(w http.ResponseWriter, page Page, ok bool) {
	style := sha256.Sum256([]byte(pageStyle))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "+
		"style-src 'sha256-"+base64.StdEncoding.EncodeToString(style[:])+"'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
	}
	_ = pageTemplate.Execute(w, page) // the browser has gone: nobody to tell
}
