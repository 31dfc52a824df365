//go:build unix

package config

import "os"

// protect lets the owner alone, who is root, write the folder.
func protect(folder string) error { return os.Chmod(folder, 0o755) }
