package installer

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// sharedAgentPath is where launchd looks for what every user's login starts.
const sharedAgentPath = "/Library/LaunchAgents/" + Name + ".plist"

// sharedAgent is the LaunchAgent of every user. launchd itself takes it up at each
// login, so it is only placed.
type sharedAgent struct {
	definition
	runner  Runner
	program string // the executable's name
}

func newSharedAgent(cfg Config) *sharedAgent {
	return &sharedAgent{
		definition: definition{path: sharedAgentPath, text: agentText(cfg.Executable, cfg.Args, "")},
		runner:     cfg.Runner, program: filepath.Base(cfg.Executable),
	}
}

func (a *sharedAgent) install(context.Context) error { return adminError(a.write()) }

func (a *sharedAgent) uninstall(ctx context.Context) error {
	if !a.exists() {
		return nil
	}
	return errors.Join(a.stop(ctx), adminError(a.remove()))
}

// stop boots the agent out of the session of each user whose fieldpost runs.
func (a *sharedAgent) stop(ctx context.Context) error {
	out, err := a.runner.Run(ctx, nil, "ps", "-axo", "uid=,comm=")
	if err != nil {
		return commandError(err, "ps", "-axo", "uid=,comm=")
	}
	for _, user := range usersOf(out, a.program) {
		_, _ = a.runner.Run(ctx, nil, "launchctl", "bootout", "gui/"+user+"/"+Name) // one run by hand is none of launchd's
	}
	return nil
}

// usersOf reads "uid command" lines and gives the users of a program, each once.
func usersOf(processes, program string) []string {
	var users []string
	seen := map[string]bool{}
	for line := range strings.Lines(processes) {
		user, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		if filepath.Base(strings.TrimSpace(command)) == program && !seen[user] {
			seen[user] = true
			users = append(users, user)
		}
	}
	return users
}
