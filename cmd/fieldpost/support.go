package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/support"
	"fieldpost/outbox"
)

const (
	// supportItems is how many activities, the newest, the bundle tells of.
	supportItems = 500
	// supportLog bounds what it holds of each log file, from its end, in bytes.
	supportLog = 1 << 20
)

func (p *program) support() *cobra.Command { return p.group("support", p.supportBundle()) }

// supportBundle writes what helps to help: it says first what the file holds.
func (p *program) supportBundle() *cobra.Command {
	c := p.command("bundle", func(c *cobra.Command, args []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		entries, err := p.supportEntries(c.Context(), settings)
		if err != nil {
			return err
		}
		if !p.json {
			p.say("cli.support.holds")
			for _, entry := range entries {
				fmt.Fprintf(p.out, "  %-14s %s\n", entry.Name, entry.About)
			}
			p.say("cli.support.without")
		}
		var bundle bytes.Buffer
		if err := support.Write(&bundle, entries, support.NewCleaner(named()), time.Now()); err != nil {
			return err
		}
		if err := writeNew(args[0], bundle.Bytes()); err != nil {
			return err
		}
		if p.json {
			holds := map[string]string{}
			for _, entry := range entries {
				holds[entry.Name] = entry.About
			}
			return p.printJSON(map[string]any{"file": args[0], "holds": holds})
		}
		p.say("cli.support.written", "file", args[0])
		return nil
	}, "file")
	c.Args = exactly(1)
	ofPaths(c)
	return p.described(c, "support.bundle", "support bundle fieldpost.zip")
}

// named are the texts that name this computer and its user, and what is said instead.
func named() map[string]string {
	instead := map[string]string{}
	if home, err := os.UserHomeDir(); err == nil {
		instead[home] = "~"
	}
	if who, err := user.Current(); err == nil && who.Username != "root" {
		instead[who.Username] = "[user]"
	}
	if host, err := os.Hostname(); err == nil {
		instead[host] = "[host]"
	}
	return instead
}

// supportEntries gathers the bundle. What cannot be told now is told by its error.
func (p *program) supportEntries(ctx context.Context, settings *config.Config) ([]support.Entry, error) {
	var entries []support.Entry
	add := func(name string, value any, err error) error {
		if err != nil {
			value = map[string]string{"error": reason(err)}
		}
		entry, err := support.JSON(name, p.words.Text("cli.support."+strings.TrimSuffix(name, ".json")), value)
		entries = append(entries, entry)
		return err
	}
	running, notRunning := p.client(ctx, settings)
	var status, checks any
	var statusErr, checksErr error = notRunning, notRunning
	if notRunning == nil {
		status, statusErr = running.Status(ctx)
		checks, checksErr = running.Doctor(ctx)
	}
	var items, org any
	itemsErr := p.atDesk(ctx, func(d desk) error {
		var err error
		if org, err = d.Org(ctx); err != nil {
			return err
		}
		list, err := d.List(ctx, outbox.Query{Limit: supportItems})
		items = supportLines(list.Items)
		return err
	})
	files, filesErr := supportFiles(settings.Paths())
	err := errors.Join(
		add("version.json", map[string]string{"version": version, "os": runtime.GOOS, "arch": runtime.GOARCH, "go": runtime.Version()}, nil),
		add("status.json", status, statusErr),
		add("checks.json", checks, checksErr),
		add("settings.json", supportSettings(settings.List(p.words, nil)), nil),
		add("org.json", org, itemsErr),
		add("outbox.json", items, itemsErr),
		add("files.json", files, filesErr),
	)
	if err != nil {
		return nil, err
	}
	logs, err := supportLogs(settings.Paths().Logs)
	for i := range logs {
		logs[i].About = p.words.Text("cli.support.log")
	}
	return append(entries, logs...), err
}

// supportLine is an activity without what was done and with whom.
type supportLine struct {
	ID            string        `json:"id"`
	Kind          string        `json:"kind"`
	Source        outbox.Source `json:"source"`
	State         outbox.State  `json:"state"`
	Code          string        `json:"code,omitempty"`
	Who           outbox.Who    `json:"who,omitempty"`
	CapturedAt    time.Time     `json:"captured_at"`
	Attempts      int           `json:"attempts"`
	NextAttemptAt *time.Time    `json:"next_attempt_at,omitempty"`
	DeliveredAt   *time.Time    `json:"delivered_at,omitempty"`
}

func supportLines(items []apitype.Item) []supportLine {
	lines := make([]supportLine, len(items))
	for i := range items {
		item := &items[i]
		lines[i] = supportLine{
			ID: item.ID, Kind: string(item.Kind), Source: item.Source, State: item.State, CapturedAt: item.CapturedAt,
			Attempts: item.Attempts, NextAttemptAt: item.NextAttemptAt, DeliveredAt: item.DeliveredAt,
		}
		if item.Problem != nil {
			lines[i].Code, lines[i].Who = item.Problem.Code, item.Problem.Who
		}
	}
	return lines
}

// supportSetting is a setting. A text or a list may name somebody: it is told only where
// nobody changed it or the value is one of a few.
type supportSetting struct {
	Key    string        `json:"key"`
	Value  any           `json:"value"`
	Source config.Source `json:"source"`
	Locked bool          `json:"locked,omitempty"`
}

func supportSettings(items []config.Item) []supportSetting {
	settings := make([]supportSetting, len(items))
	for i, item := range items {
		settings[i] = supportSetting{Key: item.Key, Value: item.Value, Source: item.Source, Locked: item.Locked}
		switch item.Value.(type) {
		case bool, int:
			continue
		}
		if item.Source != config.FromDefault && len(item.Choices) == 0 {
			settings[i].Value = "[given]"
		}
	}
	return settings
}

// supportFile is a file of the state folder.
type supportFile struct {
	Name     string    `json:"name"`
	Mode     string    `json:"mode"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

// supportFiles lists the state folder. Of the drop folders, whose files a rep named, only
// the number is told.
func supportFiles(paths config.Paths) (map[string]any, error) {
	var files []supportFile
	entries, err := os.ReadDir(paths.State)
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // gone meanwhile
		}
		files = append(files, supportFile{Name: entry.Name(), Mode: info.Mode().String(), Size: info.Size(), Modified: info.ModTime()})
	}
	told := map[string]any{"state": files}
	for _, folder := range []string{"Inbox", "Done", "Rejected"} {
		dropped, err := os.ReadDir(filepath.Join(filepath.Dir(paths.Inbox), folder))
		if err == nil {
			told[folder] = len(dropped)
		}
	}
	return told, err
}

func supportLogs(folder string) ([]support.Entry, error) {
	names, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var logs []support.Entry
	for _, name := range names {
		if !name.Type().IsRegular() || !strings.HasSuffix(name.Name(), ".log") {
			continue
		}
		data, err := tail(filepath.Join(folder, name.Name()), supportLog)
		if err != nil {
			return nil, err
		}
		logs = append(logs, support.Entry{Name: "logs/" + name.Name(), Data: data})
	}
	return logs, err
}

// tail reads at most the last so many bytes of a file, from the start of a line.
func tail(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	from := max(info.Size()-most, 0)
	data, err := io.ReadAll(io.NewSectionReader(file, from, most))
	if from > 0 {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data, err
}
