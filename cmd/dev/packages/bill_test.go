package packages

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestABillNamesEachModuleWithItsLicence(t *testing.T) {
	modules := []module{
		{path: "stdlib", version: "1.26.8", licences: []string{"BSD-3-Clause"}},
		{path: "example.test/two", version: "v2.0.0+incompatible", licences: []string{"MIT", "Apache-2.0"}},
		{path: "example.test/odd", version: "v0.1.0"},
	}
	write := func() []byte {
		text, err := json.Marshal(newBill("fieldpost-1-linux-amd64", "1.0.0", []byte("program"), modules, someTime))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	text := write()
	if !bytes.Equal(text, write()) {
		t.Error("it differs the second time")
	}
	for _, want := range []string{
		`"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:`,
		`"timestamp":"2026-11-28T09:47:34Z"`,
		`"alg":"SHA-256","content":"1310ca2c8932dbd118668bd97442558a3e1f546b5e15c69699dfbd6024f548d8"`,
		`"name":"stdlib","version":"1.26.8","licenses":[{"expression":"BSD-3-Clause"}],"purl":"pkg:golang/stdlib@1.26.8"`,
		`"licenses":[{"expression":"MIT AND Apache-2.0"}],"purl":"pkg:golang/example.test/two@v2.0.0%2Bincompatible"`,
		`"name":"example.test/odd","version":"v0.1.0","purl"`,
		`"dependsOn":["pkg:golang/stdlib@1.26.8","pkg:golang/example.test/two@v2.0.0%2Bincompatible","pkg:golang/example.test/odd@v0.1.0"]`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// The test binary links some of the product's modules; their licences are the real ones.
func TestTheLicencesOfLinkedModulesAreRead(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	info.Deps = append(info.Deps, dep("github.com/spf13/cobra"), dep("go.etcd.io/bbolt"), dep("golang.org/x/sys"), dep("github.com/kardianos/service"))
	b := &builder{Options: Options{Root: "../../.."}}
	modules, err := b.modules(context.Background(), info)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		standardLibrary: "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0", "go.etcd.io/bbolt": "MIT",
		"golang.org/x/sys": "BSD-3-Clause", "github.com/kardianos/service": "Zlib",
	}
	for _, m := range modules {
		if id, ok := want[m.path]; ok && !slices.Equal(m.licences, []string{id}) {
			t.Errorf("%s is under %v, want %s", m.path, m.licences, id)
		}
		delete(want, m.path)
	}
	if len(want) > 0 {
		t.Errorf("not read: %v", want)
	}
	all := string(thirdParty(modules))
	for _, part := range []string{"The Go Authors", "Ben Johnson", "TERMS AND CONDITIONS FOR USE, REPRODUCTION", "\nstdlib 1."} {
		if !strings.Contains(all, part) {
			t.Errorf("THIRD_PARTY_LICENSES has no %q", part)
		}
	}
}

func TestALicenceIsKnownByItsSentence(t *testing.T) {
	const bsd = "Redistribution and use in source and binary\nforms, with or without modification, are permitted"
	for text, want := range map[string]string{
		"Permission is hereby granted, free of\n charge, to any person": "MIT",
		bsd:                                "BSD-2-Clause",
		bsd + " Neither the name of X nor": "BSD-3-Clause",
		"Apache License\n  Version 2.0, January 2004":                              "Apache-2.0",
		"Permission to use, copy, modify, and/or distribute this software for any": "ISC",
		bsd + " Neither the name. Permission is hereby granted, free of charge":    "BSD-3-Clause MIT",
		"All rights reserved.": "",
	} {
		if got := strings.Join(spdx(text), " "); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestAModuleWithoutALicenceIsRefused(t *testing.T) {
	m := module{path: "example.test/none"}
	if err := m.read(t.TempDir()); err == nil {
		t.Error("it may not be given away")
	}
}

func dep(path string) *debug.Module { return &debug.Module{Path: path} }
