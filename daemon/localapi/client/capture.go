package client

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/activity"
)

// Capture captures one activity. It has returned without an error once the
// activity is on disk.
func (c *Client) Capture(ctx context.Context, a activity.Activity) (apitype.Receipt, error) {
	return post[apitype.Receipt](ctx, c, "/v1/activities", a)
}

// CaptureJSON captures the activity or the array of at most 500 that data holds;
// each entry has its outcome, in order. A single activity that is refused is an
// *apitype.Error.
func (c *Client) CaptureJSON(ctx context.Context, data []byte) ([]apitype.Outcome, error) {
	var answer struct {
		apitype.Receipts
		apitype.Receipt
	}
	request, err := c.request(ctx, http.MethodPost, "/v1/activities", bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if err := c.send(request, &answer); err != nil {
		return nil, err
	}
	if answer.Receipts.Receipts != nil {
		return answer.Receipts.Receipts, nil
	}
	return []apitype.Outcome{{Receipt: &answer.Receipt}}, nil
}

// File is one file to be captured.
type File struct {
	Name string
	Data []byte
}

// CaptureFiles captures .eml, .msg, .ics and .json files, 50 MiB together, each
// for itself: a file has an outcome per activity in it, or one problem.
func (c *Client) CaptureFiles(ctx context.Context, files []File) ([]apitype.Outcome, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := form.Close(); err != nil {
		return nil, err
	}
	request, err := c.request(ctx, http.MethodPost, "/v1/files", &body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	var answer apitype.Receipts
	err = c.send(request, &answer)
	return answer.Receipts, err
}
