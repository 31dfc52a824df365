package crm

import (
	"errors"
	"maps"
	"reflect"
	"time"

	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// Call is what the outcome of a whole call means.
type Call struct {
	Verdict
	// Unsent: Salesforce surely never got the call.
	Unsent bool
	// Doubtful: the call may have been carried out.
	Doubtful bool
	// Foreign: the network, or somebody in Salesforce's place; Salesforce itself said
	// nothing.
	Foreign bool
	// RetryAfter is the wait that the answer asked for, 0 if none.
	RetryAfter time.Duration
}

// A coded error names its own sentence in daemon/words: those of the sign-in, of the
// network and of the keychain do.
type coded interface {
	error
	Problem() (code string, args map[string]string)
}

// JudgeCall tells what a failed call means, whoever refused it: Salesforce, the
// network, something in between, or the sign-in.
func JudgeCall(err error) Call {
	call := Call{Unsent: sfclient.Unsent(err), Doubtful: sfclient.Doubtful(err), RetryAfter: sfclient.RetryAfter(err)}
	call.Verdict = verdictOf(err)
	call.Foreign = !sfclient.Answered(err)
	if call.Course == Doubt {
		call.Doubtful = true
	}
	return call
}

func verdictOf(err error) Verdict {
	var (
		own     *sfclient.Error
		refused *sfclient.SessionRefusedError
		foreign *sfclient.ForeignError
		known   coded
	)
	switch {
	case errors.As(err, &refused):
		return judgeCode("session_refused", nil)
	case errors.As(err, &known):
		return judgeCode(known.Problem())
	case errors.As(err, &own):
		return ofOwn(own)
	case errors.As(err, &foreign):
		return judgeCode(foreignCode(foreign), nil)
	}
	return judgeCode("offline", nil)
}

func ofOwn(e *sfclient.Error) Verdict {
	if e.Status == 401 {
		return judgeCode("session_not_allowed", outbox.Args{"message": e.Message})
	}
	v := Judge(Answer{Code: e.Code, Message: e.Message, Fields: e.Fields})
	if _, known := outcomes[e.Code]; !known && (e.Status >= 500 || e.Status == 429) {
		v.Course, v.Problem.Who = Pause, outbox.Wait
	}
	return v
}

// foreignCode: HTML and the like say nothing about a record or a session
// (salesforce.md section 8, last rows).
func foreignCode(e *sfclient.ForeignError) string {
	switch {
	case e.Status == 420:
		return "no_route"
	case e.Kind == sfclient.Portal:
		return "captive_portal"
	case e.Kind == sfclient.Proxy:
		return "proxy"
	case e.Kind == sfclient.Edge:
		return "salesforce_unavailable"
	}
	return "foreign_answer"
}

// AnswerOf gives Salesforce's own word in an error, false where somebody else
// spoke.
func AnswerOf(err error) (Answer, bool) {
	var own *sfclient.Error
	if !errors.As(err, &own) {
		return Answer{}, false
	}
	return Answer{Code: own.Code, Message: own.Message, Fields: own.Fields}, true
}

// Changed gives the fields that an update must write to turn the record that was
// sent into the one that is wanted now: only what differs, so that what people
// changed in Salesforce since stays.
func Changed(sent, wanted *Record, facts *Facts) map[string]any {
	object := facts.Task
	if wanted.Object == "Event" {
		object = facts.Event
	}
	changed := map[string]any{}
	for field, value := range wanted.Fields {
		if object.Fields[field].Updateable && !reflect.DeepEqual(value, sent.Fields[field]) {
			changed[field] = value
		}
	}
	for field := range maps.Keys(sent.Fields) {
		if _, still := wanted.Fields[field]; !still && object.Fields[field].Updateable {
			changed[field] = nil
		}
	}
	return changed
}
