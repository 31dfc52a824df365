package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fieldpost/cmd/dev/measured"
	"fieldpost/daemon/localapi/apitype"
)

// port is a daemon's own port, called with the owner's token over one kept connection.
type port struct {
	apitype.Address
	client http.Client
}

func (p *process) port() (*port, error) {
	data, err := os.ReadFile(filepath.Join(p.home, "api.json"))
	if err != nil {
		return nil, err
	}
	told := &port{}
	return told, json.Unmarshal(data, &told.Address)
}

// ask calls the port; body nil is a GET, into nil throws the answer away.
func (p *port) ask(ctx context.Context, path string, body []byte, into any) error {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, p.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+p.Token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		return errors.Join(err, fmt.Errorf("%s answered %d: %.300s", path, answer.StatusCode, text))
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// capture captures so many shares, 500 in a call.
func (p *port) capture(ctx context.Context, all *shares, n int) error {
	for left := n; left > 0; left -= 500 {
		body, err := json.Marshal(all.activities(min(left, 500)))
		if err != nil {
			return err
		}
		if err := p.ask(ctx, "/v1/activities", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// until asks for the status again and again until it is so, and tells what memory of its
// own the daemon held meanwhile, in bytes: the median, for a sign-in opens the key file,
// which takes much for a moment.
func (p *port) until(ctx context.Context, is func(*apitype.Status) bool) (held float64, err error) {
	samples := []float64{0}
	for {
		var status apitype.Status
		if err := p.ask(ctx, "/v1/status", nil, &status); err != nil {
			return 0, err
		}
		if now, err := resident(p.PID, "RssAnon"); err == nil {
			samples = append(samples, float64(now))
		}
		if is(&status) {
			return middle(samples), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// signIn signs in by the real flow, the rep's browser being an HTTP client.
func (p *process) signIn(ctx context.Context) error {
	c := p.command(ctx, "auth", "login", "--no-browser")
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(out)
	link, err := lines.ReadString('\n')
	if err == nil {
		var answer *http.Response
		if answer, err = http.Get(strings.TrimSpace(link)); err == nil {
			_ = answer.Body.Close()
		}
	}
	_, _ = io.Copy(io.Discard, lines)
	if err := errors.Join(err, c.Wait()); err != nil {
		return fmt.Errorf("signing in: %w: %s", err, &said)
	}
	return nil
}

// resident tells a part of the memory that a process holds, in bytes: RssAnon is its own,
// RssFile that of mapped files, which the system takes back where it needs it (Linux).
func resident(pid int, part string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return measured.Number(status, part+":") << 10, nil
}

func mib[N int64 | float64](bytes N) float64 { return float64(bytes) / (1 << 20) }
