package daemon

import (
	"context"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/localapi/apitype"
)

var accessNames = map[crm.Access]string{
	crm.AccessGranted: "granted", crm.AccessDenied: "denied", crm.AccessUnknown: "unknown",
}

// Org tells what is known of the rep's org; nothing but the state of access where
// nothing is.
func (h *Home) Org(context.Context) (apitype.Org, error) {
	facts, known := h.facts()
	told := apitype.Org{Access: apitype.Access{State: accessNames[h.access()]}}
	if !known {
		return told, nil
	}
	told.ReadAt, told.LookedAt = apitype.TimeOrNil(facts.ReadAt), apitype.TimeOrNil(facts.LookedAt)
	told.Edition, told.Sandbox, told.TimeZone = facts.Edition, facts.Sandbox, facts.TimeZone
	told.KeyField, told.ClosedStatus = facts.KeyField, facts.ClosedStatus
	told.Delivery = deliveryOf(facts)
	told.SharedActivities = facts.Shared()
	told.TaskTypes, told.EventTypes = valuesOf(facts.Task.Fields["Type"]), valuesOf(facts.Event.Fields["Type"])
	for _, object := range facts.Relatable() {
		told.RelatedTo = append(told.RelatedTo, apitype.Value{Value: object, Label: facts.LabelOf(object)})
	}
	told.Access.Groups, told.Access.PermissionSets, told.Access.Permissions = facts.Member.Groups, facts.Member.PermissionSets, facts.Member.Permissions
	told.Limits = map[string]apitype.Limit{}
	for name, limit := range facts.Allowances {
		told.Limits[name] = apitype.Limit(limit)
	}
	return told, nil
}

func valuesOf(f crm.Field) []apitype.Value {
	values := make([]apitype.Value, len(f.Values))
	for i, v := range f.Values {
		values[i] = apitype.Value{Value: v.Value, Label: v.Label, Default: v.Default}
	}
	return values
}
