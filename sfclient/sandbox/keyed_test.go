package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"

	"fieldpost/sfclient/sandbox"
)

const byKey = data + "/sobjects/Task/fieldpost_Key__c/"

func TestUpsertMakesThenChanges(t *testing.T) {
	c := start(t)
	key := url.PathEscape("a/b ü")
	made := c.do("PATCH", byKey+key, `{"Subject":"s"}`).want(http.StatusCreated).object()
	if made["created"] != true || made["success"] != true {
		t.Errorf("made %v", made)
	}
	changed := c.do("PATCH", byKey+key, `{"Subject":"t"}`).want(http.StatusOK).object()
	if changed["created"] != false || changed["id"] != made["id"] {
		t.Errorf("changed %v", changed)
	}
	if old := c.do("PATCH", "/services/data/v45.0/sobjects/Task/fieldpost_Key__c/"+key, `{"Subject":"t"}`).want(http.StatusNoContent); old.body != "" {
		t.Errorf("an old version answered %s", old.body)
	}
	task := c.do("GET", byKey+key, "").want(http.StatusOK).object()
	if task["Subject"] != "t" || task["fieldpost_Key__c"] != "a/b ü" {
		t.Errorf("task %v", task)
	}
	c.do("PATCH", byKey+"new?updateOnly=true", `{"Subject":"s"}`).refused(404, "NOT_FOUND", "")
	c.do("PATCH", byKey+"new", `{"fieldpost_Key__c":"new"}`).refused(400, "INVALID_FIELD", "fieldpost_Key__c")
	c.do("PATCH", byKey+"new", `{"Bogus":1}`).refused(400, "INVALID_FIELD", "Bogus")
	c.do("DELETE", byKey+key, "").want(http.StatusNoContent)
	c.do("GET", byKey+key, "").refused(404, "NOT_FOUND", "")
}

func TestUpsertWantsAVisibleExternalID(t *testing.T) {
	c := start(t)
	const message = "Provided external ID field does not exist or is not accessible: "
	c.do("PATCH", data+"/sobjects/Task/Subject/x", `{}`).refused(404, "NOT_FOUND", message+"Subject")
	c.set(func(r *sandbox.Rules) { r.Key = sandbox.KeyHidden })
	c.do("PATCH", byKey+"k", `{"Subject":"s"}`).refused(404, "NOT_FOUND", message+"fieldpost_Key__c")
	c.do("PATCH", data+"/composite/sobjects/Task/fieldpost_Key__c", `{"records":[]}`).refused(404, "NOT_FOUND", message)
}

func TestSeveralMatchesAnswer300(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.Key = sandbox.KeyNotUnique })
	one := c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
	two := c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
	var paths []string
	c.do("PATCH", byKey+"k", `{"Subject":"t"}`).want(http.StatusMultipleChoices).decode(&paths)
	if len(paths) != 2 || paths[0] != data+"/sobjects/Task/"+one || paths[1] != data+"/sobjects/Task/"+two {
		t.Errorf("paths %v", paths)
	}
	if c.sb.Record(one)["Subject"] != "s" {
		t.Error("something was written")
	}
}
