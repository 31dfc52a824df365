package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"strings"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

var ledgerColumns = []string{
	"id", "kind", "state", "source", "captured_at", "delivered_at", "object", "record_id", "record_url", "username", "subject", "problem",
}

// ledger writes every item of a state as CSV, newest first: what retention has purged
// keeps its line.
func ledger(ctx context.Context, d desk, state outbox.State, name string) (rows int, err error) {
	var out bytes.Buffer
	table := csv.NewWriter(&out)
	if err := table.Write(ledgerColumns); err != nil {
		return 0, err
	}
	for cursor := ""; ; {
		page, err := d.List(ctx, outbox.Query{State: state, Limit: 500, Cursor: cursor})
		if err != nil {
			return rows, err
		}
		for i := range page.Items {
			if err := table.Write(ledgerLine(&page.Items[i])); err != nil {
				return rows, err
			}
			rows++
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	table.Flush()
	return rows, os.WriteFile(name, out.Bytes(), 0o600)
}

func ledgerLine(item *apitype.Item) []string {
	line := []string{
		item.ID, string(item.Kind), string(item.State), string(item.Source), item.CapturedAt.Format(time.RFC3339), "", "", "", "", "",
		plainCell(item.Subject), "",
	}
	if item.DeliveredAt != nil {
		line[5] = item.DeliveredAt.Format(time.RFC3339)
	}
	if r := item.Record; r != nil {
		line[6], line[7], line[8] = r.Object, r.ID, r.URL
	}
	if item.Account != nil {
		line[9] = item.Account.Username
	}
	if item.Problem != nil {
		line[11] = item.Problem.Code
	}
	return line
}

// plainCell keeps a spreadsheet from taking a subject for a formula.
func plainCell(text string) string {
	if strings.ContainsAny(text[:min(len(text), 1)], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
