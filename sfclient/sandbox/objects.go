package sandbox

// standardObjects are the objects that any org has, as far as a sales rep's tools
// meet them. The lists follow salesforce.md; they are not complete.
func standardObjects() []*sobject {
	return []*sobject{
		newObject("001", "Account", owned(
			text("Name", 255, "CFGSU").labelled("Account Name"),
			picklist("Type", "CFGNSU", Choices("Customer", "Partner", "Prospect")...),
			picklist("Industry", "CFGNSU", Choices("Energy", "Healthcare", "Manufacturing", "Retail")...),
			text("BillingCity", 40, "CFGNSU"), text("BillingCountry", 80, "CFGNSU"),
			text("Phone", 40, "CFGNSU").as("phone"), text("Website", 255, "CFGNSU").as("url"),
			longText("Description", 32000), reference("ParentId", "CFGNSU", "Account").listedAs("ChildAccounts"),
			mergedInto("Account"),
		)...).search(),
		newObject("003", "Contact", owned(append(personFields(),
			reference("AccountId", "CFGNSU", "Account").listedAs("Contacts"),
			text("Department", 80, "CFGNSU"), text("MailingCity", 40, "CFGNSU"),
			text("MailingCountry", 80, "CFGNSU"), mergedInto("Contact"),
		)...)...).search(),
		newObject("00Q", "Lead", owned(append(personFields(),
			text("Company", 255, "CFGSU"), text("City", 40, "CFGNSU"), text("Country", 80, "CFGNSU"),
			picklist("Status", "CDFGSU", Choices("Open", "Working", "Qualified", "Unqualified")...).or("Open"),
			flag("IsConverted", "DFGS").labelled("Converted"), date("ConvertedDate", "FGNS"),
			reference("ConvertedAccountId", "FGNS", "Account"), reference("ConvertedContactId", "FGNS", "Contact"),
			reference("ConvertedOpportunityId", "FGNS", "Opportunity"), mergedInto("Lead"),
		)...)...).search(),
		newObject("006", "Opportunity", owned(
			text("Name", 120, "CFGSU"), longText("Description", 32000),
			reference("AccountId", "CFGNSU", "Account").listedAs("Opportunities"),
			picklist("StageName", "CFGSU", Choices("Prospecting", "Proposal", "Negotiation", "Closed Won", "Closed Lost")...).labelled("Stage"),
			date("CloseDate", "CFGSU"), currency("Amount", "CFNSU"),
			flag("IsClosed", "DFGS").labelled("Closed"), flag("IsWon", "DFGS").labelled("Won"),
		)...).search(),
		newObject("00K", "OpportunityContactRole",
			reference("OpportunityId", "CFGS", "Opportunity").listedAs("OpportunityContactRoles"),
			reference("ContactId", "CFGSU", "Contact").listedAs("OpportunityContactRoles"),
			picklist("Role", "CFGNSU", Choices("Decision Maker", "Evaluator", "Other")...), flag("IsPrimary", "CDFGSU"),
		).named("Role"),
		newObject("701", "Campaign", owned(
			text("Name", 80, "CFGSU"), flag("IsActive", "CDFGSU"), date("StartDate", "CFGNSU"), date("EndDate", "CFGNSU"),
		)...).search(),
		newObject("500", "Case", owned(
			text("CaseNumber", 30, "DFGS"), text("Subject", 255, "CFGNSU"), longText("Description", 32000),
			picklist("Status", "CDFGSU", Choices("New", "Working", "Closed")...).or("New"),
			reference("ContactId", "CFGNSU", "Contact").listedAs("Cases"), reference("AccountId", "CFGNSU", "Account").listedAs("Cases"),
		)...).search().named("CaseNumber"),
	}
}

// setupObjects are the people of an org and what its admin arranges for them.
func setupObjects() []*sobject {
	return []*sobject{
		newObject("005", "User",
			text("Username", 80, "FGSU"), text("LastName", 80, "FGSU"), text("FirstName", 40, "FGNSU"),
			text("Name", 121, "FGS").labelled("Full Name"), text("Email", 128, "FGSU").as("email"),
			text("Alias", 8, "FGSU"), flag("IsActive", "FGSU").or(true).labelled("Active"),
			reference("ProfileId", "FGSU", "Profile").listedAs("Users"), reference("UserRoleId", "FGNSU", "UserRole").listedAs("Users"),
			picklist("TimeZoneSidKey", "FGSU").or("Europe/Paris"), picklist("LocaleSidKey", "FGSU").or("fr_FR"),
			picklist("LanguageLocaleKey", "FGSU").or("en_US"), picklist("UserType", "FGNS").or("Standard"),
		).readOnly().search(),
		newObject("00e", "Profile", text("Name", 255, "FGSU")).readOnly(),
		newObject("00E", "UserRole", text("Name", 80, "FGSU"), text("DeveloperName", 80, "FGSU")).readOnly(),
		newObject("00G", "Group",
			text("Name", 40, "FGSU"), text("DeveloperName", 80, "FGNSU"), picklist("Type", "FGS").or("Regular")).readOnly(),
		newObject("023", "Calendar",
			text("Name", 80, "FGS"), picklist("Type", "FGS").or("Public"), flag("IsActive", "FGS").or(true)).readOnly(),
		newObject("011", "GroupMember",
			reference("GroupId", "FGS", "Group").listedAs("GroupMembers"), reference("UserOrGroupId", "FGS", "User", "Group")).readOnly().named("Id"),
		newObject("0PS", "PermissionSet", text("Name", 80, "FGSU"), text("Label", 80, "FGSU")).readOnly(),
		newObject("0Pa", "PermissionSetAssignment",
			reference("PermissionSetId", "FGS", "PermissionSet").listedAs("Assignments"),
			reference("AssigneeId", "FGS", "User").listedAs("PermissionSetAssignments")).readOnly().named("Id"),
		newObject("012", "RecordType",
			text("Name", 80, "FGSU"), text("DeveloperName", 80, "FGSU"), picklist("SobjectType", "FGS"),
			flag("IsActive", "FGSU").or(true)).readOnly(),
		newObject("00D", "Organization",
			text("Name", 80, "FGSU"), text("InstanceName", 5, "FGNS"), flag("IsSandbox", "FGS"),
			datetime("TrialExpirationDate", "FNS"), text("NamespacePrefix", 15, "FGNS"),
			picklist("OrganizationType", "FGNS"), picklist("TimeZoneSidKey", "FGSU").or("Europe/Paris")).readOnly(),
		newObject("0mN", "CorsWhitelistEntry",
			text("DeveloperName", 80, "FGSU"), text("UrlPattern", 255, "FGSU").as("url")).readOnly().named("DeveloperName"),
		newObject("01T", "TaskStatus", append(choiceFields(), flag("IsClosed", "DFGS").labelled("Closed"))...).readOnly().named("MasterLabel"),
		newObject("01P", "TaskPriority", append(choiceFields(), flag("IsHighPriority", "DFGS").labelled("High Priority"))...).readOnly().named("MasterLabel"),
	}
}

func personFields() []Field {
	return []Field{
		text("LastName", 80, "CFGSU"), text("FirstName", 40, "CFGNSU"), text("Name", 121, "FGS").labelled("Full Name"),
		text("Salutation", 40, "CFGNSU"), text("Title", 128, "CFGNSU"), text("Email", 80, "CFGNSU").as("email"),
		text("Phone", 40, "CFGNSU").as("phone"), text("MobilePhone", 40, "CFGNSU").as("phone"),
	}
}

func choiceFields() []Field {
	return []Field{
		text("ApiName", 255, "FGNS"), text("MasterLabel", 255, "FGNS"), number("SortOrder", "FGNS"),
		flag("IsDefault", "DFGS").labelled("Default"),
	}
}

func owned(fields ...Field) []Field {
	return append(fields, reference("OwnerId", "CDFGSU", "User"))
}

func mergedInto(object string) Field { return reference("MasterRecordId", "FGNS", object) }

func longText(name string, length int) Field {
	f := text(name, length, "CNU")
	return f.as("textarea")
}
