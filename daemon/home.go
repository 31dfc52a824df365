package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/file"
	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/words"
	"fieldpost/keychain"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Home is one user's files, open and locked: what the daemon runs on, and what a
// command works on while no daemon runs.
type Home struct {
	Config    *config.Config
	Outbox    *outbox.Store
	Directory *directory.Directory
	Intake    *capture.Intake
	Log       *slog.Logger
	Now       func() time.Time

	secrets Secrets
	sealing *sealing
	watch   *watchers
	unlock  func() error
	opened  atomic.Pointer[identities] // what opens what is sealed; nil while the keychain is locked

	// asked is closed once the keychain was asked for the first time.
	asked     chan struct{}
	askedOnce sync.Once

	mu     sync.Mutex
	cached *crm.Facts
}

// Verify reads files before they are opened, each in a child process: a damaged one can
// crash its reader. Nil reads the outbox here, and the directory not at all.
type Verify struct {
	Outbox, Directory func(path string) error
}

// OpenHome locks the home and opens its files. The keychain may be locked: then
// capturing works and what was sealed before stays closed. What can be read of a damaged
// outbox is taken back, and a damaged directory is begun anew. Errors: *RunningError, outbox.ErrNewerSchema,
// outbox.ErrFull, or the system's own.
func OpenHome(ctx context.Context, settings *config.Config, secrets Secrets, verify Verify, log *slog.Logger) (*Home, error) {
	paths := settings.Paths()
	if err := config.MakeFolders(paths, settings.Settings()); err != nil {
		return nil, err
	}
	unlock, err := lockHome(paths.State, paths.API)
	if err != nil {
		return nil, err
	}
	h := &Home{Config: settings, Log: log, Now: time.Now, secrets: secrets, watch: &watchers{}, unlock: unlock, asked: make(chan struct{})}
	if err := h.open(ctx, verify); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *Home) open(ctx context.Context, verify Verify) error {
	paths := h.Config.Paths()
	var err error
	if h.sealing, err = openSealing(ctx, paths.State, h.secrets); err != nil {
		return err
	}
	recipients, err := h.sealing.recipients(h.Config.Settings().Security.RecoveryRecipient)
	if err != nil {
		return err
	}
	own, err := h.sealing.recipients("") // a copy can be fetched again: no company need open it
	if err != nil {
		return err
	}
	if !outbox.LeftOpen(paths.Outbox) {
		verify.Directory = nil // what it holds can be had again: read it whole only after a crash
	}
	h.Outbox, err = outbox.Open(paths.Outbox, outbox.Options{
		Recipients: recipients, Now: h.Now, OnChange: h.watch.changed, Verify: verify.Outbox, Reserve: outbox.ReserveFor(paths.State),
	})
	if err != nil {
		return err
	}
	if err := h.Outbox.Salvage(ctx); err != nil {
		// What was set aside stays there, and is tried again at the next start.
		h.Log.Error("a damaged outbox could not be salvaged", "error", err)
	}
	h.Directory = directory.Open(paths.Directory, own, verify.Directory)
	h.Intake = h.door(h.Outbox)
	return nil
}

// sealTime is how long a question about people waits for the keychain's first answer after
// a start.
const sealTime = 3 * time.Second

// locked waits for the keychain's first answer, and is directory.ErrLocked where people and
// records cannot be read after it.
func (h *Home) locked() error {
	if !h.Directory.Locked() {
		return nil
	}
	select {
	case <-h.asked:
	case <-time.After(sealTime):
	}
	if _, err := h.Directory.Stats(h.Now()); err != nil { // there may be nothing to be locked
		return err
	}
	if h.Directory.Locked() {
		return directory.ErrLocked
	}
	return nil
}

// door makes the one door that every capture passes on its way into the store.
func (h *Home) door(store capture.Store) *capture.Intake {
	return capture.NewIntake(store, h.privacy, captureRules{h}, h.Now)
}

// Reader reads dropped files.
func (h *Home) Reader() *file.Reader {
	return &file.Reader{
		Own: func() capture.Own { return h.OwnAddresses() }, Zone: h.zone, Now: h.Now,
		Origins:      func() []string { return h.Config.Settings().Web.AllowedOrigins },
		CutHistory:   func() bool { return h.Config.Settings().Mail.History == config.TextCut },
		CutSignature: func() bool { return h.Config.Settings().Mail.Signature == config.TextCut },
		Words:        h.Words,
	}
}

// zone is the rep's time zone in Salesforce, else the machine's.
func (h *Home) zone() *time.Location {
	if facts, known := h.facts(); known {
		if zone, err := activity.Zone(facts.TimeZone); err == nil {
			return zone
		}
	}
	return time.Local
}

// OpenSeal asks the keychain for the identity and opens what was sealed before. Where
// an unlocked keychain has lost it, what comes in is sealed to a new one.
func (h *Home) OpenSeal(ctx context.Context) error {
	defer h.askedOnce.Do(func() { close(h.asked) })
	opened, begun, err := h.sealing.open(ctx)
	if err != nil {
		return err
	}
	h.opened.Store(&opened)
	own, err := h.sealing.recipients("")
	if err != nil {
		return err
	}
	if !begun {
		h.Outbox.Unlock(opened)
		return h.unlessDisk(h.Directory.Unlock(opened, own))
	}
	if err := h.unlessDisk(h.Directory.Reseal(opened, own)); err != nil {
		return err
	}
	h.Log.Warn("the keychain has lost the key to the outbox; a new one was begun")
	recipients, err := h.sealing.recipients(h.Config.Settings().Security.RecoveryRecipient)
	if err != nil {
		return err
	}
	return h.Outbox.Reseal(recipients, opened)
}

// sealedForGood counts what a lost key keeps shut; 0 where no key was lost.
func (h *Home) sealedForGood() (int, error) {
	if len(h.sealing.current().Lost) == 0 {
		return 0, nil
	}
	return h.Outbox.Sealed()
}

// Close closes the files and lets the home go.
func (h *Home) Close() error {
	var errs []error
	if h.Outbox != nil {
		errs = append(errs, h.Outbox.Close())
	}
	if h.Directory != nil {
		errs = append(errs, h.Directory.Close())
	}
	return errors.Join(append(errs, h.unlock())...)
}

// Words is the printer of the rep's language.
func (h *Home) Words() *words.Printer { return words.In(h.language("")) }

// OwnAddresses are the rep's own, as far as they are known.
func (h *Home) OwnAddresses() []string {
	_, kept, err := h.Outbox.Current()
	if err != nil {
		return nil
	}
	account, err := parseProfile(kept)
	if err != nil || account.UserID == "" {
		return nil
	}
	own := []string{account.Username}
	if account.Email != "" {
		own = append(own, account.Email)
	}
	return own
}

// privacy reads the privacy settings in force.
func (h *Home) privacy() capture.Privacy {
	s := h.Config.Settings()
	return capture.Privacy{
		Exclude: s.Privacy.Exclude, Internal: s.Privacy.Internal, Body: s.Privacy.Body, Own: h.OwnAddresses(),
	}
}

// facts are the org's facts as kept; false where none were read yet.
func (h *Home) facts() (*crm.Facts, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cached != nil {
		return h.cached, true
	}
	facts := &crm.Facts{}
	known, err := h.Directory.Kept(keptFacts, facts)
	if !known || err != nil {
		return nil, false
	}
	facts.UseKey(h.Config.Settings().Salesforce.KeyField) // it may have changed while nothing ran
	h.cached = facts
	return facts, true
}

// keepFacts stores fresh facts of the account; drain.ErrSignedOut where somebody else, or
// nobody, is signed in by now.
func (h *Home) keepFacts(account *outbox.Account, facts *crm.Facts) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, _, err := h.Outbox.Current()
	if err != nil {
		return err
	}
	if now == nil || !now.Same(account) {
		return drain.ErrSignedOut
	}
	h.cached = facts
	return h.keep(facts)
}

// keep stores the facts for the next start.
func (h *Home) keep(facts *crm.Facts) error {
	if err := h.unlessDisk(h.Directory.Keep(keptFacts, facts)); err != nil {
		return fmt.Errorf("daemon: keeping the org's facts: %w", err)
	}
	return nil
}

// unlessDisk lets trouble that the copy of people has with its disk be no trouble of what
// goes on without it.
func (h *Home) unlessDisk(err error) error {
	var disk *directory.StoreError
	if !errors.As(err, &disk) {
		return err
	}
	h.Log.Error("people and records cannot be kept on this computer", "error", err)
	return nil
}

// forgetOrg forgets the facts and the directory: they belong to the org and the user
// that signed out.
func (h *Home) forgetOrg() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cached = nil
	return h.Directory.Forget()
}

// useKeyField lets a changed setting count before the org is read again.
func (h *Home) useKeyField() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cached == nil {
		return nil
	}
	facts := *h.cached
	if facts.UseKey(h.Config.Settings().Salesforce.KeyField); facts.KeyField == h.cached.KeyField {
		return nil
	}
	h.cached = &facts
	return h.keep(&facts)
}

// rules are the settings that shape records.
func (h *Home) rules() *crm.Rules {
	s := h.Config.Settings()
	r := &crm.Rules{
		Types: map[activity.Channel][]string{}, MeetingTypes: s.Meeting.Type,
		ShareFields: s.Share.Fields, MeetingFields: s.Meeting.Fields,
		RelatedTo: s.RelatedTo.Objects, Multiple: s.People.Multiple, Words: h.Words(), Zone: h.zone(),
		Own: h.OwnAddresses(),
	}
	for channel, types := range s.Share.Types {
		r.Types[activity.Channel(channel)] = types
	}
	return r
}

// keychainService is the name under which the keychain keeps fieldpost's secrets.
const keychainService = "fieldpost"

// OpenSecrets gives the keychain that the settings name.
func OpenSecrets(settings *config.Config, getenv func(string) string) Secrets {
	if settings.Settings().Keychain.Backend == config.KeychainFile {
		return keychain.OpenFile(settings.Paths().State+string(os.PathSeparator)+"keychain.json", func() (string, error) {
			return passphrase(getenv)
		})
	}
	return keychain.OpenSystem(keychainService)
}

// passphrase reads what seals the file keychain (CONTRACT section 3).
func passphrase(getenv func(string) string) (string, error) {
	if given := getenv("FIELDPOST_KEYCHAIN_PASSPHRASE"); given != "" {
		return given, nil
	}
	file := getenv("FIELDPOST_KEYCHAIN_PASSPHRASE_FILE")
	if file == "" {
		return "", keychain.ErrLocked
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", keychain.ErrLocked
	}
	return strings.TrimRight(string(text), "\r\n"), err
}
