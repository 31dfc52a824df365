package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fieldpost/daemon/config"
	"fieldpost/daemon/directory"
)

// choices are what only the org knows of the settings: the objects that a share may be
// related to, and the values of the Task's Type. Without facts there are none.
func (h *Home) choices() config.Choices {
	facts, known := h.facts()
	if !known {
		return nil
	}
	objects, types := []config.Choice{}, []config.Choice{}
	for _, object := range facts.Relatable() {
		objects = append(objects, config.Choice{Value: object, Label: facts.LabelOf(object)})
	}
	for _, value := range facts.Task.Fields["Type"].Values {
		types = append(types, config.Choice{Value: value.Value, Label: value.Label})
	}
	return config.Choices{"related_to.objects": objects, "share.types": types}
}

// A SettingError refuses a change of a setting for a reason that only the org knows.
// Nothing was changed.
type SettingError struct {
	Key  string
	Code string
	Args map[string]string
}

func (e *SettingError) Error() string { return "daemon: " + e.Key + ": " + e.Code }

// Problem names the sentence in daemon/words.
func (e *SettingError) Problem() (code string, args map[string]string) { return e.Code, e.Args }

// checkSettings asks the org about a change of settings, as far as it is known or can
// be asked now; what cannot be is checked when it is used. The error is a *SettingError,
// or one of the values themselves.
func (d *Daemon) checkSettings(ctx context.Context, changes map[string]any) error {
	cleaned, err := d.home.Config.Clean(changes)
	if err != nil {
		return err
	}
	if objects, given := cleaned["related_to.objects"].([]string); given {
		if err := d.home.checkObjects(objects); err != nil {
			return err
		}
	}
	return d.tryConditions(ctx, cleaned)
}

// checkObjects refuses an object that is new in the list and that the org does not
// offer.
func (h *Home) checkObjects(objects []string) error {
	facts, known := h.facts()
	if !known {
		return nil
	}
	listed := func(list []string, object string) bool {
		return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(o, object) })
	}
	before, offered := h.Config.Settings().RelatedTo.Objects, facts.Relatable()
	for _, object := range objects {
		if !listed(offered, object) && !listed(before, object) {
			return &SettingError{Key: "related_to.objects", Code: "object_not_offered", Args: map[string]string{
				"object": object, "offered": strings.Join(offered, ", "),
			}}
		}
	}
	return nil
}

// tryConditions lets Salesforce judge new conditions.
func (d *Daemon) tryConditions(ctx context.Context, cleaned map[string]any) error {
	filter := directory.Filter{}
	if where, given := cleaned["contacts.where"].(string); given {
		filter.Contacts, filter.Leads = where, new(string)
	}
	if where, given := cleaned["leads.where"].(string); given {
		filter.Leads = &where
	}
	if filter.Contacts == "" && (filter.Leads == nil || *filter.Leads == "") {
		return nil
	}
	if _, err := d.org.account(); err != nil {
		return nil // nobody to ask as: it is tried when people are read
	}
	var refused *directory.ConditionError
	if err := directory.Try(ctx, d.session.client, filter); errors.As(err, &refused) {
		return &SettingError{Key: refused.Setting, Code: "condition_invalid", Args: map[string]string{"message": refused.Answer.Message}}
	}
	return nil
}
