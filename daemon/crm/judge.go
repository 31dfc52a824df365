package crm

import (
	"errors"
	"maps"
	"reflect"

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
}

// A coded error names its own sentence in daemon/words: those of the sign-in and
// of the keychain do.
type coded interface {
	error
	Problem() (code string, args map[string]string)
}

// JudgeCall tells what a failed call means, whoever refused it: Salesforce, the
// network, something in between, or the sign-in.
func JudgeCall(err error) Call {
	call := Call{Unsent: sfclient.Unsent(err), Doubtful: sfclient.Doubtful(err)}
	call.Verdict = verdictOf(err)
	if call.Course == Doubt {
		call.Doubtful = true
	}
	return call
}

func verdictOf(err error) Verdict {
	var (
		own       *sfclient.Error
		refused   *sfclient.SessionRefusedError
		foreign   *sfclient.ForeignError
		transport *sfclient.TransportError
		known     coded
	)
	switch {
	case errors.As(err, &refused):
		return verdict(Blocked, "session_refused", outbox.Admin, nil)
	case errors.As(err, &known):
		code, args := known.Problem()
		course, who := Blocked, outbox.You
		switch sfclient.ClassOf(err) {
		case sfclient.Transient, sfclient.Limited:
			course, who = Again, outbox.Wait
		case sfclient.Admin:
			who = outbox.Admin
		}
		return verdict(course, code, who, args)
	case errors.As(err, &own):
		return ofOwn(own)
	case errors.As(err, &foreign):
		return ofForeign(foreign)
	case errors.As(err, &transport):
		return ofTransport(transport)
	}
	return verdict(Again, "offline", outbox.Wait, nil)
}

func verdict(course Course, code string, who outbox.Who, args outbox.Args) Verdict {
	return Verdict{Course: course, Problem: outbox.Problem{Code: code, Who: who, Args: args}}
}

func ofOwn(e *sfclient.Error) Verdict {
	if e.Status == 401 {
		return verdict(Blocked, "session_not_allowed", outbox.Admin, outbox.Args{"message": e.Message})
	}
	v := Judge(Answer{Code: e.Code, Message: e.Message, Fields: e.Fields})
	if _, known := answers[e.Code]; !known && (e.Status >= 500 || e.Status == 429) {
		v.Course, v.Problem.Who = Pause, outbox.Wait
	}
	return v
}

// ofForeign: HTML and the like say nothing about a record or a session; nothing
// is parked because of them (salesforce.md section 8, last rows).
func ofForeign(e *sfclient.ForeignError) Verdict {
	switch e.Kind {
	case sfclient.Portal:
		return verdict(Again, "captive_portal", outbox.You, nil)
	case sfclient.Proxy:
		return verdict(Again, "proxy", outbox.Admin, nil)
	case sfclient.Edge:
		return verdict(Pause, "salesforce_unavailable", outbox.Wait, nil)
	}
	return verdict(Again, "foreign_answer", outbox.Wait, nil)
}

func ofTransport(e *sfclient.TransportError) Verdict {
	switch e.Kind {
	case sfclient.NetworkCertificate:
		return verdict(Again, "certificate", outbox.Admin, outbox.Args{"issuer": e.Issuer()})
	case sfclient.NetworkProxy:
		return verdict(Again, "proxy", outbox.Admin, nil)
	}
	return verdict(Again, "offline", outbox.Wait, nil)
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
