package sfclient

import (
	"net/http"
	"testing"
	"unicode/utf8"
)

// FuzzFailure holds that any body with any status becomes an error that says
// something, and that only Salesforce's own shape becomes an *Error.
func FuzzFailure(f *testing.F) {
	for _, seed := range []string{
		`[{"message":"m","errorCode":"INVALID_FIELD","fields":["X"]}]`,
		`[{"message":"m","statusCode":"STRING_TOO_LONG","fields":null}]`,
		`{"message":"m","errorCode":"X"}`,
		`[]`, `{}`, `null`, `"Bad_OAuth_Token"`, `<html></html>`, ``, "\xff", `[{"errorCode":7}]`, `[[]]`,
	} {
		f.Add(400, "application/json", seed)
	}
	f.Add(503, "text/html", "<html>")
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		a := answer{status: status, header: http.Header{"Content-Type": {contentType}}, body: []byte(body)}
		err := a.failure()
		if err == nil || err.Error() == "" || ClassOf(err) == "" {
			t.Fatalf("%v", err)
		}
		switch e := err.(type) {
		case *Error:
			if e.Code == "" || e.Status != status || utf8.RuneCountInString(e.Message) > maxMessage {
				t.Errorf("%+v", e)
			}
		case *ForeignError:
			if e.Kind == "" {
				t.Errorf("%+v", e)
			}
		default:
			t.Errorf("%T", err)
		}
		_, _, _ = (&Error{Code: "DUPLICATE_VALUE", Message: body}).Duplicate()
	})
}

func TestALongMessageIsCutBetweenCharacters(t *testing.T) {
	long := make([]rune, maxMessage+5)
	for i := range long {
		long[i] = 'é'
	}
	if got := cut(string(long)); utf8.RuneCountInString(got) != maxMessage || !utf8.ValidString(got) {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestParseUsage(t *testing.T) {
	cases := map[string]Usage{
		"api-usage=18/15000": {18, 15000},
		"api-usage=18/15000, per-app-api-usage=17/250(appName=x)": {18, 15000},
		"per-x=1/2; api-usage=3/4":                                {3, 4},
	}
	for header, want := range cases {
		if got, ok := parseUsage(header); !ok || got != want {
			t.Errorf("%q: %v, %v", header, got, ok)
		}
	}
	for _, header := range []string{"", "api-usage=", "api-usage=x/y", "api-usage=1", "api-usage=1/0"} {
		if got, ok := parseUsage(header); ok {
			t.Errorf("%q: %v", header, got)
		}
	}
}
