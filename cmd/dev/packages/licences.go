package packages

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// module is one that is linked into a program.
type module struct {
	path, version string
	texts         []file   // its licence and what stands beside it
	licences      []string // SPDX identifiers, all of which apply; none where unknown
}

// standardLibrary is linked into every program and under a licence as well.
const standardLibrary = "stdlib"

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)(\.(md|txt))?$`)

// modules reads which modules are linked, and their licences from the module cache. A
// module without a licence may not be given away: it is an error.
func (b *builder) modules(ctx context.Context, info *buildinfo.BuildInfo) ([]module, error) {
	root, err := b.output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := []string{strings.TrimSpace(string(root))}
	linked := []module{{path: standardLibrary, version: strings.TrimPrefix(info.GoVersion, "go")}}
	query := []string{"list", "-m", "-f", "{{.Dir}}"}
	for _, dep := range info.Deps {
		linked = append(linked, module{path: dep.Path, version: dep.Version})
		query = append(query, dep.Path)
	}
	out, err := b.output(ctx, "go", query...)
	if err != nil {
		return nil, err
	}
	folders = append(folders, strings.Fields(string(out))...)
	if len(folders) != len(linked) {
		return nil, fmt.Errorf("%d modules are linked and %d lie in the module cache", len(linked), len(folders))
	}
	for i := range linked {
		if err := linked[i].read(folders[i]); err != nil {
			return nil, err
		}
	}
	return linked, nil
}

func (m *module) read(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !licenceFile.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		m.texts = append(m.texts, file{name: entry.Name(), data: text})
		for _, id := range spdx(string(text)) {
			if !slices.Contains(m.licences, id) {
				m.licences = append(m.licences, id)
			}
		}
	}
	if len(m.texts) == 0 {
		return fmt.Errorf("%s %s has no licence", m.path, m.version)
	}
	return nil
}

// spdx names the licences in a text by the sentence that each is known by; a text may
// hold several.
func spdx(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	has := func(part string) bool { return strings.Contains(text, part) }
	var ids []string
	add := func(is bool, id string) {
		if is {
			ids = append(ids, id)
		}
	}
	add(has("Apache License") && has("Version 2.0"), "Apache-2.0")
	bsd := has("Redistribution and use in source and binary forms")
	three := has("Neither the name") || has("may not be used to endorse or promote") || has("may be used to endorse or promote")
	add(bsd && three, "BSD-3-Clause")
	add(bsd && !three, "BSD-2-Clause")
	add(has("Permission to use, copy, modify, and/or distribute this software") || has("Permission to use, copy, modify, and distribute this software"), "ISC")
	add(has("Permission is hereby granted, free of charge"), "MIT")
	add(has("This software is provided 'as-is', without any express or implied warranty"), "Zlib")
	return ids
}

// thirdParty is the file THIRD_PARTY_LICENSES: every text as it stands in the module.
func thirdParty(modules []module) []byte {
	var out bytes.Buffer
	out.WriteString("fieldpost is built with the following software. Each part is under the licence below its name.\n")
	for _, m := range modules {
		for _, text := range m.texts {
			fmt.Fprintf(&out, "\n%s\n%s %s: %s\n%[1]s\n\n", strings.Repeat("=", 78), m.path, m.version, text.name)
			out.Write(bytes.TrimSpace(bytes.ReplaceAll(text.data, []byte("\r\n"), []byte("\n"))))
			out.WriteString("\n")
		}
	}
	return out.Bytes()
}
