package daemon

import (
	"encoding/json"
	"maps"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

// Edit changes the fields of an item that patch names, null emptying one; the result
// passes the same door as a capture. A delivered item is changed only where delivered
// is set: its record is then updated. Errors: a refusal that names the field,
// *outbox.StateError, outbox.ErrNotFound. On an error nothing was changed.
func (h *Home) Edit(id string, delivered bool, patch []byte) error {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil || changes == nil {
		return capture.Refuse(capture.NotJSON, "at", "")
	}
	if len(changes) == 0 {
		return &codedError{code: "nothing_to_change"} // it is no repair, and would send it again
	}
	for _, fixed := range []string{"kind", "key"} {
		if _, given := changes[fixed]; given {
			refusal := capture.Refuse(activity.CodeNotForThis, "field", fixed)
			refusal.Field = fixed
			return refusal
		}
	}
	return h.Outbox.Edit(id, delivered, func(a *activity.Activity) error {
		changed, err := patched(a, changes)
		if err != nil {
			return err
		}
		if err := h.Intake.Revise(&changed); err != nil {
			return err
		}
		*a = changed
		return nil
	})
}

func patched(a *activity.Activity, changes map[string]json.RawMessage) (activity.Activity, error) {
	before, err := json.Marshal(a)
	if err != nil {
		return *a, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(before, &fields); err != nil {
		return *a, err
	}
	maps.Copy(fields, changes)
	maps.DeleteFunc(fields, func(_ string, value json.RawMessage) bool { return string(value) == "null" })
	after, err := json.Marshal(fields)
	if err != nil {
		return *a, err
	}
	return capture.DecodeActivity(after)
}
