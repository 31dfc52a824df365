// Command peers does with SQLite FTS5 what the directory does with its own index, and
// prints what that takes: a measured.Search of a phone book of so many people. Asked for
// "capture FOLDER" it puts messages into queues that others wrote, and prints what a
// measured.Capture says of each. It is a module of its own, so that what the product is
// measured against never enters its go.mod.
package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"fieldpost/cmd/dev/measured"
	"fieldpost/daemon/directory/directorytest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) == 3 && os.Args[1] == "capture" {
		told, err := captures(os.Args[2])
		return errors.Join(err, json.NewEncoder(os.Stdout).Encode(told))
	}
	if len(os.Args) != 2 {
		return errors.New("how many people?")
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "fieldpost-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	told, err := measure(filepath.Join(folder, "people.db"), n)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

// Prefixes of two to five letters have an index of their own, accents are folded: the
// settings that suit type-ahead best.
const schema = `CREATE VIRTUAL TABLE people USING fts5(
	name, company, email, id UNINDEXED, own UNINDEXED, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4 5')`

const typeAhead = `SELECT id, name, company, email FROM people WHERE people MATCH ? ORDER BY own DESC, rank LIMIT 20`

func measure(path string, n int) (told measured.Search, err error) {
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return told, err
	}
	db.SetMaxOpenConns(1)
	began := time.Now()
	if err := load(db, n, &told); err != nil {
		return told, err
	}
	told.Load = time.Since(began)
	if err := db.Close(); err != nil {
		return told, err
	}
	if told.Disk, err = measured.Size(path); err != nil {
		return told, err
	}
	if db, err = sql.Open("sqlite", path); err != nil {
		return told, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	rest := func() {
		_, _ = db.Exec("PRAGMA shrink_memory")
		debug.FreeOSMemory()
	}
	return told, told.Searching(directorytest.Typed(n, 2000), func(text string) (int, error) { return search(db, text) }, rest)
}

// load keeps a page of people at a time, as the directory does.
func load(db *sql.DB, n int, told *measured.Search) error {
	if _, err := db.Exec(schema); err != nil {
		return err
	}
	for from := 0; from < n; from += 2000 {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		insert, err := tx.Prepare("INSERT INTO people VALUES (?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		for i := from; i < min(from+2000, n); i++ {
			p := directorytest.At(i, n)
			if _, err := insert.Exec(p.Name(), p.Company, p.Email, p.ID, p.Owner == directorytest.Rep); err != nil {
				return err
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		told.Peak = max(told.Peak, measured.Anon())
	}
	_, err := db.Exec("INSERT INTO people(people) VALUES ('optimize')")
	return err
}

func search(db *sql.DB, text string) (found int, err error) {
	var words []string
	for _, word := range strings.Fields(text) {
		words = append(words, `"`+strings.ReplaceAll(word, `"`, `""`)+`"*`)
	}
	rows, err := db.Query(typeAhead, strings.Join(words, " AND "))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, name, company, email string
		if err := rows.Scan(&id, &name, &company, &email); err != nil {
			return 0, err
		}
		found++
	}
	return found, rows.Err()
}
