package sfclient_test

import (
	"net/http"
	"testing"
	"time"

	"fieldpost/sfclient"

	"github.com/google/go-cmp/cmp"
)

func TestADescribeIsReadOnlyWhereItHasChanged(t *testing.T) {
	changed := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	o := newOrg(t)
	o.HandleFunc("GET /services/data/v66.0/sobjects/Task/describe", func(w http.ResponseWriter, r *http.Request) {
		if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !changed.After(since) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Last-Modified", changed.Format(http.TimeFormat))
		answerJSON(w, http.StatusOK, `{"name":"Task","createable":true,"fields":[
			{"name":"WhatId","type":"reference","createable":true,"referenceTo":["Account","Visit__c"]},
			{"name":"Type","type":"picklist","restrictedPicklist":true,"picklistValues":[{"value":"Email","label":"E-mail","active":true}]}]}`)
	})
	client := o.client(t)
	got, err := client.Describe(t.Context(), "Task", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	want := &sfclient.Object{Name: "Task", Createable: true, LastModified: changed, Fields: []sfclient.Field{
		{Name: "WhatId", Type: "reference", Createable: true, ReferenceTo: []string{"Account", "Visit__c"}},
		{Name: "Type", Type: "picklist", RestrictedPicklist: true, PicklistValues: []sfclient.PicklistValue{{Value: "Email", Label: "E-mail", Active: true}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got, err = client.Describe(t.Context(), "Task", got.LastModified)
	if err != nil || got != nil {
		t.Errorf("unchanged: %v, %v", got, err)
	}
}

func TestAPathCannotBeSmuggledIn(t *testing.T) {
	o := newOrg(t)
	var asked string
	o.HandleFunc("/services/data/v66.0/", func(w http.ResponseWriter, r *http.Request) {
		asked = r.RequestURI
		answerJSON(w, http.StatusOK, `{}`)
	})
	var into struct{}
	if err := o.client(t).Retrieve(t.Context(), "Task", "../../../x?y", []string{"Id", "Subject"}, &into); err != nil {
		t.Fatal(err)
	}
	if want := "/services/data/v66.0/sobjects/Task/..%2F..%2F..%2Fx%3Fy?fields=Id%2CSubject"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
}

func TestReadsTakenTogetherCountAsOne(t *testing.T) {
	o := newOrg(t)
	o.HandleFunc("POST /services/data/v66.0/composite", func(w http.ResponseWriter, r *http.Request) {
		answerJSON(w, http.StatusOK, `{"compositeResponse":[
			{"referenceId":"a","httpStatusCode":200,"body":{"records":[]}},
			{"referenceId":"b","httpStatusCode":400,"body":[{"errorCode":"INVALID_FIELD","message":"x"}]}]}`)
	})
	answers, err := o.client(t).ReadTogether(t.Context(), []sfclient.Subcall{{Name: "a", Path: "limits"}, {Name: "b", Path: "query?q=x"}})
	if err != nil {
		t.Fatal(err)
	}
	if answers[0].Err() != nil || sfclient.ClassOf(answers[1].Err()) != sfclient.Stale {
		t.Errorf("%v, %v", answers[0].Err(), answers[1].Err())
	}
}
