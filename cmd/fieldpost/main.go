// Command fieldpost keeps a rep's shares and meetings safe on the laptop and logs
// them in Salesforce. Each noun of the command line has a file of its own here;
// what they do is done by the daemon's rooms.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"fieldpost/daemon/words"

	_ "time/tzdata" // Windows has no zone database
)

// version is set at build time.
var version = "dev"

func main() {
	liveShortly()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	errOut, told := messages(os.Args[1:])
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, errOut)
	stop()
	told()
	os.Exit(code)
}

// run is the program without the process around it; it gives the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	p := &program{in: in, out: out, errOut: errOut, words: words.In(askedLanguage(args))}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	return p.exit(root.ExecuteContext(ctx))
}
