package sandbox

const orgName = "Acme Instruments"

// settle gives a new org its own row, its admin, its rep and its value lists.
func (o *org) settle() {
	o.add("Organization", map[string]any{"Name": orgName, "InstanceName": "EU99", "IsSandbox": true, "OrganizationType": o.rules.Edition})
	standard := o.add("Profile", map[string]any{"Name": "Standard User"})
	o.admin = o.addUser("admin@acme.example", "Ingrid", "Sørensen", o.add("Profile", map[string]any{"Name": "System Administrator"}))
	o.rep = o.addUser("ana.ruiz@acme.example", "Ana", "Ruiz", standard)
	group := o.add("Group", map[string]any{"Name": "Field Sales", "DeveloperName": "Field_Sales"})
	o.add("GroupMember", map[string]any{"GroupId": group, "UserOrGroupId": o.rep.id()})
	permissions := o.add("PermissionSet", map[string]any{"Name": "fieldpost", "Label": "fieldpost"})
	o.add("PermissionSetAssignment", map[string]any{"PermissionSetId": permissions, "AssigneeId": o.rep.id()})
	o.fillCors()
	o.fillTaskStatus()
	for i, priority := range []string{"High", "Normal", "Low"} {
		o.add("TaskPriority", map[string]any{
			"ApiName": priority, "MasterLabel": priority, "SortOrder": i + 1, "IsDefault": priority == "Normal", "IsHighPriority": priority == "High",
		})
	}
}

// fillTaskStatus makes the TaskStatus rows say what the rules say.
func (o *org) fillTaskStatus() {
	o.clear("TaskStatus")
	for i, status := range o.rules.TaskStatuses {
		o.add("TaskStatus", map[string]any{
			"ApiName": status.Name, "MasterLabel": status.Label, "SortOrder": i + 1, "IsDefault": status.Default, "IsClosed": status.Closed,
		})
	}
}

// clear deletes the rows that a rule is about to fill anew.
func (o *org) clear(object string) {
	t := o.beginSystem()
	for _, r := range o.table(object).rows {
		if !r.deleted() {
			t.bin(r)
		}
	}
}

// tellEdition makes the organization's row say what the rules say.
func (o *org) tellEdition() {
	for _, r := range o.table("Organization").rows {
		_ = o.beginSystem().update(r, map[string]any{"OrganizationType": o.rules.Edition}) // a system update of a text cannot fail
	}
}

func (o *org) addUser(username, first, last, profile string) *record {
	r, _ := o.find(o.add("User", map[string]any{
		"Username": username, "Email": username, "FirstName": first, "LastName": last, "Alias": first, "ProfileId": profile,
	}))
	return r
}

// add inserts rows of this file's own making, which hold.
func (o *org) add(object string, fields map[string]any) string {
	id, _ := o.insert(object, fields)
	return id
}

// fillDemo gives the rep customers to share with.
func (o *org) fillDemo() {
	accounts := map[string]string{}
	for _, name := range []string{
		"Münchner Präzision GmbH", "Hôpital Saint-Éloi", "Łódź Medical", "Instrumentos Peña", "Åkerlund Diagnostik", "Northwind Clinics",
	} {
		accounts[name] = o.add("Account", map[string]any{"Name": name, "Type": "Customer", "Industry": "Healthcare"})
	}
	for _, c := range []struct{ first, last, email, account, title string }{
		{"Jürgen", "Groß", "juergen.gross@muenchner-praezision.example", "Münchner Präzision GmbH", "Head of Purchasing"},
		{"Anke", "Schäfer", "anke.schaefer@muenchner-praezision.example", "Münchner Präzision GmbH", "Lab Manager"},
		{"Hélène", "Lefèvre", "helene.lefevre@saint-eloi.example", "Hôpital Saint-Éloi", "Surgeon"},
		{"François", "Noël", "francois.noel@saint-eloi.example", "Hôpital Saint-Éloi", "Buyer"},
		{"Zoë", "D’Aubigné", "zoe.daubigne@saint-eloi.example", "Hôpital Saint-Éloi", "Head Nurse"},
		{"Małgorzata", "Wójcik", "malgorzata.wojcik@lodz-medical.example", "Łódź Medical", "Director"},
		{"Íñigo", "Peña", "inigo.pena@pena.example", "Instrumentos Peña", "Owner"},
		{"Björn", "Åkerlund", "bjorn.akerlund@akerlund.example", "Åkerlund Diagnostik", "CEO"},
		{"Siân", "O’Brien", "sian.obrien@northwind.example", "Northwind Clinics", "Procurement"},
		{"Martin", "Marsh", "martin.marsh@northwind.example", "Northwind Clinics", "Radiologist"},
	} {
		o.add("Contact", map[string]any{
			"FirstName": c.first, "LastName": c.last, "Email": c.email, "Title": c.title, "AccountId": accounts[c.account],
		})
	}
	for _, l := range []struct{ first, last, email, company string }{
		{"Núria", "Vilà", "nuria.vila@clinica-mar.example", "Clínica Mar"},
		{"Tomáš", "Dvořák", "tomas.dvorak@brno-lab.example", "Brno Lab"},
		{"Ève", "Müller-Petit", "eve.muller@labo-alsace.example", "Labo Alsace"},
		{"Kenji", "Sato", "kenji.sato@tokyo-imaging.example", "東京イメージング"},
	} {
		o.add("Lead", map[string]any{"FirstName": l.first, "LastName": l.last, "Email": l.email, "Company": l.company})
	}
	for _, p := range []struct{ name, account string }{
		{"Microscopes for the Würzburg lab", "Münchner Präzision GmbH"},
		{"Bloc opératoire 2027", "Hôpital Saint-Éloi"},
		{"Aparaty USG", "Łódź Medical"},
		{"Northwind renewal", "Northwind Clinics"},
	} {
		o.add("Opportunity", map[string]any{
			"Name": p.name, "AccountId": accounts[p.account], "StageName": "Proposal", "CloseDate": o.now().AddDate(0, 2, 0), "Amount": 48_000,
		})
	}
	o.add("Visit__c", map[string]any{"Name": "Visite du bloc, Hôpital Saint-Éloi", "Account__c": accounts["Hôpital Saint-Éloi"]})
}
