package logs

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"testing"
)

func TestOnlyTheStreamThatSystemdNamesIsTheJournal(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	var stat syscall.Stat_t
	if err := syscall.Fstat(int(write.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	stream := fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	for _, c := range []struct {
		name, variable string
		to             io.Writer
		want           bool
	}{
		{"the stream", stream, write, true},
		{"another stream", "8:1", write, false},
		{"no systemd", "", write, false},
		{"redirected by a test", stream, &bytes.Buffer{}, false},
	} {
		t.Setenv("JOURNAL_STREAM", c.variable)
		if got := isJournal(c.to); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}

	t.Setenv("JOURNAL_STREAM", stream)
	var file bytes.Buffer
	log, _ := Open(slog.LevelInfo, &file, write)
	log.Warn("the keychain is locked", "code", "keychain_locked")
	_ = write.Close()
	told, err := io.ReadAll(read)
	if err != nil || string(told) != "<4>the keychain is locked code=keychain_locked\n" {
		t.Errorf("%v: the journal got %s", err, told)
	}
	if !bytes.Contains(file.Bytes(), []byte(`"msg":"the keychain is locked"`)) {
		t.Errorf("the file got %s", &file)
	}
}
