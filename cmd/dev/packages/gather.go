package packages

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"io/fs"
	"os"
	"path"
)

// source says where a file of a package comes from: a path, what the program tells, or
// the licences of what is linked.
type source struct {
	to       string
	mode     fs.FileMode // 0 is 0644
	path     string
	told     []string
	licences bool
	fill     bool // @VERSION@ in it becomes the version's numbers
}

// gather reads the sources. What the program tells is compressed where its name ends
// in .gz.
func (b *builder) gather(ctx context.Context, p *programs, sources []source) ([]file, error) {
	var files []file
	for _, s := range sources {
		data, err := b.read(ctx, p, s)
		if err != nil {
			return nil, err
		}
		if s.told != nil && path.Ext(s.to) == ".gz" {
			data = zipped(data)
		}
		if s.fill {
			data = bytes.ReplaceAll(data, []byte("@VERSION@"), []byte(b.version.numbers))
		}
		files = append(files, file{s.to, cmp.Or(s.mode, 0o644), data})
	}
	return files, nil
}

func (b *builder) read(ctx context.Context, p *programs, s source) ([]byte, error) {
	switch {
	case s.licences:
		return thirdParty(p.modules), nil
	case s.told != nil:
		return b.told(ctx, s.told...)
	}
	return os.ReadFile(s.path)
}

// zipped is a text as gzip -9n writes it.
func zipped(text []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // errs for no such level only
	_, _ = w.Write(text)                                    // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}
