package outbox_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tracedCalls are what a trace has to hold: every call by which a file changes, or
// comes to last.
const tracedCalls = "openat,close,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat"

// inode is one file of the traced process, whatever it is called.
type inode struct{ size int64 }

// An operation of the traced process, from its first line in the trace to its last.
// What has begun may have been carried out; only what a finished sync covers lasts.
type operation struct {
	start, end int
	kind       operationKind
	file       *inode
	at         int64
	data       []byte
	name, to   string // in the folder; to is a rename's
	words      []string
}

type operationKind int

const (
	opWrite    operationKind = iota // data at
	opTruncate                      // to at bytes
	opSync                          // of file
	opCreate                        // name becomes file
	opRename                        // name becomes to
	opUnlink                        // name
	opSyncDir                       // of the folder
	opSay                           // words in the marker
)

// tracer reads the output of strace -f -xx.
type tracer struct {
	home, marker string
	line         int
	begun        map[string]started // by process id
	files        map[string]*inode  // by name in the folder
	open         map[string]target  // by descriptor
	operations   []*operation
}

type started struct {
	line int
	text string
}

// target is what a descriptor stands for.
type target struct {
	file     *inode
	append   bool
	isFolder bool
	isMarker bool
}

// readTrace gives the operations in the order in which they ended, and the number of
// lines of the trace.
func readTrace(path, home, marker string) ([]*operation, int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	t := &tracer{home: home, marker: marker, begun: map[string]started{}, files: map[string]*inode{}, open: map[string]target{}}
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return t.operations, t.line, nil
		}
		t.line++
		if err := t.read(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, 0, fmt.Errorf("line %d of the trace: %w", t.line, err)
		}
	}
}

// read takes one line; a call that another thread cut in two is put together.
func (t *tracer) read(line string) error {
	pid, text, _ := strings.Cut(line, " ")
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "+++") {
		return nil
	}
	if head, cut := strings.CutSuffix(text, " <unfinished ...>"); cut {
		t.begun[pid] = started{t.line, head}
		if descriptor, closes := strings.CutPrefix(head, "close("); closes {
			delete(t.open, strings.TrimSuffix(descriptor, ")"))
		}
		return nil
	}
	start, closed := t.line, false
	if strings.HasPrefix(text, "<... ") {
		head, tail := t.begun[pid], text[strings.Index(text, "resumed>")+len("resumed>"):]
		start, text = head.line, head.text+tail
		closed = strings.HasPrefix(text, "close(") // it took effect when it began
	}
	name, rest, ok := strings.Cut(text, "(")
	end := strings.LastIndex(rest, ") ")
	if !ok || end < 0 || closed {
		return nil
	}
	result := strings.Fields(strings.TrimLeft(rest[end+1:], " ="))
	if len(result) == 0 || result[0] == "?" || strings.HasPrefix(result[0], "-") {
		return nil
	}
	o := &operation{start: start, end: t.line}
	known, err := t.call(o, name, strings.Split(rest[:end], ", "), result[0])
	if err == nil && known {
		t.operations = append(t.operations, o)
	}
	return err
}

// call fills an operation in; false for a call that is not about the folder.
func (t *tracer) call(o *operation, name string, args []string, result string) (bool, error) {
	switch name {
	case "openat":
		return t.opened(o, unhex(args[1]), args[2], result), nil
	case "close":
		delete(t.open, args[0])
		return false, nil
	case "rename":
		return t.renamed(o, unhex(args[0]), unhex(args[1])), nil
	case "renameat", "renameat2":
		return t.renamed(o, unhex(args[1]), unhex(args[3])), nil
	case "unlink":
		return t.unlinked(o, unhex(args[0])), nil
	case "unlinkat":
		return t.unlinked(o, unhex(args[1])), nil
	}
	to := t.open[args[0]]
	switch {
	case to.isFolder && (name == "fsync" || name == "fdatasync"):
		o.kind = opSyncDir
		return true, nil
	case to.isMarker && name == "write":
		data, err := written(args[1], result)
		o.kind, o.words = opSay, strings.Fields(string(data))
		return true, err
	case to.file == nil:
		return false, nil
	}
	o.file = to.file
	switch name {
	case "fsync", "fdatasync":
		o.kind = opSync
	case "ftruncate":
		o.kind = opTruncate
		o.at, _ = strconv.ParseInt(args[1], 10, 64)
		o.file.size = o.at
	case "write", "pwrite64":
		return true, t.wrote(o, to, name, args, result)
	}
	return true, nil
}

func (t *tracer) wrote(o *operation, to target, name string, args []string, result string) (err error) {
	o.kind = opWrite
	if o.data, err = written(args[1], result); err != nil {
		return err
	}
	switch {
	case name == "pwrite64":
		o.at, err = strconv.ParseInt(args[3], 10, 64)
	case to.append:
		o.at = o.file.size
	default:
		return fmt.Errorf("a write that says no place")
	}
	o.file.size = max(o.file.size, o.at+int64(len(o.data)))
	return err
}

func (t *tracer) opened(o *operation, path, flags, descriptor string) bool {
	delete(t.open, descriptor)
	switch {
	case path == t.home:
		t.open[descriptor] = target{isFolder: true}
		return false
	case path == t.marker:
		t.open[descriptor] = target{isMarker: true}
		return false
	case filepath.Dir(path) != t.home:
		return false
	}
	o.name = filepath.Base(path)
	file, known := t.files[o.name]
	if !known {
		file = &inode{}
		t.files[o.name] = file
		o.kind, o.file = opCreate, file
	}
	t.open[descriptor] = target{file: file, append: strings.Contains(flags, "O_APPEND")}
	if known && strings.Contains(flags, "O_TRUNC") {
		o.kind, o.file, o.at, file.size = opTruncate, file, 0, 0
		return true
	}
	return !known
}

func (t *tracer) renamed(o *operation, from, to string) bool {
	if filepath.Dir(from) != t.home {
		return false
	}
	o.kind, o.name, o.to = opRename, filepath.Base(from), filepath.Base(to)
	o.file = t.files[o.name]
	t.files[o.to] = o.file
	delete(t.files, o.name)
	return true
}

func (t *tracer) unlinked(o *operation, path string) bool {
	o.kind, o.name = opUnlink, filepath.Base(path)
	o.file = t.files[o.name]
	if filepath.Dir(path) != t.home || o.file == nil {
		return false
	}
	delete(t.files, o.name)
	return true
}

// written gives the bytes that a write put down, which may be fewer than it was given.
func written(text, result string) ([]byte, error) {
	if strings.HasSuffix(text, "...") {
		return nil, fmt.Errorf("the trace cut a write short")
	}
	data := []byte(unhex(text))
	n, err := strconv.Atoi(result)
	if err != nil || n > len(data) {
		return nil, fmt.Errorf("a write of %s bytes: %w", result, err)
	}
	return data[:n], nil
}

// unhex reads a string of strace -xx.
func unhex(text string) string {
	digits := bytes.ReplaceAll([]byte(strings.Trim(text, `"`)), []byte(`\x`), nil)
	data := make([]byte, hex.DecodedLen(len(digits)))
	n, err := hex.Decode(data, digits)
	if err != nil {
		return ""
	}
	return string(data[:n])
}
