package installer

import (
	"context"
	"encoding/csv"
	"strings"
)

const (
	taskFolder = `\fieldpost\`
	groupName  = taskFolder + "All users"
	// usersGroup is the group Users in every language of Windows.
	usersGroup = "S-1-5-32-545"
	// forAllToRun lets administrators and the system change the task, and users see and
	// start it (SDDL).
	forAllToRun = "D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;GRGX;;;BU)"
	// machineRunKey holds what Windows starts at every user's logon.
	machineRunKey = `HKLM\Software\Microsoft\Windows\CurrentVersion\Run`
)

// groupTask is a logon task of the group Users. One task has one policy for all its
// instances, so it does not run the daemon itself: it runs "service install" for
// whoever logs on, which gives each user a task of their own, with restarts.
type groupTask struct {
	runner     Runner
	executable string
}

// setUp are the words that give the user who logs on a service.
var setUp = []string{"service", "install"}

func newGroupTask(cfg Config) *groupTask {
	return &groupTask{runner: cfg.Runner, executable: windowless(cfg.Executable)}
}

// install registers the task, starts it for whoever is logged on, and lets the
// company's computers that forbid tasks have a value of the Run key.
func (g *groupTask) install(ctx context.Context) error {
	refused := createTask(ctx, g.runner, groupName, groupText(g.executable, setUp))
	if refused == nil {
		forgetRunValue(ctx, g.runner, machineRunKey)
		registerEventSource(ctx, g.runner)
		_, _ = g.runner.Run(ctx, nil, "schtasks", "/Run", "/TN", groupName) // nobody need be logged on
		return nil
	}
	return addRunValue(ctx, g.runner, machineRunKey, windowsCommandLine(append([]string{g.executable}, setUp...)), refused)
}

func (g *groupTask) uninstall(ctx context.Context) error {
	_, _ = g.runner.Run(ctx, nil, "schtasks", "/End", "/TN", groupName)
	_, _ = g.runner.Run(ctx, nil, "schtasks", "/Delete", "/TN", groupName, "/F") // first of all, lest it make others anew
	for _, task := range g.tasks(ctx) {
		_, _ = g.runner.Run(ctx, nil, "schtasks", "/End", "/TN", task) // it need not run
		if _, err := g.runner.Run(ctx, nil, "schtasks", "/Delete", "/TN", task, "/F"); err != nil {
			return commandError(err, "schtasks", "/Delete", "/TN", task)
		}
	}
	forgetRunValue(ctx, g.runner, machineRunKey)
	forgetEventSource(ctx, g.runner)
	return nil
}

func (g *groupTask) stop(ctx context.Context) error {
	for _, task := range g.tasks(ctx) {
		_, _ = g.runner.Run(ctx, nil, "schtasks", "/End", "/TN", task) // it need not run
	}
	return nil
}

// tasks lists what is left of our tasks.
func (g *groupTask) tasks(ctx context.Context) []string {
	out, err := g.runner.Run(ctx, nil, "schtasks", "/Query", "/FO", "CSV", "/NH")
	if err != nil {
		return nil
	}
	return tasksIn(out)
}

func tasksIn(out string) []string {
	var ours []string
	lines := csv.NewReader(strings.NewReader(out))
	lines.FieldsPerRecord = -1
	for {
		row, err := lines.Read()
		if err != nil {
			return ours
		}
		if strings.HasPrefix(row[0], taskFolder) {
			ours = append(ours, row[0])
		}
	}
}
