package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestThePortTakesNothingThatItsDocumentDoesNotKnow(t *testing.T) {
	l := newLaptop(t)
	l.start()
	item := l.captured("share", "--channel", "link", "--url", "https://acme.showpad.biz/share/1", "--to", "ana@kunde.test")
	for _, one := range []struct{ method, path, body, field string }{
		{"POST", "/v1/activities/claim", `{"all":true}`, "all"},
		{"POST", "/v1/outbox/check", `{"deep":true}`, "deep"},
		{"POST", "/v1/outbox/compact", `{"now":true}`, "now"},
		{"POST", "/v1/session/codes", `{"for":"me"}`, "for"},
		{"POST", "/v1/outbox/import", `{}`, "items"},
		{"POST", "/v1/outbox/import", `{"items":null}`, "items"},
		{"POST", "/v1/outbox/import", `{"items":[{"activity":{"kind":"share","colour":"red"}}]}`, "items.colour"},
		{"PATCH", "/v1/activities/" + item + "?delivered=maybe", `{"subject":"Changed"}`, "delivered"},
		{"PATCH", "/v1/activities/" + item, `{"body":null,"body":null}`, "body"},
		{"PUT", "/v1/drafts/share", `null`, ""},
		{"POST", "/v1/activities", `[null]`, ""},
	} {
		status, text := l.ask(one.method, one.path, one.body)
		if text == "" || status != http.StatusBadRequest && !strings.Contains(text, `"problem":{"status":400`) {
			t.Errorf("%s %s %s answers %d %s", one.method, one.path, one.body, status, text)
		}
		if !strings.Contains(text, `"field":"`+one.field+`"`) && one.field != "" {
			t.Errorf("%s %s %s does not name %s: %s", one.method, one.path, one.body, one.field, text)
		}
	}
}

func TestAFieldThatIsNullIsAsOneLeftOut(t *testing.T) {
	l := newLaptop(t)
	l.start()
	if status, text := l.post(`{"kind":"share","channel":"link","subject":"S","body":null,"people":null,"related_to":null}`); status != http.StatusCreated {
		t.Errorf("a capture answers %d %s", status, text)
	}
	item := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	if _, text := l.ask("POST", "/v1/activities/"+item+"/resolve", `{"address":"ana@kunde.test","create":null}`); strings.Contains(text, "not_json") {
		t.Errorf("a null create answers %s", text)
	}
}

func TestAnEmptyOutboxIsExportedAsAnEmptyList(t *testing.T) {
	l := newLaptop(t)
	l.start()
	if status, text := l.ask("GET", "/v1/outbox/export", ""); status != 200 || !strings.Contains(text, `"items":[]`) {
		t.Errorf("it answers %d %s", status, text)
	}
}

func TestTheFiguresCountWhatTheOutboxHolds(t *testing.T) {
	l := newLaptop(t)
	l.start()
	l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	status, text := l.ask("GET", "/metrics", "")
	for _, line := range []string{
		"# TYPE fieldpost_outbox_items gauge\n", "\nfieldpost_outbox_items{state=\"waiting\"} 1\n",
		"\nfieldpost_outbox_items{state=\"held\"} 0\n", "\nfieldpost_outbox_oldest_waiting_timestamp_seconds 1",
	} {
		if status != http.StatusOK || !strings.Contains(text, line) {
			t.Errorf("%d, and no %q in\n%s", status, line, text)
		}
	}
}

// upload posts a body of a type with the owner's token.
func (l *laptop) upload(path, kind, body string) (int, string) {
	l.t.Helper()
	address := l.address()
	request, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, address.URL+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+address.Token)
	request.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestOfAFormCutShortNothingIsTaken(t *testing.T) {
	l := newLaptop(t)
	l.start()
	head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n"
	whole := head + `{"kind":"share","channel":"link","subject":"S"}` + "\r\n"
	for _, form := range []string{whole, whole + "--b", whole + head[:20], whole + "--b\r\n", whole + head[:len(head)-2], whole + head + `{"kind"`} {
		if status, text := l.upload("/v1/files", "multipart/form-data; boundary=b", form); status != http.StatusBadRequest {
			t.Errorf("%q answers %d %s", form, status, text)
		}
	}
	if n := l.status().Outbox.Captured; n != 0 {
		t.Errorf("%d were captured", n)
	}
}

func TestAnIDWithAWrongEndHoldsUpNothingElse(t *testing.T) {
	l := atWork(t)
	if status, text := l.post(`{"kind":"share","channel":"link","subject":"Wrong","people":[{"id":"00QgJ1S00L7SU2gzDG"}]}`); status != http.StatusCreated {
		t.Fatalf("it answers %d %s", status, text)
	}
	l.delivered(l.captured("share", "--channel", "link", "--subject", "Right", "--to", "ana@kunde.test"))
	if state := l.status().Account.State; state != "signed_in" {
		t.Errorf("the account is %s", state)
	}
}
