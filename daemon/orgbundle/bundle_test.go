package orgbundle_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/orgbundle"

	"github.com/google/go-cmp/cmp"
)

const source = "force-app/main/default/"

// given is an org whose facts are known.
func given() orgbundle.Input {
	return orgbundle.Input{
		KeyField:      "fieldpost_Key__c",
		RedirectPorts: []int{17170, 27170, 37170},
		LoginURL:      "https://acme.my.salesforce.com",
		Origins:       []string{"https://*.showpad.biz"},
		FactsKnown:    true,
		TaskTypes:     []orgbundle.TypeValue{{"Call", "Call", false}, {"Email", "E-mail", true}, {"Other", "Other", false}},
		WantedTypes:   []string{"Showpad Email", "email", "Showpad Share", "Shared Space"},
		APIVersion:    "66.0",
		Language:      "en",
	}
}

func with(change func(*orgbundle.Input)) orgbundle.Input {
	in := given()
	change(&in)
	return in
}

// variants are the shapes that a bundle takes.
func variants() map[string]orgbundle.Input {
	return map[string]orgbundle.Input{
		"all":           with(func(in *orgbundle.Input) { in.WithCORS = true }),
		"french":        with(func(in *orgbundle.Input) { in.Language = "fr"; in.WithCORS = true }),
		"without facts": with(func(in *orgbundle.Input) { in.FactsKnown = false; in.TaskTypes = nil }),
		"without facts in french": with(func(in *orgbundle.Input) {
			in.FactsKnown, in.TaskTypes, in.Language = false, nil, "fr"
		}),
		"without key field": with(func(in *orgbundle.Input) { in.KeyField = "" }),
		"a package's field": with(func(in *orgbundle.Input) { in.KeyField = "acme__Key__c" }),
		"a loopback login":  with(func(in *orgbundle.Input) { in.LoginURL = "http://127.0.0.1:8080" }),
		"hostile":           hostile("en"),
		"hostile in french": hostile("fr"),
		"an origin not taken": with(func(in *orgbundle.Input) {
			in.WithCORS = true
			in.Origins = append(in.Origins, "http://localhost:3000")
		}),
	}
}

const evil = "</label><default>true</default>]]>&amp;\"'<!--` ``` |\n# x"

func hostile(language string) orgbundle.Input {
	return with(func(in *orgbundle.Input) {
		in.TaskTypes = append(in.TaskTypes, orgbundle.TypeValue{Value: evil, Label: "<b>" + evil})
		in.WantedTypes = append(in.WantedTypes, "wanted "+evil)
		in.Origins = []string{"https://a.b\"><x/>", "https://*.*.evil.test", "javascript://x"}
		in.WithCORS, in.Language = true, language
	})
}

func files(t *testing.T, in orgbundle.Input) map[string]string {
	t.Helper()
	made, err := orgbundle.Make(in)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range made {
		if _, twice := texts[f.Name]; twice {
			t.Errorf("%s is made twice", f.Name)
		}
		texts[f.Name] = string(f.Data)
	}
	return texts
}

// element is any XML, read back.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func read(t *testing.T, texts map[string]string, name string) element {
	t.Helper()
	var e element
	if err := xml.Unmarshal([]byte(texts[name]), &e); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, texts[name])
	}
	return e
}

// all gives the texts at a path below an element.
func (e element) all(path ...string) []string {
	if len(path) == 0 {
		return []string{e.Text}
	}
	var found []string
	for _, child := range e.Children {
		if child.XMLName.Local == path[0] {
			found = append(found, child.all(path[1:]...)...)
		}
	}
	return found
}

func (e element) one(path ...string) string { return strings.Join(e.all(path...), "|") }

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func TestEachFileIsWellFormedAndOfTheNamespace(t *testing.T) {
	for variant, in := range variants() {
		for name, text := range files(t, in) {
			if !strings.HasSuffix(name, ".xml") {
				continue
			}
			d := xml.NewDecoder(strings.NewReader(text))
			for elements := 0; ; {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%s: %s: %v\n%s", variant, name, err, text)
				}
				if start, ok := token.(xml.StartElement); ok {
					elements++
					if start.Name.Space != "http://soap.sforce.com/2006/04/metadata" {
						t.Errorf("%s: %s: %v", variant, name, start.Name)
					}
				}
			}
		}
	}
}

func TestTheSameInputMakesTheSameBundle(t *testing.T) {
	for variant, in := range variants() {
		first, err := orgbundle.Make(in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := orgbundle.Make(in)
		if err != nil {
			t.Fatal(err)
		}
		same(t, variant, again, first)
	}
}

func TestTheAppSignsInAsAPublicClientFromEachCallback(t *testing.T) {
	texts := files(t, given())
	global := read(t, texts, source+"extlClntAppGlobalOauthSets/fieldpost.ecaGlblOauth-meta.xml")
	same(t, "callbacks", strings.Split(global.one("callbackUrl"), "\n"), []string{
		"http://localhost:17170/callback", "http://localhost:27170/callback", "http://localhost:37170/callback",
	})
	for name, want := range map[string]string{
		"isPkceRequired": "true", "isConsumerSecretOptional": "true", "isSecretRequiredForRefreshToken": "false",
		"isRefreshTokenRotationEnabled": "true", "shouldRotateConsumerKey": "false", "consumerKey": "", "consumerSecret": "",
		"isClientCredentialsFlowEnabled": "false", "isDeviceFlowEnabled": "false", "isTokenExchangeEnabled": "false",
	} {
		same(t, name, global.one(name), want)
	}
	settings := read(t, texts, source+"extlClntAppOauthSettings/fieldpost.ecaOauth-meta.xml")
	same(t, "scopes", settings.one("commaSeparatedOauthScopes"), "Api, RefreshToken")
	policies := read(t, texts, source+"extlClntAppOauthPolicies/fieldpost_defaultPolicy.ecaOauthPlcy-meta.xml")
	same(t, "IP relaxation", policies.one("ipRelaxationPolicyType"), "Enforce_relaxrefresh")
	same(t, "refresh tokens", policies.one("refreshTokenPolicyType"), "Infinite")
	app := read(t, texts, source+"externalClientApps/fieldpost.eca-meta.xml")
	same(t, "distribution", app.one("distributionState"), "Local")
	for name := range texts {
		if strings.Contains(name, "extlClntApp") {
			same(t, name, read(t, texts, name).one("externalClientApplication"), "fieldpost")
		}
	}
}

func TestTheKeyFieldIsAUniqueExternalID(t *testing.T) {
	field := read(t, files(t, given()), source+"objects/Activity/fields/fieldpost_Key__c.field-meta.xml")
	for name, want := range map[string]string{
		"fullName": "fieldpost_Key__c", "type": "Text", "length": "64", "externalId": "true", "unique": "true",
		"caseSensitive": "true", "required": "false",
	} {
		same(t, name, field.one(name), want)
	}
}

func TestWithoutAKeyFieldNoneIsMadeAndTheReportLooksForTheMarker(t *testing.T) {
	texts := files(t, variants()["without key field"])
	for name, text := range texts {
		if strings.Contains(name, "objects/") || strings.Contains(text, "__c") {
			t.Errorf("%s knows a field", name)
		}
	}
	report := read(t, texts, source+"reports/fieldpost/fieldpost_per_rep_and_week.report-meta.xml")
	same(t, "filter", report.all("filter", "criteriaItems", "column"), []string{"CALLOBJECT"})
	same(t, "value", report.one("filter", "criteriaItems", "value"), "fieldpost:")
	if !slices.Contains(report.all("params", "value"), "t") {
		t.Error("events are asked for a marker that they cannot have")
	}
}

func TestAPackagesKeyFieldIsNotMadeButGiven(t *testing.T) {
	texts := files(t, variants()["a package's field"])
	for name := range texts {
		if strings.Contains(name, "objects/") {
			t.Errorf("%s is made", name)
		}
	}
	set := read(t, texts, source+"permissionsets/fieldpost.permissionset-meta.xml")
	if !slices.Contains(set.all("fieldPermissions", "field"), "Task.acme__Key__c") {
		t.Error("the permission set does not give it")
	}
	if !strings.Contains(texts["README.md"], "belongs to a package") {
		t.Error("the README does not say who brings it")
	}
}

func TestThePermissionSetGivesEachFieldOnTaskAndEvent(t *testing.T) {
	set := read(t, files(t, given()), source+"permissionsets/fieldpost.permissionset-meta.xml")
	same(t, "fields", set.all("fieldPermissions", "field"), []string{
		"Event.fieldpost_Key__c", "Event.Description", "Event.IsAllDayEvent", "Event.Location", "Event.Type", "Event.WhatId", "Event.WhoId",
		"Task.fieldpost_Key__c", "Task.ActivityDate", "Task.Description", "Task.Type", "Task.WhatId", "Task.WhoId",
	})
	same(t, "rights", set.all("userPermissions", "name"), []string{"ApiEnabled", "EditEvent", "EditTask"})
	for _, given := range append(set.all("fieldPermissions", "editable"), set.all("userPermissions", "enabled")...) {
		same(t, "given", given, "true")
	}
}

func TestNoTaskTypeOfTheOrgIsLost(t *testing.T) {
	in := with(func(in *orgbundle.Input) {
		in.TaskTypes = []orgbundle.TypeValue{{"Zoom", "Visio", false}, {"Email", "Courriel", true}, {"call", "Appel", false}, {"CALL", "x", false}}
		in.WantedTypes = []string{"EMAIL", "Showpad Share", "showpad share", "", "Shared Space"}
	})
	types := read(t, files(t, in), source+"standardValueSets/TaskType.standardValueSet-meta.xml")
	same(t, "values", types.all("standardValue", "fullName"), []string{"Zoom", "Email", "call", "Showpad Share", "Shared Space"})
	same(t, "labels", types.all("standardValue", "label"), []string{"Visio", "Courriel", "Appel", "Showpad Share", "Shared Space"})
	same(t, "default", types.all("standardValue", "default"), []string{"false", "true", "false", "false", "false"})
	same(t, "order", types.one("sorted"), "false")
}

func TestWithoutTheOrgsTaskTypesNoListReplacesThem(t *testing.T) {
	for name, in := range map[string]orgbundle.Input{
		"no facts":           variants()["without facts"],
		"a hidden field":     with(func(in *orgbundle.Input) { in.TaskTypes = nil }),
		"values of no facts": with(func(in *orgbundle.Input) { in.FactsKnown = false }),
	} {
		texts := files(t, in)
		for file, text := range texts {
			if strings.Contains(file, "standardValueSets") || file == "manifest/package.xml" && strings.Contains(text, "StandardValueSet") {
				t.Errorf("%s: %s", name, file)
			}
		}
		if !strings.Contains(texts["README.md"], "`Showpad Share`") {
			t.Errorf("%s: the README does not name the values to add", name)
		}
	}
}

func TestTheReportCountsPerRepAndWeek(t *testing.T) {
	texts := files(t, given())
	report := read(t, texts, source+"reports/fieldpost/fieldpost_per_rep_and_week.report-meta.xml")
	same(t, "grouped by", report.all("groupingsDown", "field"), []string{"ASSIGNED", "DUE_DATE"})
	same(t, "granularity", report.all("groupingsDown", "dateGranularity"), []string{"Day", "Week"})
	same(t, "filter", report.one("filter", "criteriaItems", "column"), "Activity.fieldpost_Key__c")
	same(t, "operator", report.one("filter", "criteriaItems", "operator"), "notEqual")
	for _, column := range report.all("groupingsDown", "field") {
		if slices.Contains(report.all("columns", "field"), column) {
			t.Errorf("%s is grouped by and shown", column)
		}
	}
	for _, language := range []string{"en", "fr"} {
		in := with(func(in *orgbundle.Input) { in.Language = language })
		title := read(t, files(t, in), source+"reports/fieldpost/fieldpost_per_rep_and_week.report-meta.xml").one("name")
		if len([]rune(title)) > 40 {
			t.Errorf("a report takes no name of more than 40 characters: %q", title)
		}
	}
	if texts[source+"reports/fieldpost.reportFolder-meta.xml"] == "" {
		t.Error("no folder")
	}
}

func TestNoCORSWithoutTheFlag(t *testing.T) {
	for name, text := range files(t, given()) {
		if strings.Contains(name, "cors") || strings.Contains(text, "Cors") || strings.Contains(text, "showpad.biz") {
			t.Errorf("%s lets pages in", name)
		}
	}
}

func TestCORSLetsInWhatAnOrgTakes(t *testing.T) {
	in := with(func(in *orgbundle.Input) {
		in.WithCORS = true
		in.Origins = []string{
			"https://*.showpad.biz", "https://ACME.showpad.biz/", "https://acme.showpad.biz", "https://all.showpad.biz", "https://a-b.example:8443",
			"http://localhost:3000", "https://*.shop.acme.co.uk", "https://*.com", "https://münchen.de", "https://" + strings.Repeat("long.", 30) + "test",
		}
	})
	texts := files(t, in)
	got := map[string]string{}
	for name := range texts {
		if member, ok := strings.CutPrefix(name, source+"corsWhitelistOrigins/"); ok {
			got[strings.TrimSuffix(member, ".corsWhitelistOrigin-meta.xml")] = read(t, texts, name).one("urlPattern")
		}
	}
	same(t, "entries", got, map[string]string{
		"fieldpost_all_showpad_biz":                     "https://*.showpad.biz",
		"fieldpost_acme_showpad_biz":                    "https://acme.showpad.biz",
		"fieldpost_all_showpad_biz_2":                   "https://all.showpad.biz",
		"fieldpost_a_b_example_8443":                    "https://a-b.example:8443",
		"fieldpost_" + strings.Repeat("long_", 12)[:59]: "https://" + strings.Repeat("long.", 30) + "test",
	})
	for _, refused := range []string{"http://localhost:3000", "https://*.shop.acme.co.uk", "https://*.com", "https://münchen.de"} {
		if !strings.Contains(texts["README.md"], "`"+refused+"`") {
			t.Errorf("the README does not say that %s is left out", refused)
		}
	}
}

func TestHostileValuesStayValues(t *testing.T) {
	texts := files(t, hostile("en"))
	types := read(t, texts, source+"standardValueSets/TaskType.standardValueSet-meta.xml")
	values := types.all("standardValue", "fullName")
	same(t, "values", values[len(values)-4:], []string{"Showpad Email", "Showpad Share", "Shared Space", "wanted " + evil})
	same(t, "defaults", len(types.all("standardValue", "default")), len(values))
	if !slices.Contains(values, evil) || !slices.Contains(types.all("standardValue", "label"), "<b>"+evil) {
		t.Errorf("%q", values)
	}
	for name, text := range texts {
		if strings.Contains(name, "cors") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if strings.Contains(texts["README.md"], "\n# x") {
		t.Error("a value has become a heading of the README")
	}
}

func TestWhatNoBundleCanBeMadeFromIsNamed(t *testing.T) {
	for field, change := range map[string][]func(*orgbundle.Input){
		"KeyField": {
			func(in *orgbundle.Input) { in.KeyField = "../../x__c" }, func(in *orgbundle.Input) { in.KeyField = "Key" },
			func(in *orgbundle.Input) { in.KeyField = "a b__c" },
		},
		"RedirectPorts": {
			func(in *orgbundle.Input) { in.RedirectPorts = nil }, func(in *orgbundle.Input) { in.RedirectPorts = []int{0} },
			func(in *orgbundle.Input) { in.RedirectPorts = []int{1, 65536} },
		},
		"LoginURL": {
			func(in *orgbundle.Input) { in.LoginURL = "" }, func(in *orgbundle.Input) { in.LoginURL = "https://a;reboot" },
			func(in *orgbundle.Input) { in.LoginURL = "https://a/$(x)" }, func(in *orgbundle.Input) { in.LoginURL = "acme" },
			func(in *orgbundle.Input) { in.LoginURL = "https://a\"\n" },
		},
		"APIVersion": {func(in *orgbundle.Input) { in.APIVersion = "v66" }, func(in *orgbundle.Input) { in.APIVersion = "" }},
		"Language":   {func(in *orgbundle.Input) { in.Language = "de" }},
	} {
		for _, c := range change {
			_, err := orgbundle.Make(with(c))
			var input *orgbundle.InputError
			if !errors.As(err, &input) || input.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	}
}

func TestPackageXMLNamesEachComponentOnce(t *testing.T) {
	manifest := read(t, files(t, variants()["all"]), "manifest/package.xml")
	same(t, "version", manifest.one("version"), "66.0")
	got := map[string][]string{}
	for _, types := range manifest.Children {
		if types.XMLName.Local == "types" {
			got[types.one("name")] = types.all("members")
		}
	}
	same(t, "types", got, map[string][]string{
		"CorsWhitelistOrigin":                  {"fieldpost_all_showpad_biz"},
		"CustomField":                          {"Activity.fieldpost_Key__c"},
		"ExternalClientApplication":            {"fieldpost"},
		"ExtlClntAppConfigurablePolicies":      {"fieldpost_defaultPolicy"},
		"ExtlClntAppGlobalOauthSettings":       {"fieldpost"},
		"ExtlClntAppOauthConfigurablePolicies": {"fieldpost_defaultPolicy"},
		"ExtlClntAppOauthSettings":             {"fieldpost"},
		"PermissionSet":                        {"fieldpost"},
		"Report":                               {"fieldpost", "fieldpost/fieldpost_per_rep_and_week"},
		"StandardValueSet":                     {"TaskType"},
	})
}

func TestFilesAreSortedAndInUTF8(t *testing.T) {
	for variant, in := range variants() {
		made, err := orgbundle.Make(in)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(made, func(a, b orgbundle.File) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("%s is not sorted", variant)
		}
		for _, f := range made {
			if !bytes.Equal(bytes.ToValidUTF8(f.Data, nil), f.Data) || !bytes.HasSuffix(f.Data, []byte("\n")) {
				t.Errorf("%s: %s", variant, f.Name)
			}
		}
	}
}
