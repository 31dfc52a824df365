package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nsqio/go-diskqueue"
	"go.etcd.io/bbolt"
	"maragu.dev/goqite"

	"fieldpost/cmd/dev/measured"
)

const (
	captureRounds = 9
	captureRound  = 100
	captureBytes  = 1 << 10
)

// peer is a queue that has a message on disk once put returns.
type peer struct {
	name  string
	put   func(message []byte) error
	close func() error
	took  []time.Duration
}

// captures lets the peers take turns with the floor in a folder.
func captures(folder string) (told []measured.Capture, err error) {
	floor, err := openFloor(folder)
	if err != nil {
		return nil, err
	}
	peers := []*peer{floor}
	for _, open := range []func(string) (*peer, error){openAppend, openBolt, openGoqite, openDiskqueue} {
		p, err := open(folder)
		if err != nil {
			return nil, err
		}
		peers = append(peers, p)
	}
	message := bytes.Repeat([]byte{'x'}, captureBytes)
	for range captureRounds {
		for _, p := range peers {
			for range captureRound {
				began := time.Now()
				if err := p.put(message); err != nil {
					return nil, err
				}
				p.took = append(p.took, time.Since(began))
			}
		}
	}
	for _, p := range peers {
		err = errors.Join(err, p.close())
		slices.Sort(p.took)
	}
	for _, p := range peers[1:] {
		told = append(told, measured.Capture{Name: p.name, P50: p.took[len(p.took)/2], Floor: floor.took[len(floor.took)/2]})
	}
	return told, err
}

func openFloor(folder string) (*peer, error) {
	return appending(folder, "write + fdatasync", measured.DataSync)
}

func openAppend(folder string) (*peer, error) {
	return appending(folder, "append-only file, fsync", (*os.File).Sync)
}

func appending(folder, name string, sync func(*os.File) error) (*peer, error) {
	file, err := os.CreateTemp(folder, "append-*")
	if err != nil {
		return nil, err
	}
	put := func(message []byte) error {
		if _, err := file.Write(message); err != nil {
			return err
		}
		return sync(file)
	}
	return &peer{name: name, put: put, close: file.Close}, nil
}

func openBolt(folder string) (*peer, error) {
	db, err := bbolt.Open(filepath.Join(folder, "bare.db"), 0o600, nil)
	if err != nil {
		return nil, err
	}
	name := []byte("queue")
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(name)
		return err
	})
	put := func(message []byte) error {
		return db.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(name)
			n, err := b.NextSequence()
			if err != nil {
				return err
			}
			return b.Put(binary.BigEndian.AppendUint64(nil, n), message)
		})
	}
	return &peer{name: "bare bbolt Update", put: put, close: db.Close}, err
}

// goqiteSchema is what goqite's schema_sqlite.sql says; the module does not embed it.
const goqiteSchema = `create table goqite (
	id text primary key default ('m_' || lower(hex(randomblob(16)))),
	created text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
	updated text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
	queue text not null,
	body blob not null,
	timeout text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
	received integer not null default 0,
	priority integer not null default 0
) strict;
create trigger goqite_updated_timestamp after update on goqite begin
	update goqite set updated = strftime('%Y-%m-%dT%H:%M:%fZ') where id = old.id;
end;
create index goqite_queue_priority_created_idx on goqite (queue, priority desc, created);`

func openGoqite(folder string) (*peer, error) {
	db, err := sql.Open("sqlite", filepath.Join(folder, "goqite.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(goqiteSchema); err != nil {
		return nil, err
	}
	queue := goqite.New(goqite.NewOpts{DB: db, Name: "queue"})
	put := func(message []byte) error { return queue.Send(context.Background(), goqite.Message{Body: message}) }
	return &peer{name: "goqite on SQLite, synchronous FULL", put: put, close: db.Close}, nil
}

// openDiskqueue syncs after every message.
func openDiskqueue(folder string) (*peer, error) {
	quiet := func(diskqueue.LogLevel, string, ...interface{}) {}
	queue := diskqueue.New("queue", folder, 100<<20, 1, 1<<20, 1, time.Hour, quiet)
	return &peer{name: "go-diskqueue, sync every message", put: queue.Put, close: queue.Close}, nil
}
