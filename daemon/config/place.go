package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// PlacePolicy puts a company's policy where each user's fieldpost reads it, for tools
// that run as administrator: the file from, or none where that is "", with the values
// on top, as typed, by setting. Whatever was there is replaced. Only administrators can
// write the folder afterwards. Nothing is placed that could not be read: the error is
// an *Error, with CodeUnplaced where the system refused.
func PlacePolicy(paths Paths, from string, typed map[string]string) error {
	known := table(paths)
	text := ""
	if from != "" {
		var err error
		if text, err = readText(from); err != nil {
			return &Error{Code: CodeUnreadable, Source: FromPolicy, File: from, Err: err}
		}
		if _, fault := parseDocument(known, FromPolicy, from, text); fault != nil {
			return fault
		}
	}
	for _, key := range slices.Sorted(maps.Keys(typed)) {
		row := find(known, key)
		if row == nil {
			return unknown(known, FromRequest, key)
		}
		raw, err := row.parse(typed[key])
		if err == nil {
			raw, err = row.decode(raw)
		}
		if err != nil {
			return row.refuse(FromRequest, typed[key], err)
		}
		text = putKey(text, strings.Split(key, "."), tomlValue(raw))
	}
	if err := placeFile(paths.SystemPolicy, text); err != nil {
		return &Error{Code: CodeUnplaced, Source: FromPolicy, File: paths.SystemPolicy, Err: err}
	}
	return nil
}

// placeFile makes the folder the administrators' before it writes there: on Windows any
// user may have made it. A link there would lead the administrator elsewhere.
func placeFile(path, text string) error {
	folder := filepath.Dir(path)
	if info, err := os.Lstat(folder); err == nil && !info.IsDir() {
		return &fs.PathError{Op: "open", Path: folder, Err: errors.New("a link, not a folder")}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := protect(folder); err != nil {
		return err
	}
	draft, err := os.CreateTemp(folder, ".policy.*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name()) // gone already once renamed
	_, err = draft.WriteString(text)
	if err := errors.Join(err, draft.Sync(), draft.Close(), os.Chmod(draft.Name(), 0o644)); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}
