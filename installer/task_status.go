package installer

import (
	"context"
	"encoding/csv"
	"encoding/xml"
	"strconv"
	"strings"
)

// What "Last Result" says besides the exit code (winerror.h, SCHED_S_TASK_*).
const (
	taskRunning    = 0x41301
	taskNeverRan   = 0x41303
	taskTerminated = 0x41306
)

// query asks for the task and reads the one column that is a number in every
// language of Windows: the seventh, "Last Result". known is false without a task.
func (t *taskScheduler) query(ctx context.Context) (status Status, known bool) {
	out, err := t.schtasks(ctx, "/Query", "/TN", t.name, "/FO", "CSV", "/V", "/NH")
	if err != nil {
		return Status{}, false
	}
	return parseTask(out), true
}

func parseTask(out string) Status {
	const lastResult = 6
	row, err := csv.NewReader(strings.NewReader(out)).Read()
	if err != nil || len(row) <= lastResult {
		return Status{State: Stopped}
	}
	result, err := strconv.ParseInt(row[lastResult], 10, 64)
	switch {
	case err != nil || result == taskNeverRan:
		return Status{State: Stopped}
	case result == taskRunning:
		return Status{State: Running}
	case result == 0 || result == taskTerminated:
		return Status{State: Stopped, LastExit: &Exit{}}
	}
	return Status{State: CrashLooping, LastExit: &Exit{Code: int(result)}} // tried again each minute
}

// action is the command and the arguments of a task's XML. Windows writes the rest
// of it anew, and says UTF-16 in the prolog whatever the console gets; text that is
// not to be read gives ok false.
func action(text string) (command, arguments string, ok bool) {
	if _, rest, found := strings.Cut(text, "?>"); found {
		text = rest
	}
	var t task
	if err := xml.Unmarshal([]byte(text), &t); err != nil {
		return "", "", false
	}
	return t.Actions.Command, t.Actions.Arguments, true
}
