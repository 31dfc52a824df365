package daemon

import (
	"errors"
	"net"
	"net/url"

	"fieldpost/daemon/doctor"
	"fieldpost/daemon/localapi/apitype"
)

// findings gathers what the doctor judges.
func (d *Daemon) findings() doctor.Findings {
	settings := d.home.Config.Settings()
	account := d.session.refresher.Account()
	files := d.inbox.Counts()
	f := doctor.Findings{
		SignedIn: account.UserID != "", Username: account.Username, Connection: d.drain.Connection().Problem,
		NeedsSignIn: accountStatus(account, d.drain.Connection()).State == apitype.NeedsSignIn,
		Keychain:    d.keychainProblem(), LostKey: d.lostKeyProblem(),
		KeyFieldName: settings.Salesforce.KeyField,
		InboxMissing: files.Missing, InboxLeft: len(files.LeftAlone), InboxFolder: settings.Inbox.Path,
		OutboxPath: d.home.Outbox.Path(), WantedAddress: settings.Web.Listen, Address: d.address(),
	}
	f.DiskFull = d.home.Outbox.Full()
	if salvages, err := d.home.Outbox.Salvages(); err == nil && len(salvages) > 0 {
		f.Salvaged = &salvages[len(salvages)-1]
	}
	inFile, why := d.home.sealing.exposed()
	f.IdentityInFile = inFile
	if inFile && f.Keychain == nil && !errors.Is(why, errNotAsked) {
		f.Keychain = keychainProblemOf(why)
	}
	if policy := d.home.Config.Policy().Problem; policy != nil {
		f.Policy = policy
	}
	facts, known := d.home.facts()
	if !known {
		return f
	}
	f.FactsKnown, f.KeyField = true, facts.KeyField
	f.TaskDelivery, f.EventDelivery = facts.Delivery("Task"), facts.Delivery("Event")
	f.TasksWritable, f.EventsWritable = facts.Task.Writes("Subject"), facts.Event.Writes("Subject")
	f.Shared = facts.Shared()
	f.MissingTypes, _ = missingTypes(&settings, facts)
	return f
}

// address is where the port answers, as web.listen would say it.
func (d *Daemon) address() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := url.Parse(d.url)
	if err != nil {
		return ""
	}
	host, _, err := net.SplitHostPort(d.home.Config.Settings().Web.Listen)
	if err != nil {
		host = u.Hostname()
	}
	return net.JoinHostPort(host, u.Port())
}
