package orgbundle

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// metadata is the namespace of every file that an org takes.
const metadata = "http://soap.sforce.com/2006/04/metadata"

// A node is one element: a text or its children.
type node struct {
	name     string
	text     string
	children []node
}

func text(name, value string) node { return node{name: name, text: value} }

func flag(name string, value bool) node { return text(name, strconv.FormatBool(value)) }

func group(name string, children ...node) node { return node{name: name, children: children} }

// document writes an element as a file of its own. Writing into memory cannot fail,
// and the encoder leaves no value unescaped.
func document(root node) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	e := xml.NewEncoder(&b)
	e.Indent("", "    ")
	b.WriteByte('\n')
	encode(e, root, xml.Attr{Name: xml.Name{Local: "xmlns"}, Value: metadata})
	_ = e.Close()
	b.WriteByte('\n')
	return b.Bytes()
}

func encode(e *xml.Encoder, n node, attrs ...xml.Attr) {
	start := xml.StartElement{Name: xml.Name{Local: n.name}, Attr: attrs}
	_ = e.EncodeToken(start)
	if len(n.children) == 0 {
		_ = e.EncodeToken(xml.CharData(n.text))
	}
	for _, child := range n.children {
		encode(e, child)
	}
	_ = e.EncodeToken(start.End())
}
