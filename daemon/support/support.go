// Package support writes the file that a rep sends to whoever helps: what runs here and how
// it stands, without what the rep did and with whom. What goes in is decided by those who
// gather; this room takes out of every text what could still name a person, a computer or a
// secret. It imports nothing of ours.
package support

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Entry is one file of the bundle. About says in a sentence what it holds.
type Entry struct {
	Name, About string
	Data        []byte
}

// JSON makes an entry of a value.
func JSON(name, about string, value any) (Entry, error) {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return Entry{}, fmt.Errorf("support: %s: %w", name, err)
	}
	return Entry{Name: name, About: about, Data: append(data, '\n')}, nil
}

// Cleaner takes names out of texts.
type Cleaner struct{ named *strings.Replacer }

// NewCleaner knows texts of this computer, such as the rep's home folder, by what is said
// instead of each.
func NewCleaner(instead map[string]string) *Cleaner {
	var pairs []string
	for text, said := range instead {
		if len(text) > 2 { // a shorter one stands in too many words
			pairs = append(pairs, text, said)
		}
	}
	return &Cleaner{strings.NewReplacer(pairs...)}
}

var (
	address = regexp.MustCompile(`[\p{L}\p{N}._%+'\-]+@[\p{L}\p{N}\-]+(\.[\p{L}\p{N}\-]+)*`)
	link    = regexp.MustCompile(`https?://[^\s"'<>\\]+`)
	// secret is what tokens look like: Salesforce's have the org's id and a mark before
	// them, ours are 43 characters of base64.
	secret = regexp.MustCompile(`00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]+|5Aep[A-Za-z0-9._]{20,}|AGE-SECRET-KEY-[A-Z0-9]+|Bearer\s+\S+|\b[A-Za-z0-9_\-]{43}\b`)
)

// known are the hosts that name nobody.
var known = map[string]bool{"login.salesforce.com": true, "test.salesforce.com": true, "127.0.0.1": true, "localhost": true}

// Clean takes addresses, hosts, secrets and the names of this computer out of a text.
func (c *Cleaner) Clean(data []byte) []byte {
	text := secret.ReplaceAllString(string(data), "[secret]")
	text = address.ReplaceAllString(text, "[address]")
	text = link.ReplaceAllStringFunc(text, func(found string) string {
		u, err := url.Parse(found)
		if err != nil || !known[u.Hostname()] {
			return "[link]"
		}
		return u.Scheme + "://" + u.Host
	})
	return []byte(c.named.Replace(text))
}

// Write writes the cleaned entries as a zip file.
func Write(w io.Writer, entries []Entry, clean *Cleaner, now time.Time) error {
	archive := zip.NewWriter(w)
	for _, entry := range entries {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: entry.Name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return fmt.Errorf("support: %w", err)
		}
		if _, err := file.Write(clean.Clean(entry.Data)); err != nil {
			return fmt.Errorf("support: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("support: %w", err)
	}
	return nil
}
