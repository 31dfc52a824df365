package outbox

import (
	"os"

	"go.etcd.io/bbolt"
)

const (
	// roomStep is by how much the file is written ahead, in bytes, and roomLeast how much
	// of that is left when it is written further.
	roomStep  = 256 << 10
	roomLeast = 64 << 10
)

// room is the stretch of the file behind its last page, written with zeros ahead of its
// use: the sync of a page that the disk has given already costs a fraction of one for which
// the file system has to note that the file grew (decision 0012). bbolt writes every page
// whole before it reads it, so what lies there is nobody's data. It is used by one
// transaction at a time.
type room struct {
	file *os.File // bbolt's own
	end  int64
}

// open is how bbolt opens the file.
func (r *room) open(path string, flag int, mode os.FileMode) (*os.File, error) {
	file, err := os.OpenFile(path, flag, mode)
	*r = room{file: file}
	return file, err
}

// ahead writes further room. tx is the transaction that is about to begin; where the disk is
// full, its own commit says so, and what was written is given back.
func (r *room) ahead(tx *bbolt.Tx) {
	used := tx.Size()
	r.end = max(r.end, used)
	if r.end-used >= roomLeast {
		return
	}
	info, err := r.file.Stat()
	if err != nil {
		return
	}
	// Page by page: of what came as one write, Linux syncs more than the page that changed.
	page, began := make([]byte, tx.DB().Info().PageSize), r.end
	for err == nil && r.end-began < roomStep {
		if _, err = r.file.WriteAt(page, r.end); err == nil {
			r.end += int64(len(page))
		}
	}
	if err != nil {
		r.end = began
		_ = r.file.Truncate(began)
		_ = r.file.Truncate(max(began, info.Size()))
	}
}
