package sfclient

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// Version is one API version that an org speaks.
type Version struct {
	Label   string `json:"label"`
	Version string `json:"version"`
}

// VersionError is an org whose newest version is older than MinVersion.
type VersionError struct{ Highest string }

func (e *VersionError) Error() string {
	return "the org speaks API version " + e.Highest + " at most; " + MinVersion + " is needed"
}

// Class is Admin.
func (e *VersionError) Class() Class { return Admin }

// Problem gives the code and particulars of the sentence about it.
func (e *VersionError) Problem() (code string, args map[string]string) {
	return "api_version_too_old", map[string]string{"highest": e.Highest}
}

// orgVersion is the version agreed on with one instance.
type orgVersion struct{ instance, version string }

// Versions lists what the org speaks, as it tells it.
func (c *Client) Versions(ctx context.Context) ([]Version, error) {
	var versions []Version
	return versions, c.get(ctx, read("/services/data", nil), &versions)
}

// versioned makes the call under the version agreed on. Where Salesforce does not
// know the resource, or the version has been retired, the version is agreed on
// anew, and the call repeated if that changed anything: a 404 or 410 did nothing.
func (c *Client) versioned(ctx context.Context, grant Grant, k call) (answer, error) {
	if strings.HasPrefix(k.path, "/") {
		return c.exchange(ctx, grant, k)
	}
	version, err := c.version(ctx, grant)
	if err != nil {
		return answer{}, preparing(err)
	}
	a, failure := c.exchangeUnder(ctx, grant, version, k)
	if !unknownResource(failure) {
		return a, failure
	}
	again, err := c.discover(ctx, grant)
	if err != nil || again == version {
		return a, failure
	}
	return c.exchangeUnder(ctx, grant, again, k)
}

func (c *Client) exchangeUnder(ctx context.Context, grant Grant, version string, k call) (answer, error) {
	k, err := k.under(version)
	if err != nil {
		return answer{}, err
	}
	return c.exchange(ctx, grant, k)
}

func under(version, path string) string { return "/services/data/v" + version + "/" + path }

// preparing marks a failure as one before the call; an expired session stays
// plain, for that is cured by renewing it.
func preparing(err error) error {
	if expired(err) {
		return err
	}
	return &PreparationError{Step: "version", Err: err}
}

func unknownResource(err error) bool {
	var own *Error
	return errors.As(err, &own) && (own.Status == http.StatusGone || own.Status == http.StatusNotFound && own.Code == "NOT_FOUND")
}

func (c *Client) version(ctx context.Context, grant Grant) (string, error) {
	c.mu.Lock()
	known := c.known
	c.mu.Unlock()
	if known.instance == grant.InstanceURL {
		return known.version, nil
	}
	return c.discover(ctx, grant)
}

func (c *Client) discover(ctx context.Context, grant Grant) (string, error) {
	a, err := c.exchange(ctx, grant, read("/services/data", nil))
	if err != nil {
		return "", err
	}
	var offered []Version
	if err := a.decode(&offered); err != nil {
		return "", err
	}
	version, err := choose(c.pinned, offered)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	c.known = orgVersion{instance: grant.InstanceURL, version: version}
	c.mu.Unlock()
	return version, nil
}

// choose takes the pinned version if it is offered, else the highest.
func choose(pinned string, offered []Version) (string, error) {
	highest := ""
	for _, v := range offered {
		if v.Version == pinned {
			return pinned, nil
		}
		if number(v.Version) > number(highest) {
			highest = v.Version
		}
	}
	if number(highest) < number(MinVersion) {
		return "", &VersionError{Highest: highest}
	}
	return highest, nil
}

// number is for comparing only: "9.0" is less than "66.0".
func number(version string) float64 {
	n, _ := strconv.ParseFloat(version, 64)
	return n
}
