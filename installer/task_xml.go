package installer

import (
	"encoding/xml"
	"strings"
	"unicode/utf16"
)

// The elements of a Task Scheduler task that are used ([MS-TSCH] section 2.5).
type task struct {
	XMLName     xml.Name `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
	Version     string   `xml:"version,attr"`
	Description string   `xml:"RegistrationInfo>Description"`
	// SecurityDescriptor says who may see, start and change the task (SDDL); "" leaves
	// it to its maker.
	SecurityDescriptor string `xml:"RegistrationInfo>SecurityDescriptor,omitempty"`
	Trigger            struct {
		Enabled bool
		UserID  string `xml:"UserId,omitempty"`
	} `xml:"Triggers>LogonTrigger"`
	Principal struct {
		ID        string `xml:"id,attr"`
		UserID    string `xml:"UserId,omitempty"`
		GroupID   string `xml:"GroupId,omitempty"`
		LogonType string `xml:",omitempty"`
		RunLevel  string
	} `xml:"Principals>Principal"`
	Settings taskSettings
	Actions  struct {
		Context   string `xml:"Context,attr"`
		Command   string `xml:"Exec>Command"`
		Arguments string `xml:"Exec>Arguments,omitempty"`
	}
}

type taskSettings struct {
	MultipleInstancesPolicy    string
	DisallowStartIfOnBatteries bool
	StopIfGoingOnBatteries     bool
	AllowHardTerminate         bool
	StartWhenAvailable         bool
	Hidden                     bool
	ExecutionTimeLimit         string
	RestartOnFailure           struct {
		Interval string
		Count    int
	}
}

// taskText renders the logon task of one user: for that user's own logon alone, so
// that it takes no administrator; restarted a minute after a failure, the least
// that Windows allows, as often as it allows; without time limit, on battery too.
func taskText(executable string, args []string, userID string) string {
	t := logonTask(executable, args)
	t.Trigger.UserID, t.Principal.UserID, t.Principal.LogonType = userID, userID, "InteractiveToken"
	t.Settings.MultipleInstancesPolicy = "IgnoreNew"
	return t.text()
}

// groupText renders the logon task of the group Users: whoever logs on, each on their
// own, several at a time.
func groupText(executable string, args []string) string {
	t := logonTask(executable, args)
	t.SecurityDescriptor, t.Principal.GroupID = forAllToRun, usersGroup
	t.Settings.MultipleInstancesPolicy = "Parallel"
	return t.text()
}

func logonTask(executable string, args []string) *task {
	t := &task{Version: "1.2", Description: description}
	t.Trigger.Enabled = true
	t.Principal.ID, t.Principal.RunLevel = "User", "LeastPrivilege"
	t.Settings = taskSettings{AllowHardTerminate: true, StartWhenAvailable: true, Hidden: true, ExecutionTimeLimit: "PT0S"}
	t.Settings.RestartOnFailure.Interval, t.Settings.RestartOnFailure.Count = "PT1M", 255
	t.Actions.Context, t.Actions.Command, t.Actions.Arguments = "User", executable, windowsCommandLine(args)
	return t
}

func (t *task) text() string {
	body, err := xml.MarshalIndent(t, "", "  ")
	if err != nil {
		return "" // these types always marshal; held by the golden test
	}
	return `<?xml version="1.0" encoding="UTF-16"?>` + "\n" + string(body) + "\n"
}

// windowsCommandLine joins words so that CommandLineToArgvW takes them apart again.
func windowsCommandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = windowsQuote(word)
	}
	return strings.Join(quoted, " ")
}

// windowsQuote doubles the backslashes that stand before a quotation mark.
func windowsQuote(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\"") {
		return word
	}
	var out strings.Builder
	out.WriteByte('"')
	slashes := 0
	for _, r := range word {
		switch r {
		case '\\':
			slashes++
			continue
		case '"':
			out.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			out.WriteString(strings.Repeat(`\`, slashes))
		}
		slashes = 0
		out.WriteRune(r)
	}
	out.WriteString(strings.Repeat(`\`, 2*slashes) + `"`)
	return out.String()
}

// utf16File is text as schtasks reads it: little-endian UTF-16 with its mark.
func utf16File(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}
