package sfclient_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fieldpost/sfclient"
)

// BenchmarkCreateAll writes 200 tasks a call to a server that does nothing.
func BenchmarkCreateAll(b *testing.B) {
	row := `{"id":"00T000000000001AAA","success":true,"errors":[]}`
	answer := "[" + strings.Repeat(row+",", sfclient.MaxRows-1) + row + "]"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/services/data" {
			answer := `[{"version":"66.0"}]`
			_, _ = io.WriteString(w, answer)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	transport := sfclient.NewTransport(nil)
	defer transport.CloseIdleConnections()
	client := sfclient.New(sfclient.Config{Session: given{InstanceURL: server.URL}, Transport: transport, Log: slog.New(slog.DiscardHandler)})
	rows := make([]sfclient.Row, sfclient.MaxRows)
	for i := range rows {
		rows[i] = sfclient.Row{Object: "Task", Fields: sfclient.Fields{
			"Subject": "Shared: Brochure 2027", "Status": "Completed", "ActivityDate": "2026-11-22", "Type": "Email",
			"Description": strings.Repeat("text ", 60), "WhoId": "003000000000001AAA", "WhatId": "006000000000001AAA",
			"fieldpost_Key__c": "0193c2f0-0000-7000-8000-000000000000",
		}}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.CreateAll(context.Background(), rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "rows/s")
}
