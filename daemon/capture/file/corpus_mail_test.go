package file_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// mailDeviations names each mail of which we say something else than the
// manifest, and why.
var mailDeviations = map[string]string{
	"eml/enmime-html-mime-inline.eml":          "a picture shown within the text is no document",
	"eml/enmime-html-only-inline.eml":          "a picture shown within the text is no document",
	"eml/enmime-mime-signed.eml":               "a signature over the mail is no document",
	"eml/enmime-multipart-wo-boundary.eml":     "a bounce: CONTRACT section 5 refuses delivery receipts",
	"eml/flanker-disposition-notification.eml": "a read receipt: CONTRACT section 5 refuses it",
	"eml/phpimap-attachment_long_filename.eml": "a part without the header of a mail: nothing says who, when or what",
	"eml/phpimap-inline_attachment.eml":        "a part without the header of a mail: nothing says who, when or what",
}

func TestTheCorpusOfMailsGivesItsFacts(t *testing.T) {
	now := paris(t, "2026-11-22 09:00:00")
	for _, s := range corpus(t, "eml") {
		t.Run(s.name, func(t *testing.T) {
			drafts, err := take(s, now)
			faults := mailFaults(s, drafts, err)
			if why, known := mailDeviations[s.name]; known {
				if len(faults) == 0 {
					t.Errorf("no deviation any more: %s", why)
				}
				return
			}
			for _, fault := range faults {
				t.Error(fault)
			}
		})
	}
}

func mailFaults(s sample, drafts []outbox.Draft, err error) (faults []string) {
	f := s.facts
	if f.Outcome == "refuse" {
		var refusal *capture.Refusal
		if !errors.As(err, &refusal) {
			return []string{"is not refused"}
		}
		return nil
	}
	if err != nil {
		return []string{"is refused: " + err.Error()}
	}
	differ := func(what string, want, got any) {
		if diff := cmp.Diff(want, got); diff != "" {
			faults = append(faults, what+" (-manifest +ours):\n"+diff)
		}
	}
	a := drafts[0].Activity
	differ("subject", wantSubject(f.Subject), subjectLike(a.Subject, f.Subject))
	differ("people", everybody(f), addressesOf(a.People))
	differ("date", wantDate(f.Date), dateOf(a, drafts[0].Notes))
	if f.MessageID != nil {
		differ("key", "mail:"+strings.Trim(*f.MessageID, "<>"), a.Key)
	}
	text := strings.NewReplacer("[Signature]", "--", "[Earlier messages]", "").Replace(a.Body) // as it was before it was marked
	if starts := f.TextStarts + f.HTMLStarts; !strings.HasPrefix(strings.Join(strings.Fields(text), " "), strings.TrimSpace(starts)) {
		differ("text", starts, strings.Join(strings.Fields(text), " "))
	}
	if len(f.CalendarParts) == 0 { // calendars are read, not named
		differ("documents", f.Attachments, len(a.Content))
	}
	if len(drafts) > 1 && !slices.Contains(f.CalendarParts, "PUBLISH") && !slices.Contains(f.CalendarParts, "REQUEST") {
		differ("meetings", 0, len(drafts)-1)
	}
	if from := senderIn(drafts[0].Notes); len(f.From) > 0 && from != f.From[0] {
		differ("sender", f.From[0], from)
	}
	return faults
}

// wantSubject: no subject is told by a word of ours, and no more than the
// limit's characters are kept.
func wantSubject(subject *string) string {
	if subject == nil {
		return "Email without a subject"
	}
	return strings.Join(strings.Fields(strings.TrimSuffix(*subject, "…")), " ")
}

func subjectLike(ours string, manifest *string) string {
	if manifest != nil && strings.HasSuffix(*manifest, "…") {
		return strings.TrimSpace(string([]rune(ours)[:len([]rune(*manifest))-1]))
	}
	return ours
}

func everybody(f facts) []string {
	var all []string
	for _, address := range slices.Concat(f.To, f.Cc, f.Bcc) {
		if !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
}

func addressesOf(people []activity.Person) []string {
	var all []string
	for _, p := range people {
		all = append(all, p.Email)
	}
	return all
}

func wantDate(date *string) string {
	if date == nil || *date < "1990" {
		return "the capture's"
	}
	return *date
}

func dateOf(a activity.Activity, notes []outbox.Note) string {
	if slices.ContainsFunc(notes, func(n outbox.Note) bool { return n.Code == capture.NoteNoDate }) {
		return "the capture's"
	}
	t, err := a.OccurredAt.Time()
	if err != nil {
		return err.Error()
	}
	return t.UTC().Format(time.RFC3339)
}

func senderIn(notes []outbox.Note) string {
	for _, n := range notes {
		if n.Code == capture.NoteSender {
			return n.Args["address"]
		}
	}
	return ""
}
