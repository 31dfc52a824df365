package directorytest

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"fieldpost/sfclient"
)

// Org is a Salesforce that holds a phone book of contacts and nothing else. It follows the
// queries of a first load; for all else there is sfclient/sandbox.
type Org struct{ People int }

// page is how many rows an answer has.
const page = 2000

// QueryPages implements directory.Source.
func (o Org) QueryPages(_ context.Context, soql string, _ int) iter.Seq2[sfclient.Page, error] {
	return func(yield func(sfclient.Page, error) bool) {
		switch {
		case strings.HasPrefix(soql, "SELECT SystemModstamp"):
			yield(rows(1, []map[string]any{{"SystemModstamp": "2026-11-22T10:00:00.000+0000"}}))
		case !strings.Contains(soql, " FROM Contact"):
			yield(sfclient.Page{}, nil)
		default:
			o.contacts(yield)
		}
	}
}

// QueryAllPages implements directory.Source: nobody is ever deleted.
func (o Org) QueryAllPages(context.Context, string, int) iter.Seq2[sfclient.Page, error] {
	return func(func(sfclient.Page, error) bool) {}
}

func (o Org) contacts(yield func(sfclient.Page, error) bool) {
	for from := 0; from < o.People; from += page {
		var some []map[string]any
		for i := from; i < min(from+page, o.People); i++ {
			p := At(i, o.People)
			some = append(some, map[string]any{
				"Id": p.ID, "Name": p.Name(), "Email": p.Email, "OwnerId": p.Owner, "Account": map[string]string{"Name": p.Company},
			})
		}
		if !yield(rows(o.People, some)) {
			return
		}
	}
}

func rows(total int, of []map[string]any) (sfclient.Page, error) {
	told := sfclient.Page{Total: total}
	for _, each := range of {
		row, err := json.Marshal(each)
		if err != nil {
			return told, err
		}
		told.Rows = append(told.Rows, row)
	}
	return told, nil
}
