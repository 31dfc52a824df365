package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"filippo.io/age"

	"fieldpost/cmd/dev/measured"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/directory/directorytest"
)

// measure loads a phone book into a directory and searches in it, in a process of its own:
// what it takes of memory is that of the directory. It prints a measured.Search.
func measure(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("how many people?")
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "fieldpost-measure-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	told, err := measureDirectory(ctx, filepath.Join(folder, "directory.db"), n)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func measureDirectory(ctx context.Context, path string, n int) (told measured.Search, err error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return told, err
	}
	own := []age.Recipient{identity.Recipient()}
	load := func() error {
		d := directory.Open(path, own, nil)
		defer d.Close()
		began := time.Now()
		plan := directory.Plan{
			Filter: directory.Filter{UserID: directorytest.Rep}, OnPage: func() { told.Peak = max(told.Peak, measured.Anon()) },
		}
		if err := d.Sync(ctx, directorytest.Org{People: n}, plan, time.Now()); err != nil {
			return err
		}
		told.Load = time.Since(began)
		return nil
	}
	if err := load(); err != nil {
		return told, err
	}
	if told.Disk, err = measured.Size(path); err != nil {
		return told, err
	}
	d := directory.Open(path, own, nil)
	defer d.Close()
	if err := d.Unlock(identity, own); err != nil {
		return told, err
	}
	search := func(text string) (int, error) {
		found, err := d.People(directory.Query{Text: text})
		return len(found), err
	}
	return told, told.Searching(directorytest.Typed(n, 2000), search, d.Rest)
}

// typeahead runs what is to be compared, each in a process of its own, and prints what they
// measured side by side: a table for phone books of the sizes given, or of the usual ones.
func typeahead(ctx context.Context, sizes []string) error {
	if len(sizes) == 0 {
		sizes = []string{"50000", "100000", "200000", "1000000"}
	}
	own, err := os.Executable()
	if err != nil {
		return err
	}
	peer := filepath.Join(os.TempDir(), "fieldpost-peers-"+strconv.Itoa(os.Getpid()))
	defer os.Remove(peer)
	if err := command(ctx, nil, "go", "build", "-C", "cmd/dev/peers", "-o", peer, "."); err != nil {
		return err
	}
	var rows []measured.Row
	for _, size := range sizes {
		for _, run := range []struct {
			name string
			args []string
		}{
			{"fieldpost, sealed", []string{own, "measure", size}},
			{"SQLite FTS5, plain", []string{peer, size}},
		} {
			told, err := measured.Run(ctx, run.args)
			if err != nil {
				return fmt.Errorf("%s, %s people: %w", run.name, size, err)
			}
			rows = append(rows, measured.Row{People: size, Name: run.name, Search: told})
		}
	}
	return measured.Print(os.Stdout, rows)
}
