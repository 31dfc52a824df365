package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"fieldpost/sfclient/sandbox"
)

const (
	reconnectItems = 200
	reconnectFar   = 150 * time.Millisecond // to Salesforce and back
	reconnectTries = 5
)

// reconnect measures in a network of its own, for it pulls its plug: the workshop runs
// again in a process there.
func reconnect(ctx context.Context, r *Report, folder string) error {
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		r.Skip("delivery after the network came up: takes root and the program ip")
		return nil
	}
	file := filepath.Join(folder, "figures.json")
	again := exec.CommandContext(ctx, "/proc/self/exe", "bench", "--only", reconnectAlone, "--json", file)
	again.SysProcAttr = inOwnNetwork()
	if out, err := again.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var figures []Figure
	if err := json.Unmarshal(text, &figures); err != nil {
		return err
	}
	for _, f := range figures {
		r.put(f)
	}
	return nil
}

// reconnectAlone names what reconnect runs where it is alone; it runs only when asked for.
const reconnectAlone = "reconnect-alone"

func reconnectPart() Part {
	return Part{reconnectAlone, "what reconnect measures, in a network of its own", pullThePlug}
}

func pullThePlug(ctx context.Context, r *Report, folder string) error {
	for _, words := range []string{"link set lo up", "link add fp0 type veth peer name fp1", "link set fp1 up"} {
		if err := ip(ctx, words); err != nil {
			return err
		}
	}
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	org, err := startOrg()
	if err != nil {
		return err
	}
	org.far.Store(int64(reconnectFar))
	org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	d, err := startDaemon(ctx, program, filepath.Join(folder, "home"), org.settings()...)
	if err != nil {
		return err
	}
	if err := d.signIn(ctx); err != nil {
		return err
	}
	var took []time.Duration
	for i := range reconnectTries {
		one, err := reconnectOnce(ctx, org, d, i)
		if err != nil {
			return err
		}
		took = append(took, one)
	}
	limit := 2*time.Second + 2*reconnectFar
	r.AtMost(fmt.Sprintf("%d waiting, all delivered after", reconnectItems), ms(median(took)), "ms", ms(limit))
	return d.stop()
}

func reconnectOnce(ctx context.Context, org *org, d *process, round int) (time.Duration, error) {
	if err := errors.Join(ip(ctx, "link set fp0 down"), org.goAway()); err != nil {
		return 0, err
	}
	before := len(org.Records("Task"))
	var all []string
	for i := range reconnectItems {
		all = append(all, fmt.Sprintf(`{"kind":"share","channel":"link","subject":"Share %d of %d","people":[{"email":"ana@kunde.test"}]}`, i, round))
	}
	capture := d.command(ctx, "capture", "file", "-")
	capture.Stdin = strings.NewReader("[" + strings.Join(all, ",") + "]")
	if out, err := capture.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	// By then the daemon waits for longer than what is measured takes.
	if err := wait(ctx, 25*time.Second); err != nil {
		return 0, err
	}
	if err := org.comeBack(); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := ip(ctx, "link set fp0 up"); err != nil {
		return 0, err
	}
	for len(org.Records("Task")) < before+reconnectItems {
		if time.Since(began) > time.Minute {
			return 0, errors.New("not delivered within a minute")
		}
		if err := wait(ctx, 5*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

func ip(ctx context.Context, words string) error {
	if out, err := exec.CommandContext(ctx, "ip", strings.Fields(words)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", words, err, out)
	}
	return nil
}
