package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/doctor"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Check runs the doctor.
func (d *Daemon) Check(ctx context.Context, p *words.Printer) ([]apitype.Check, error) {
	return told(p, doctor.Examine(d.findings(ctx))), nil
}

func told(p *words.Printer, checks []doctor.Check) []apitype.Check {
	all := make([]apitype.Check, len(checks))
	for i, c := range checks {
		words := c.Tell(p)
		all[i] = apitype.Check{
			Code: c.Code, Result: string(c.Result), Title: words.Title, Detail: words.Detail, Remedy: words.Remedy, Who: c.Who,
		}
	}
	return all
}

// findings gathers what the doctor judges. Where Salesforce can be reached it is asked
// one question more.
func (d *Daemon) findings(ctx context.Context) doctor.Findings {
	return doctor.Findings{Account: d.accountFindings(ctx), Org: d.orgFindings(ctx), Laptop: d.laptopFindings(ctx)}
}

func (d *Daemon) accountFindings(ctx context.Context) doctor.Account {
	account, conn := d.session.refresher.Account(), d.drain.Connection()
	found := doctor.Account{
		SignedIn: account.UserID != "", Username: account.Username, Connection: conn.Problem,
		NeedsSignIn: accountStatus(account, conn).State == apitype.NeedsSignIn && d.keychainProblem() == nil,
		LockSeen:    d.session.locks.lastSeen(), Hosts: d.hosts(),
	}
	if result := d.session.result(); result.err != nil {
		found.SignIn = problemOf(result.err)
	}
	found.Skew, found.SkewKnown = d.session.clock.skew()
	found.Proxy, found.ProxyLeftOut = d.proxyTo(ctx, account.InstanceURL), proxies(d.home.Config).LeftOut(ctx)
	return found
}

// hosts are those that fieldpost calls: where the rep signs in and where the org's data
// lies.
func (d *Daemon) hosts() []string {
	account := d.session.refresher.Account()
	var hosts []string
	for _, address := range []string{d.home.Config.Settings().Salesforce.LoginURL, account.LoginURL, account.InstanceURL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !slices.Contains(hosts, u.Host) {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

// proxyTo names the proxy on the way to an address, without a password; "" for none.
func (d *Daemon) proxyTo(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	proxy, err := proxies(d.home.Config).Find(request)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}

func (d *Daemon) laptopFindings(ctx context.Context) doctor.Laptop {
	settings, files := d.home.Config.Settings(), d.inbox.Counts()
	found := doctor.Laptop{
		Keychain: d.keychainProblem(), LostKey: d.lostKeyProblem(),
		InboxMissing: files.Missing, InboxLeft: len(files.LeftAlone), InboxFolder: settings.Inbox.Path,
		OutboxPath: d.home.Outbox.Path(), WantedAddress: settings.Web.Listen, Address: d.address(), DiskFull: d.home.Outbox.Full(),
	}
	if d.Service != nil {
		found.Service = d.Service(ctx)
	}
	if salvages, err := d.home.Outbox.Salvages(); err == nil && len(salvages) > 0 {
		found.Salvaged = &salvages[len(salvages)-1]
	}
	inFile, why := d.home.sealing.exposed()
	found.IdentityInFile = inFile
	if inFile && found.Keychain == nil && !errors.Is(why, errNotAsked) {
		found.Keychain = keychainProblemOf(why)
	}
	if policy := d.home.Config.Policy().Problem; policy != nil {
		found.Policy = policy
	}
	var broken *config.Error
	if errors.As(d.home.Config.Fault(), &broken) {
		found.Settings = broken
	}
	return found
}

// liveTime is how long the doctor waits for what it asks Salesforce.
const liveTime = 10 * time.Second

func (d *Daemon) orgFindings(ctx context.Context) doctor.Org {
	found := doctor.Org{Settings: d.home.Config.Settings(), Access: d.home.access()}
	facts, known := d.home.facts()
	if !known {
		return found
	}
	found.Facts, found.Usage = facts, doctor.Usage(d.session.usage.latest())
	if stats, err := d.home.Directory.Stats(d.home.Now()); err == nil {
		found.LeadsLeftOut = stats.LeadsLeftOut
	}
	if d.drain.Connection().State != drain.Online {
		if refused := d.org.condition(); refused != nil {
			found.Condition = conditionTold(refused)
		}
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	live, err := d.live(ctx, facts)
	if err != nil {
		d.home.Log.Warn("the org could not be asked for the doctor", "error", err)
		return found
	}
	found.Live = live
	found.Condition = d.conditionProblem(ctx)
	return found
}

// conditionProblem lets Salesforce judge the conditions in force.
func (d *Daemon) conditionProblem(ctx context.Context) *outbox.Problem {
	filter := d.home.filter(d.org.UserID())
	if !filter.Hides() {
		return nil
	}
	err := directory.Try(ctx, d.session.client, filter)
	d.org.judged(filter, err)
	var refused *directory.ConditionError
	if !errors.As(err, &refused) {
		return nil
	}
	return conditionTold(refused)
}

func conditionTold(refused *directory.ConditionError) *outbox.Problem {
	call := crm.JudgeCall(refused)
	return &call.Problem
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
