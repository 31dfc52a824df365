package notify

import (
	"context"
	"fmt"
	"html"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
)

// The notification service of the desktop (Desktop Notifications Specification 1.2).
const (
	service      = "org.freedesktop.Notifications"
	servicePath  = "/org/freedesktop/Notifications"
	actionSignal = service + ".ActionInvoked"
	closedSignal = service + ".NotificationClosed"
	clicked      = "default" // the action of a click on the note itself
)

// bus is the desktop of the user's session bus. It is asked for anew at each note: a rep
// may sign in to a desktop long after the daemon started.
type bus struct {
	ctx  context.Context
	mu   sync.Mutex
	conn *dbus.Conn
	open map[uint32]func()
}

// System is this user's desktop; it is let go of when ctx ends.
func System(ctx context.Context) Desktop { return &bus{ctx: ctx, open: map[uint32]func(){}} }

// Show shows a note. Where no desktop runs it is an error.
func (b *bus) Show(ctx context.Context, note Note, opened func()) error {
	conn, err := b.connect()
	if err != nil {
		return fmt.Errorf("notify: no session bus: %w", err)
	}
	desktop := conn.Object(service, servicePath)
	var can []string
	if err := desktop.CallWithContext(ctx, service+".GetCapabilities", 0).Store(&can); err != nil {
		return fmt.Errorf("notify: no desktop: %w", err)
	}
	text, actions := note.Text+" "+note.How, []string{}
	if slices.Contains(can, "actions") {
		text, actions = note.Text, []string{clicked, note.Open}
	}
	if slices.Contains(can, "body-markup") {
		text = html.EscapeString(text)
	}
	hints := map[string]dbus.Variant{"category": dbus.MakeVariant("x-fieldpost.needs-you")}
	b.mu.Lock() // a click may be told before the id is kept
	defer b.mu.Unlock()
	var id uint32
	err = desktop.CallWithContext(ctx, service+".Notify", 0, "fieldpost", uint32(0), "", note.Title, text, actions, hints, int32(-1)).Store(&id)
	if err != nil {
		return fmt.Errorf("notify: the desktop refused: %w", err)
	}
	b.open[id] = opened
	return nil
}

func (b *bus) connect() (*dbus.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil && b.conn.Connected() {
		return b.conn, nil
	}
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(b.ctx))
	if err != nil {
		return nil, err
	}
	err = conn.Auth(nil)
	if err == nil {
		err = conn.Hello()
	}
	if err == nil {
		err = conn.AddMatchSignal(dbus.WithMatchInterface(service), dbus.WithMatchObjectPath(servicePath))
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	clear(b.open) // ids of a bus that is gone
	b.conn = conn
	go b.listen(signals)
	return conn, nil
}

// listen follows clicks until the bus goes away, which closes signals.
func (b *bus) listen(signals <-chan *dbus.Signal) {
	for signal := range signals {
		if len(signal.Body) < 2 {
			continue
		}
		id, ok := signal.Body[0].(uint32)
		if !ok {
			continue
		}
		b.mu.Lock()
		opened := b.open[id]
		if signal.Name == closedSignal {
			delete(b.open, id)
		}
		b.mu.Unlock()
		if signal.Name == actionSignal && signal.Body[1] == clicked && opened != nil {
			opened()
		}
	}
}
