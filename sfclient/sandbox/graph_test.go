package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// node is a request of a graph that makes a task.
func node(id, body string) string {
	return `{"method":"POST","url":"/services/data/v66.0/sobjects/Task","referenceId":"` + id + `","body":` + body + `}`
}

func graphOf(id string, nodes ...string) string {
	return `{"graphId":"` + id + `","compositeRequest":[` + strings.Join(nodes, ",") + `]}`
}

func graphs(list ...string) string { return `{"graphs":[` + strings.Join(list, ",") + `]}` }

func TestAGraphIsWrittenAsAWholeOrNotAtAll(t *testing.T) {
	c := start(t)
	resp := c.do("POST", data+"/composite/graph", graphs(
		graphOf("good", node("a", `{"Subject":"one"}`)),
		graphOf("bad", node("b", `{"Subject":"two"}`), node("c", `{"Bogus":1}`)),
	)).want(http.StatusOK)
	told := map[any]any{}
	for _, each := range resp.object()["graphs"].([]any) {
		graph := each.(map[string]any)
		told[graph["graphId"]] = graph["isSuccessful"]
	}
	if told["good"] != true || told["bad"] != false {
		t.Errorf("graphs %v", told)
	}
	if tasks := c.sb.Records("Task"); len(tasks) != 1 || tasks[0]["Subject"] != "one" {
		t.Errorf("tasks %v", tasks)
	}
	if used := c.sb.Rules().AllowanceUsed; used != 1 {
		t.Errorf("the graphs cost %d calls", used)
	}
}

func TestGraphsThatAreTooMany(t *testing.T) {
	c := start(t)
	many, wide := make([]string, 76), make([]string, 501)
	for i := range many {
		many[i] = graphOf(fmt.Sprint(i), node("a", `{"Subject":"s"}`))
	}
	for i := range wide {
		wide[i] = node(fmt.Sprint("n", i), `{"Subject":"s"}`)
	}
	for _, body := range []string{graphs(), graphs(many...), graphs(graphOf("g", wide...))} {
		c.do("POST", data+"/composite/graph", body).refused(400, "LIMIT_EXCEEDED", "")
	}
}
