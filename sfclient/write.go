package sfclient

import (
	"context"
	"encoding/json"
	"net/http"
)

// Fields are a record's values by field name, as JSON writes them.
type Fields = map[string]any

// Create writes one record and tells its id.
func (c *Client) Create(ctx context.Context, object string, fields Fields) (id string, err error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return "", err
	}
	a, err := c.do(ctx, write(http.MethodPost, objectPath(object), body))
	if err != nil {
		return "", err
	}
	var row rowAnswer
	if err := a.decode(&row); err != nil {
		return "", err
	}
	result, ok := row.result(a.status)
	if !ok {
		return "", a.foreignOf(Garbled)
	}
	return result.ID, result.Err
}

// Update changes fields of one record.
func (c *Client) Update(ctx context.Context, object, id string, fields Fields) error {
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return c.emptyAnswer(ctx, write(http.MethodPatch, recordPath(object, id), body))
}

// Delete puts one record into the recycle bin; a record that is there already
// answers ENTITY_IS_DELETED.
func (c *Client) Delete(ctx context.Context, object, id string) error {
	return c.emptyAnswer(ctx, write(http.MethodDelete, recordPath(object, id), nil))
}

// emptyAnswer makes a call that succeeds with 204 and nothing else.
func (c *Client) emptyAnswer(ctx context.Context, k call) error {
	a, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	if a.status != http.StatusNoContent {
		return a.foreign()
	}
	return nil
}
