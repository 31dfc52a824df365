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
	var answer apitype.Receipts
	err := c.sendFiles(ctx, "/v1/files", files, &answer)
	return answer.Receipts, err
}

// Foresee tells what files would be captured as, and what that would become.
func (c *Client) Foresee(ctx context.Context, files []File) ([]apitype.Foreseen, error) {
	var answer apitype.ForeseenList
	err := c.sendFiles(ctx, "/v1/files/preview", files, &answer)
	return answer.Items, err
}

func (c *Client) sendFiles(ctx context.Context, path string, files []File, answer any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.Name)
		if err != nil {
			return err
		}
		if _, err := part.Write(f.Data); err != nil {
			return err
		}
	}
	if err := form.Close(); err != nil {
		return err
	}
	request, err := c.request(ctx, http.MethodPost, path, &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	return c.send(request, answer)
}
