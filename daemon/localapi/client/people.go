package client

import (
	"context"
	"net/http"
	"net/url"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/activity"
)

// Unresolved lists who waits to be resolved.
func (c *Client) Unresolved(ctx context.Context) (apitype.UnresolvedList, error) {
	return get[apitype.UnresolvedList](ctx, c, "/v1/people/unresolved", nil)
}

// Resolve takes an answer who an address of an item is.
func (c *Client) Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) (apitype.Item, error) {
	return post[apitype.Item](ctx, c, itemPath(id, "/resolve"), asked)
}

// Answers lists what the rep answered.
func (c *Client) Answers(ctx context.Context) (apitype.Answers, error) {
	return get[apitype.Answers](ctx, c, "/v1/people/answers", nil)
}

// Unanswer forgets an answer, and gives those that are left.
func (c *Client) Unanswer(ctx context.Context, address string) (apitype.Answers, error) {
	var left apitype.Answers
	err := c.call(ctx, http.MethodDelete, "/v1/people/answers/"+url.PathEscape(address), nil, &left)
	return left, err
}

// Card tells a person, named by id or address, with what was logged to them.
func (c *Client) Card(ctx context.Context, named string) (apitype.Card, error) {
	return get[apitype.Card](ctx, c, "/v1/people/"+url.PathEscape(named), nil)
}

// Suggest lists what an activity of a kind with a person may be related to.
func (c *Client) Suggest(ctx context.Context, named string, kind activity.Kind) (apitype.Suggestions, error) {
	return get[apitype.Suggestions](ctx, c, "/v1/records/suggested", url.Values{"person": {named}, "kind": {string(kind)}})
}
