package main

import (
	"io"
	"os"

	"github.com/cheggaaa/pb/v3"
	"golang.org/x/term"
)

// progressRow is what a bar says: what it is about, how far that is, and how long it takes.
const progressRow = pb.ProgressBarTemplate(`{{string . "what"}} {{bar . "[" "=" ">" " " "]"}} {{counters . }} {{rtime . "%s" "%s" ""}}`)

// progress shows on a terminal, beside the result, how far something is; elsewhere nothing.
type progress struct {
	p   *program
	bar *pb.ProgressBar
}

// progress is a bar that stands once it is shown.
func (p *program) progress() *progress { return &progress{p: p} }

// show tells how far what is; total 0 is not known.
func (g *progress) show(what string, done, total int) {
	if !isTerminal(g.p.errOut) {
		return
	}
	fresh := g.bar == nil
	if fresh {
		g.bar = pb.New(total).SetTemplate(progressRow).SetWriter(g.p.errOut).SetWidth(widthOf(g.p.errOut)).Set(pb.CleanOnFinish, true)
	}
	g.bar.Set("what", what).SetTotal(int64(total)).SetCurrent(int64(done))
	if fresh {
		g.bar.Start()
	}
}

// usualWidth is taken for a terminal that does not tell how wide it is.
const usualWidth = 80

// widthOf is how wide the bar is made, 0 for as wide as the terminal is at each time.
func widthOf(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return 0
		}
	}
	return usualWidth
}

// end takes the bar away: what came of it is said by the command.
func (g *progress) end() {
	if g.bar != nil {
		g.bar.Finish()
		g.bar = nil
	}
}
