package sfclient_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"fieldpost/sfclient"

	"github.com/google/go-cmp/cmp"
)

func TestManyRecordsInOneCall(t *testing.T) {
	o := newOrg(t)
	var body string
	take := func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		body = r.Method + " " + string(data)
		answerJSON(w, http.StatusOK, `[{"id":"00T000000000001AAA","success":true,"errors":[]},
			{"success":false,"errors":[{"statusCode":"STRING_TOO_LONG","message":"m","fields":["Subject"]}]}]`)
	}
	o.HandleFunc("POST /services/data/v66.0/composite/sobjects", take)
	o.HandleFunc("PATCH /services/data/v66.0/composite/sobjects", take)
	client := o.client(t)
	want := []sfclient.Result{
		{ID: "00T000000000001AAA"},
		{Err: &sfclient.Error{Status: 200, Code: "STRING_TOO_LONG", Message: "m", Fields: []string{"Subject"}}},
	}
	results, err := client.CreateAll(t.Context(), []sfclient.Row{
		{Object: "Task", Fields: sfclient.Fields{"Subject": `a "b" <c>`}},
		{Object: "Event"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Error(diff)
	}
	const created = `POST {"allOrNone":false,"records":[{"attributes":{"type":"Task"},"Subject":"a \"b\" \u003cc\u003e"},{"attributes":{"type":"Event"}}]}`
	if body != created {
		t.Errorf("sent %s", body)
	}
	if _, err := client.UpdateAll(t.Context(), []sfclient.Row{
		{Object: "Task", ID: "00T000000000001AAA", Fields: sfclient.Fields{"Subject": "x"}},
		{Object: "Task", ID: "00T000000000002AAA", Fields: sfclient.Fields{"Subject": nil}},
	}); err != nil {
		t.Fatal(err)
	}
	const updated = `PATCH {"allOrNone":false,"records":[{"attributes":{"type":"Task"},"Id":"00T000000000001AAA","Subject":"x"},{"attributes":{"type":"Task"},"Id":"00T000000000002AAA","Subject":null}]}`
	if body != updated {
		t.Errorf("sent %s", body)
	}
}

func TestResultsThatDoNotFitTheRowsLeaveAllInDoubt(t *testing.T) {
	for _, body := range []string{
		`[]`,
		`[{"id":"00T000000000001AAA","success":true}]`,
		`[{"id":"00T000000000001AAA","success":true},{"success":true}]`,
		`[{"id":"00T000000000001AAA","success":true},{"success":false,"errors":[]}]`,
		`{"id":"00T000000000001AAA"}`,
	} {
		o := newOrg(t)
		o.on("POST /services/data/v66.0/composite/sobjects", http.StatusOK, body)
		_, err := o.client(t).CreateAll(t.Context(), []sfclient.Row{{Object: "Task"}, {Object: "Task"}})
		if !sfclient.Doubtful(err) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestACallTakes200RowsAtMost(t *testing.T) {
	o := newOrg(t)
	if _, err := o.client(t).CreateAll(t.Context(), make([]sfclient.Row, 201)); err == nil || sfclient.Doubtful(err) {
		t.Errorf("%v", err)
	}
	if results, err := o.client(t).CreateAll(t.Context(), nil); err != nil || len(results) != 0 {
		t.Errorf("%v, %v", results, err)
	}
	if n := o.asked.Load(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestAnUpdateAndADeletionAnswerNothing(t *testing.T) {
	o := newOrg(t)
	const path = " /services/data/v66.0/sobjects/Task/00T000000000001AAA"
	o.on("PATCH"+path, http.StatusNoContent, "")
	o.on("DELETE"+path, http.StatusNotFound, `[{"errorCode":"ENTITY_IS_DELETED","message":"entity is deleted"}]`)
	client := o.client(t)
	if err := client.Update(t.Context(), "Task", "00T000000000001AAA", sfclient.Fields{"Subject": "x"}); err != nil {
		t.Error(err)
	}
	err := client.Delete(t.Context(), "Task", "00T000000000001AAA")
	var own *sfclient.Error
	if !errors.As(err, &own) || own.Code != "ENTITY_IS_DELETED" {
		t.Error(err)
	}
}
