package config

import (
	"time"

	"fieldpost/daemon/words"
)

// table declares every setting of CONTRACT.md section 3, in its order. The words
// setting.KEY.label and setting.KEY.help say in each language what a setting means.
func table(paths Paths) []setting {
	return []setting{
		text("salesforce.login_url", "https://login.salesforce.com", "login_url", loginURL,
			func(s *Settings) *string { return &s.Salesforce.LoginURL }),
		text("salesforce.client_id", "", "client_id", oneWord,
			func(s *Settings) *string { return &s.Salesforce.ClientID }),
		portList("salesforce.redirect_ports", []int{17170, 27170, 37170},
			func(s *Settings) *[]int { return &s.Salesforce.RedirectPorts }),
		version("salesforce.api_version", "66.0",
			func(s *Settings) *string { return &s.Salesforce.APIVersion }),
		text("salesforce.key_field", "fieldpost_Key__c", "key_field", keyField,
			func(s *Settings) *string { return &s.Salesforce.KeyField }),
		list("access.groups", nil, "texts", notBlank,
			func(s *Settings) *[]string { return &s.Access.Groups }),
		choice("contacts.scope", ScopeAll, []string{ScopeAll, ScopeOwn},
			func(s *Settings) *string { return &s.Contacts.Scope }),
		text("contacts.where", "", "soql", anyText,
			func(s *Settings) *string { return &s.Contacts.Where }),
		optional("leads.where", "soql", anyText,
			func(s *Settings) **string { return &s.Leads.Where }),
		list("related_to.objects", []string{"Account", "Opportunity"}, "objects", apiName,
			func(s *Settings) *[]string { return &s.RelatedTo.Objects }).offering("Account", "Opportunity"),
		channelTypes("share.types", map[string]any{
			"email": []string{"Showpad Email", "Email"}, "link": []string{"Showpad Share"}, "space": []string{"Shared Space"},
		}, func(s *Settings) *map[string][]string { return &s.Share.Types }),
		constants("share.fields", func(s *Settings) *map[string]any { return &s.Share.Fields }),
		oneOrMore("meeting.type", "Meeting", func(s *Settings) *[]string { return &s.Meeting.Type }),
		choice("meeting.on_cancel", CancelMark, []string{CancelMark, CancelDelete},
			func(s *Settings) *string { return &s.Meeting.OnCancel }),
		constants("meeting.fields", func(s *Settings) *map[string]any { return &s.Meeting.Fields }),
		choice("mail.history", TextKeep, []string{TextKeep, TextCut},
			func(s *Settings) *string { return &s.Mail.History }),
		choice("mail.signature", TextKeep, []string{TextKeep, TextCut},
			func(s *Settings) *string { return &s.Mail.Signature }),
		flag("people.multiple", true, func(s *Settings) *bool { return &s.People.Multiple }),
		list("privacy.exclude", nil, "exclude", addressOrDomain,
			func(s *Settings) *[]string { return &s.Privacy.Exclude }).addedTo(),
		flag("privacy.internal", false, func(s *Settings) *bool { return &s.Privacy.Internal }),
		choice("privacy.body", BodyFull, []string{BodyFull, BodyNone},
			func(s *Settings) *string { return &s.Privacy.Body }),
		text("web.listen", "127.0.0.1:7411", "listen", loopbackAddress,
			func(s *Settings) *string { return &s.Web.Listen }),
		list("web.allowed_origins", []string{"https://*.showpad.biz"}, "origins", origin,
			func(s *Settings) *[]string { return &s.Web.AllowedOrigins }),
		inboxPath("inbox.path", paths),
		span("inbox.keep", "7d", func(s *Settings) *time.Duration { return &s.Inbox.Keep }),
		text("network.proxy", ProxySystem, "proxy", proxy,
			func(s *Settings) *string { return &s.Network.Proxy }).withoutSignIn(),
		span("retention.delivered", "30d", func(s *Settings) *time.Duration { return &s.Retention.Delivered }),
		text("security.recovery_recipient", "", "recipient", ageRecipient,
			func(s *Settings) *string { return &s.Security.RecoveryRecipient }),
		choice("keychain.backend", KeychainSystem, []string{KeychainSystem, KeychainFile},
			func(s *Settings) *string { return &s.Keychain.Backend }),
		choice("ui.language", LanguageAuto, append([]string{LanguageAuto}, words.Languages...),
			func(s *Settings) *string { return &s.UI.Language }),
		flag("notify.enabled", true, func(s *Settings) *bool { return &s.Notify.Enabled }),
		logLevel("log.level", "info"),
	}
}

// Keys lists every setting in the order of CONTRACT.md section 3.
func Keys() []string {
	var keys []string
	for _, row := range table(Paths{}) {
		keys = append(keys, row.key)
	}
	return keys
}

func find(table []setting, key string) *setting {
	for i := range table {
		if table[i].key == key {
			return &table[i]
		}
	}
	return nil
}
