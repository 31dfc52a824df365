package sandbox

import (
	"slices"
	"strings"

	"fieldpost/sfclient/sandbox/soql"
)

// A projection is what a query shows of a record: fields, parents, children.
type projection struct {
	columns []column
}

type column struct {
	name  string
	show  func(*request, *record) any
	field *Field      // that it shows, none for a parent or children
	sub   *projection // what it shows of a parent or of children
	via   *Field      // that leads to the parent
}

func (b *binder) projection(t *table, items []soql.Item) (*projection, *soql.Error) {
	p := &projection{}
	for _, item := range items {
		var err *soql.Error
		if item.Child != nil {
			err = b.addChildren(p, t, item)
		} else {
			err = b.addPath(p, t, item.Path, item)
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// addPath adds a field, or what a path shows of a parent to that parent's column.
func (b *binder) addPath(p *projection, t *table, path string, item soql.Item) *soql.Error {
	first, rest, nested := strings.Cut(path, ".")
	if nested && strings.EqualFold(first, t.view.name) {
		if _, isParent := t.view.parent(first); !isParent {
			return b.addPath(p, t, rest, item)
		}
	}
	field, err := b.reach(t, path, item.At)
	if err != nil {
		return err
	}
	if !nested {
		p.add(column{name: field.field.Name, field: field.field, show: showField(field, item.Label)})
		return nil
	}
	via, _ := t.view.parent(first)
	parent := p.parentColumn(via, b.org)
	if via.isPolymorphic() {
		parent.sub.add(column{name: field.field.Name, field: field.field, show: b.showShared(field.field)})
		return nil
	}
	return b.addPath(parent.sub, b.seen(via.References[0]), rest, item)
}

func (p *projection) add(c column) {
	if !slices.ContainsFunc(p.columns, func(other column) bool { return other.name == c.name }) {
		p.columns = append(p.columns, c)
	}
}

func (p *projection) parentColumn(via *Field, o *org) *column {
	for i := range p.columns {
		if p.columns[i].via == via {
			return &p.columns[i]
		}
	}
	sub := &projection{}
	p.columns = append(p.columns, column{name: via.relationship, via: via, sub: sub, show: func(req *request, r *record) any {
		if parent, found := o.follow(r, via); found {
			return sub.show(req, parent)
		}
		return nil
	}})
	return &p.columns[len(p.columns)-1]
}

func showField(field reach, label bool) func(*request, *record) any {
	return func(_ *request, r *record) any {
		value := shown(field.field, r)
		if label {
			return labelIn(field.field, value)
		}
		return value
	}
}

func labelIn(f *Field, value any) any {
	for _, choice := range f.Choices {
		if choice.Value == value {
			return choice.Label
		}
	}
	return value
}

// showShared shows a field of the Name object for whatever record it is.
func (b *binder) showShared(f *Field) func(*request, *record) any {
	return func(_ *request, r *record) any {
		switch f.Name {
		case "Type":
			return r.table.object.name
		case "Name":
			return r.value(r.table.object.nameField())
		}
		return r.value(f.Name)
	}
}

func (p *projection) show(req *request, r *record) entries {
	row := make(entries, 0, len(p.columns)+1)
	row = append(row, entry{"attributes", attributes(req, r)})
	for _, c := range p.columns {
		row = append(row, entry{c.name, c.show(req, r)})
	}
	return row
}

// addChildren adds a query in parentheses, such as (SELECT Id FROM Contacts).
func (b *binder) addChildren(p *projection, t *table, item soql.Item) *soql.Error {
	children, link := b.childrenOf(t, item.Child.From)
	if children == nil {
		return &soql.Error{Code: "INVALID_TYPE", Message: "Didn't understand relationship '" + item.Child.From + "' in FROM part of query call.", At: item.Child.FromAt}
	}
	shown, err := b.projection(children, item.Child.Items)
	if err != nil {
		return err
	}
	all := *item.Child
	all.Limit, all.Offset = -1, 0
	rows, err := b.rows(children, &all, false)
	if err != nil {
		return err
	}
	byParent := map[string][]*record{}
	for _, r := range rows {
		if id, ok := r.get(link.column).(string); ok {
			byParent[id] = append(byParent[id], r)
		}
	}
	limit := item.Child.Limit
	p.add(column{name: item.Child.From, sub: shown, show: func(req *request, r *record) any {
		own := byParent[r.id()]
		if limit >= 0 {
			own = own[:min(limit, len(own))]
		}
		if len(own) == 0 {
			return nil
		}
		list := make([]entries, len(own))
		for i, child := range own {
			list[i] = shown.show(req, child)
		}
		return entries{{"totalSize", len(list)}, {"done", true}, {"records", list}}
	}})
	return nil
}

func (b *binder) childrenOf(t *table, relationship string) (*table, *Field) {
	for _, name := range b.order {
		children := b.seen(name)
		if children == nil {
			continue
		}
		for i := range children.view.fields {
			f := &children.view.fields[i]
			if strings.EqualFold(f.child, relationship) && slices.Contains(f.References, t.view.name) {
				return children, f
			}
		}
	}
	return nil, nil
}
