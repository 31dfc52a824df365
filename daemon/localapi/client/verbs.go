package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// Status tells how things stand.
func (c *Client) Status(ctx context.Context) (apitype.Status, error) {
	return get[apitype.Status](ctx, c, "/v1/status", nil)
}

// List gives items newest first, without their story.
func (c *Client) List(ctx context.Context, q outbox.Query) (apitype.Items, error) {
	query := url.Values{"state": {string(q.State)}, "kind": {string(q.Kind)}, "q": {q.Text}, "cursor": {q.Cursor}}
	if q.Limit > 0 {
		query.Set("limit", strconv.Itoa(q.Limit))
	}
	return get[apitype.Items](ctx, c, "/v1/activities", query)
}

// Get gives an item with its story.
func (c *Client) Get(ctx context.Context, id string) (apitype.Item, error) {
	return get[apitype.Item](ctx, c, itemPath(id, ""), nil)
}

// Retry makes an item due now.
func (c *Client) Retry(ctx context.Context, id string) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/retry"), nil)
}

// Hold keeps an item from being sent.
func (c *Client) Hold(ctx context.Context, id string) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/hold"), nil)
}

// Release lets a held item go.
func (c *Client) Release(ctx context.Context, id string) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/release"), nil)
}

// Restore brings a discarded item back.
func (c *Client) Restore(ctx context.Context, id string) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/restore"), nil)
}

// Discard takes an item out. One that is delivered is refused with its record.
func (c *Client) Discard(ctx context.Context, id string) (apitype.Item, error) {
	var item apitype.Item
	err := c.call(ctx, http.MethodDelete, itemPath(id, ""), nil, &item)
	return item, err
}

// RetryAll makes every item with a problem due, every item with code "", and
// tells how many.
func (c *Client) RetryAll(ctx context.Context, code string) (int, error) {
	changed, err := post[apitype.Changed](ctx, c, "/v1/activities/retry", byCode(code))
	return changed.Count, err
}

// ReleaseAll lets every held item with a problem go and tells how many.
func (c *Client) ReleaseAll(ctx context.Context, code string) (int, error) {
	changed, err := post[apitype.Changed](ctx, c, "/v1/activities/release", byCode(code))
	return changed.Count, err
}

// Edit changes the fields of an item that patch names; with delivered set its record too.
func (c *Client) Edit(ctx context.Context, id string, delivered bool, patch map[string]any) (apitype.Item, error) {
	path := itemPath(id, "")
	if delivered {
		path += "?delivered=true"
	}
	var item apitype.Item
	err := c.call(ctx, http.MethodPatch, path, patch, &item)
	return item, err
}

// Claim takes what was captured signed out for who is signed in.
func (c *Client) Claim(ctx context.Context) (int, error) {
	changed, err := post[apitype.Changed](ctx, c, "/v1/activities/claim", nil)
	return changed.Count, err
}

// Withdraw deletes the record of a delivered item; one that was changed since is
// refused with who changed what.
func (c *Client) Withdraw(ctx context.Context, id string) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/withdraw"), nil)
}

// Check reads every record of the outbox.
func (c *Client) Check(ctx context.Context) (apitype.OutboxCheck, error) {
	return post[apitype.OutboxCheck](ctx, c, "/v1/outbox/check", nil)
}

// Preview tells what an item becomes in Salesforce, and why.
func (c *Client) Preview(ctx context.Context, id string) (apitype.Preview, error) {
	return get[apitype.Preview](ctx, c, itemPath(id, "/preview"), nil)
}

// WriteTest creates, reads and deletes one record of each kind in Salesforce. What keeps
// it from that is an *apitype.Error.
func (c *Client) WriteTest(ctx context.Context) ([]apitype.Check, error) {
	found, err := post[apitype.Doctor](ctx, c, "/v1/doctor/write-test", none)
	return found.Items, err
}

// Org tells what is known of the rep's org.
func (c *Client) Org(ctx context.Context) (apitype.Org, error) {
	return get[apitype.Org](ctx, c, "/v1/org", nil)
}

// Compact gives disk space back.
func (c *Client) Compact(ctx context.Context) (apitype.Compacted, error) {
	return post[apitype.Compacted](ctx, c, "/v1/outbox/compact", nil)
}

// Recover opens what a lost keychain sealed, with the company's identity.
func (c *Client) Recover(ctx context.Context, identity string) (apitype.Recovered, error) {
	return post[apitype.Recovered](ctx, c, "/v1/outbox/recover", apitype.RecoverRequest{Identity: identity})
}

// Forget erases a person or record.
func (c *Client) Forget(ctx context.Context, asked apitype.ForgetRequest) (apitype.Forgotten, error) {
	return post[apitype.Forgotten](ctx, c, "/v1/outbox/forget", asked)
}

// Export gives everything that is not delivered.
func (c *Client) Export(ctx context.Context) (apitype.Export, error) {
	return get[apitype.Export](ctx, c, "/v1/outbox/export", nil)
}

// importBytes is how much goes into one call of an import, well below the size of a
// body that the port takes.
const importBytes = 600 << 10

// Import takes exported items in, some at a time: each call is all or nothing, and
// one that is repeated doubles nothing. told hears how many are in.
func (c *Client) Import(ctx context.Context, items []outbox.Exported, told func(done int)) (apitype.Imported, error) {
	var total apitype.Imported
	for len(items) > 0 {
		told(total.Added + total.Known)
		n, size := 0, 0
		for n < len(items) && (n == 0 || size < importBytes) {
			data, err := json.Marshal(items[n])
			if err != nil {
				return total, err
			}
			if size += len(data); n > 0 && size >= importBytes {
				break
			}
			n++
		}
		done, err := post[apitype.Imported](ctx, c, "/v1/outbox/import", map[string]any{"items": items[:n]})
		if err != nil {
			return total, err
		}
		total.Added, total.Known = total.Added+done.Added, total.Known+done.Known
		items = items[n:]
	}
	return total, nil
}

// People searches the offline directory.
func (c *Client) People(ctx context.Context, text string, limit int) (apitype.People, error) {
	return get[apitype.People](ctx, c, "/v1/people", url.Values{"q": {text}, "limit": {strconv.Itoa(limit)}})
}

// Records searches the offline directory, among one object where it is named.
func (c *Client) Records(ctx context.Context, text, object string, limit int) (apitype.Records, error) {
	query := url.Values{"q": {text}, "object": {object}, "limit": {strconv.Itoa(limit)}}
	return get[apitype.Records](ctx, c, "/v1/records", query)
}

// Sync drains and refreshes now; it does not wait for either.
func (c *Client) Sync(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/sync", none, nil)
}

// Refresh reads the org's facts, people and records again, waits for that, and
// tells how many there are. What keeps it from that is an *apitype.Error.
func (c *Client) Refresh(ctx context.Context) (apitype.Directory, error) {
	return post[apitype.Directory](ctx, c, "/v1/org/refresh", none)
}

// Login begins a sign-in and gives the address to open in the browser.
func (c *Client) Login(ctx context.Context, asked apitype.LoginRequest) (authorizeURL string, err error) {
	started, err := post[apitype.LoginStarted](ctx, c, "/v1/auth/login", asked)
	return started.AuthorizeURL, err
}

// LastLogin tells how the sign-in begun last goes.
func (c *Client) LastLogin(ctx context.Context) (apitype.Login, error) {
	return get[apitype.Login](ctx, c, "/v1/auth/login", nil)
}

// Logout ends the account's session.
func (c *Client) Logout(ctx context.Context, asked apitype.LogoutRequest) error {
	return c.call(ctx, http.MethodPost, "/v1/auth/logout", asked, nil)
}

// Settings lists every setting.
func (c *Client) Settings(ctx context.Context) ([]apitype.Setting, error) {
	all, err := get[apitype.Settings](ctx, c, "/v1/settings", nil)
	return all.Items, err
}

// ChangeSettings changes settings, all of them or none; nil unsets.
func (c *Client) ChangeSettings(ctx context.Context, changes map[string]any) ([]apitype.Setting, error) {
	var all apitype.Settings
	err := c.call(ctx, http.MethodPatch, "/v1/settings", changes, &all)
	return all.Items, err
}

// Doctor runs every check.
func (c *Client) Doctor(ctx context.Context) ([]apitype.Check, error) {
	all, err := get[apitype.Doctor](ctx, c, "/v1/doctor", nil)
	return all.Items, err
}

// SessionLink makes a link that opens the status page signed in, once.
func (c *Client) SessionLink(ctx context.Context) (apitype.SessionLink, error) {
	return post[apitype.SessionLink](ctx, c, "/v1/session/codes", nil)
}

// Stop begins the end of the daemon; its address file goes when it is over.
func (c *Client) Stop(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/v1/stop", none, nil)
}

var none = struct{}{}

func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	for name := range query {
		if query.Get(name) == "" {
			query.Del(name)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	var out T
	err := c.call(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

func post[T any](ctx context.Context, c *Client, path string, in any) (T, error) {
	if in == nil {
		in = none
	}
	var out T
	err := c.call(ctx, http.MethodPost, path, in, &out)
	return out, err
}

func itemPath(id, verb string) string { return "/v1/activities/" + url.PathEscape(id) + verb }

func byCode(code string) map[string]string {
	if code == "" {
		return map[string]string{}
	}
	return map[string]string{"code": code}
}
