package localapi

import (
	"bytes"
	"fmt"
	"net/http"

	"fieldpost/daemon/localapi/apitype"
)

// metrics tells the figures of the status as Prometheus text. They name nobody.
func (s *Server) metrics(w http.ResponseWriter, c *call) error {
	status, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(figures(&status)) // who hung up does not need it
	return nil
}

func figures(s *apitype.Status) []byte {
	var text bytes.Buffer
	gauge := func(name, help string) { fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %[1]s gauge\n", name, help) }
	gauge("fieldpost_build_info", "The version that runs.")
	fmt.Fprintf(&text, "fieldpost_build_info{version=%q} 1\n", s.Version)
	gauge("fieldpost_outbox_items", "Activities by state.")
	for _, one := range []struct {
		state string
		n     int
	}{
		{"waiting", s.Outbox.Waiting},
		{"sending", s.Outbox.Sending},
		{"delivered", s.Outbox.Delivered},
		{"needs_attention", s.Outbox.NeedsAttention},
		{"held", s.Outbox.Held},
		{"discarded", s.Outbox.Discarded},
	} {
		fmt.Fprintf(&text, "fieldpost_outbox_items{state=%q} %d\n", one.state, one.n)
	}
	for _, one := range []struct {
		name, help string
		n          int
	}{
		{"fieldpost_inbox_rejected_files", "Files that were refused.", s.Inbox.Rejected},
		{"fieldpost_inbox_excluded_files", "Files that were excluded.", s.Inbox.Excluded},
		{"fieldpost_inbox_stuck_files", "Files that lie in the inbox for over a minute.", s.Inbox.Stuck},
		{"fieldpost_directory_people", "People in the offline directory.", s.Directory.People},
		{"fieldpost_directory_records", "Records in the offline directory.", s.Directory.Records},
		{"fieldpost_salesforce_calls_today", "Calls that copying the org down made today (UTC).", s.Directory.CallsToday},
	} {
		gauge(one.name, one.help)
		fmt.Fprintf(&text, "%s %d\n", one.name, one.n)
	}
	if oldest := s.Outbox.OldestWaitingAt; oldest != nil {
		gauge("fieldpost_outbox_oldest_waiting_timestamp_seconds", "When the oldest waiting activity was captured.")
		fmt.Fprintf(&text, "fieldpost_outbox_oldest_waiting_timestamp_seconds %d\n", oldest.Unix())
	}
	return text.Bytes()
}
