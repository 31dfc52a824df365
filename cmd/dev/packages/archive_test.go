package packages

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
	"time"
)

var (
	someFiles = []file{{"bin/program", 0o755, []byte("program")}, {"text", 0o644, []byte("words")}}
	someTime  = time.Date(2026, 11, 28, 9, 47, 34, 0, time.UTC)
)

func TestATarHoldsTheFilesOfRootAtOneTime(t *testing.T) {
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := writeTar(out, "fieldpost-1", someFiles, someTime); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("twice the same files are not the same bytes")
	}
	unpacked, err := gzip.NewReader(&first)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unpacked)
	for _, want := range someFiles {
		header, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil || string(data) != string(want.data) {
			t.Errorf("%s holds %q, %v", header.Name, data, err)
		}
		if header.Name != "fieldpost-1/"+want.name || header.Mode != int64(want.mode) || header.Uid != 0 || !header.ModTime.Equal(someTime) {
			t.Errorf("%+v", header)
		}
	}
}

func TestAZipHoldsTheFilesAtOneTime(t *testing.T) {
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := writeZip(out, "fieldpost-1", someFiles, someTime); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("twice the same files are not the same bytes")
	}
	archive, err := zip.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range archive.File {
		if entry.Name != "fieldpost-1/"+someFiles[i].name || !entry.Modified.Equal(someTime) {
			t.Errorf("%s of %v", entry.Name, entry.Modified)
		}
	}
}
