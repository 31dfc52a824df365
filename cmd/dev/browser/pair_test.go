package browser

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	browserdomain "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

const (
	allowedSite = "https://acme.showpad.biz"
	foreignSite = "https://evil.example"
)

// site serves the example page by https and gives the flags by which a Chromium finds it
// under both names, believes its certificate, and takes it for a page of the internet, so
// that the browser's own rules about loopback hold.
func site(t *testing.T) []chromedp.ExecAllocatorOption {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"acme.showpad.biz", "evil.example"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.FileServer(http.Dir("../../../daemon/page/client")), ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	at, digest := listener.Addr().String(), sha256.Sum256(public)
	return []chromedp.ExecAllocatorOption{
		chromedp.Flag("host-resolver-rules", fmt.Sprintf("MAP acme.showpad.biz %s, MAP evil.example %s", at, at)),
		chromedp.Flag("ignore-certificate-errors-spki-list", base64.StdEncoding.EncodeToString(digest[:])),
		chromedp.Flag("ip-address-space-overrides", at+"=public"),
	}
}

// visit opens the example page of an origin, and tells its module where to look.
func visit(t *testing.T, l *laptop, origin string, ports ...int) *tab {
	t.Helper()
	b := browse(t, l, site(t)...)
	b.goTo(origin + "/example.html")
	b.see("#pair")
	b.permit(origin)
	b.lookAt(ports...)
	return b
}

// permit answers the browser's question about apps on this device, as the rep would.
func (b *tab) permit(origin string) {
	b.t.Helper()
	run(b, "permit", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, browserdomain.SetPermission, browserdomain.SetPermissionParams{
			Permission: &browserdomain.PermissionDescriptor{Name: "loopback-network"}, Setting: browserdomain.PermissionSettingGranted, Origin: origin,
		})
	})
}

// module runs what uses the exports of fieldpost.js as "m"; it gives the result, or the
// code of the error.
func (b *tab) module(body string) string {
	b.t.Helper()
	return evaluate[string](b, `import("/fieldpost.js").then(async (m) => { try { return String(await (`+body+`)) } catch (error) { return error.code ?? String(error) } })`)
}

func (b *tab) lookAt(ports ...int) {
	b.t.Helper()
	data, _ := json.Marshal(ports) // numbers always can be
	b.module("m.connect({ports: " + string(data) + "})")
}

// pair lets the site ask and the rep allow it on fieldpost's page.
func (b *tab) pair() {
	b.t.Helper()
	b.press("#pair")
	b.says("Allow this site on fieldpost’s page")
	rep := opened(b.t, b.l)
	rep.says(allowedSite, "Acme showroom")
	rep.accessible("pairing")
	rep.press(`#asks button[data-path$="/approve"]`)
	b.says("Connected to fieldpost.")
	rep.well()
}

// freePort is one that nobody listens on, below those that the system gives to connections:
// one of them would keep the port from being listened on again.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+mathrand.IntN(7000)))
		if err == nil {
			defer func() { _ = listener.Close() }()
			return listener.Addr().(*net.TCPAddr).Port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// listening is a laptop whose rep knows somebody and whose fieldpost listens on a port.
func listening(t *testing.T, port int) *laptop {
	t.Helper()
	l := newLaptop(t, "en", onPort(port))
	l.org.AddContact(sandbox.Person{FirstName: "Urs", LastName: "Keller", Email: "urs@keller.test"})
	l.signIn()
	l.eventually("the people", func() bool { return l.status().Directory.RefreshedAt != nil })
	return l
}

func onPort(port int) string { return fmt.Sprintf("FIELDPOST_WEB_LISTEN=127.0.0.1:%d", port) }

func (l *laptop) stop() {
	l.t.Helper()
	if err := l.daemon.Process.Signal(syscall.SIGTERM); err != nil {
		l.t.Fatal(err)
	}
	_ = l.daemon.Wait()
}

func (l *laptop) items() []apitype.Item {
	l.t.Helper()
	var list apitype.Items
	if err := json.Unmarshal([]byte(l.run("outbox", "list", "--json")), &list); err != nil {
		l.t.Fatal(err)
	}
	return list.Items
}

func TestAPageOfAnAllowedOriginPairsAndLogs(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := visit(t, l, allowedSite, port)
	run(b, "type", chromedp.SendKeys("#share input", "urs@keller.test"))
	b.press("#share button")
	b.says("This site is not paired with fieldpost yet.")
	b.pair()
	b.press("#share button")
	b.says("Share: delivered")
	run(b, "type", chromedp.SendKeys("#meeting [name=email]", "urs@keller.test"))
	run(b, "type", chromedp.SendKeys("#meeting [name=subject]", "Autumn range"))
	evaluate[any](b, `(([start, end]) => { start.value = "2026-11-20T14:00"; end.value = "2026-11-20T15:00" })(document.querySelectorAll("[type=datetime-local]")), null`)
	b.press("#meeting button")
	b.says("Meeting: delivered")
	b.accessible("example")
	for _, item := range l.items() {
		if item.Source != "web" {
			t.Errorf("%s came in by %q", item.Subject, item.Source)
		}
	}
	if tasks, events := l.org.Records("Task"), l.org.Records("Event"); len(tasks) != 1 || len(events) != 1 ||
		tasks[0]["Subject"] != "Brochure 2027" || events[0]["Subject"] != "Autumn range" {
		t.Errorf("Salesforce has %v and %v", tasks, events)
	}
	b.well()
}

func TestWhatIsSentTwiceUnderOneKeyIsLoggedOnce(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := visit(t, l, allowedSite, port)
	b.pair()
	const share = `m.logShare({channel: "link", subject: "Brochure", people: [{email: "urs@keller.test"}], key: "one"}).then((r) => r.id)`
	first := b.module(share)
	if second := b.module(share); first == "" || second != first {
		t.Errorf("the receipts are %q and %q", first, second)
	}
	if refused := b.module(`m.logShare({channel: "pigeon", subject: "Brochure"}).catch((e) => [e.code, e.field, e.activity].join())`); refused != "unknown_value,channel," {
		t.Errorf("an activity that cannot be logged: %q", refused)
	}
	if unknown := b.module(`m.receipt("none")`); unknown != "not_found" {
		t.Errorf("a receipt of nothing: %q", unknown)
	}
	l.eventually("the share", func() bool { return l.status().Outbox.Delivered == 1 })
	if tasks := l.org.Records("Task"); len(tasks) != 1 {
		t.Errorf("Salesforce has %v", tasks)
	}
}

func TestASiteThatTheRepRefusesIsTold(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := visit(t, l, allowedSite, port)
	b.press("#pair")
	b.says("Allow this site on fieldpost’s page")
	rep := opened(t, l)
	rep.press(`#asks button[data-path$="/deny"]`)
	b.says("This site was refused on fieldpost’s page.")
	if code := b.module(`m.pair("Acme")`); code != "pair_denied" {
		t.Errorf("it asks again at once: %q", code)
	}
}

// The port gives a foreign page nothing that it could read, so it cannot tell a fieldpost
// that refuses it from none; what it is told names both.
func TestAPageOfAForeignOriginGetsNothing(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := visit(t, l, foreignSite, port)
	var refused atomic.Int64
	if err := chromedp.Listen(b.ctx, func(event any) {
		if e, ok := event.(*network.EventResponseReceivedExtraInfo); ok && e.StatusCode == http.StatusForbidden {
			refused.Add(1)
		}
	}); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{`m.connect()`, `m.pair("Showpad")`} {
		if code := b.module(call); code != "no_answer" {
			t.Errorf("%s: %q", call, code)
		}
	}
	b.press("#pair")
	b.says("does not allow this site (web.allowed_origins)")
	evaluate[any](b, fmt.Sprintf(`fetch("http://127.0.0.1:%d/v1/pair", {method: "POST", mode: "no-cors", body: '{"name":"Showpad"}'}).catch(() => null)`, port))
	if refused.Load() < 4 {
		t.Errorf("the port refused %d of four calls: the others never came to it", refused.Load())
	}
	rep := opened(t, l)
	rep.says("Nothing captured yet")
	if strings.Contains(rep.text(), "Showpad") {
		t.Error("the rep is asked about a foreign site")
	}
}

// Chromium without a window answers its own question by no, as a rep may.
func TestAPageThatTheBrowserKeepsFromThisDeviceSaysSo(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := browse(t, l, site(t)...)
	b.goTo(allowedSite + "/example.html")
	b.see("#pair")
	if code := b.module(fmt.Sprintf(`m.connect({ports: [%d]})`, port)); code != "permission" {
		t.Errorf("forbidden: %q", code)
	}
	b.press("#pair")
	b.says("The browser keeps this site from apps on this device.")
	french := b.module(`import("/fieldpost.fr.js").then(({words}) => m.connect({words})).catch((e) => e.message)`)
	if !strings.HasPrefix(french, "Le navigateur interdit à ce site") {
		t.Errorf("in French: %q", french)
	}
	b.permit(allowedSite)
	if found := b.module(`m.connect().then((c) => c.port)`); found != fmt.Sprint(port) {
		t.Errorf("allowed: %q", found)
	}
}

// An impostor listens on a port and remembers all that it is told.
type impostor struct {
	mu   sync.Mutex
	told []string
}

// takes serves a port by what answers each hello, and lets every page read it.
func (i *impostor) takes(t *testing.T, port int, hello http.HandlerFunc) {
	t.Helper()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard, _ := httputil.DumpRequest(r, true)
		i.mu.Lock()
		i.told = append(i.told, string(heard))
		i.mu.Unlock()
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type")
		if r.URL.Path == "/v1/hello" {
			hello(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"id":"1","state":"waiting","proofs":[]}`)
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// heard gives all requests, and none of them may hold what only fieldpost should be told.
func (i *impostor) heard(t *testing.T, secrets ...string) int {
	t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, request := range i.told {
		if !strings.HasPrefix(request, "GET /v1/hello?n=") {
			t.Errorf("an impostor is asked for more than a proof: %s", request)
		}
		for _, secret := range append(secrets, "Authorization") {
			if strings.Contains(strings.ToLower(request), strings.ToLower(secret)) {
				t.Errorf("an impostor is told %q: %s", secret, request)
			}
		}
	}
	return len(i.told)
}

// proofs is what a fieldpost on a port answers to a hello from the allowed site.
func proofs(t *testing.T, port int, nonce string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/v1/hello?n=%s", port, url.QueryEscape(nonce)), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", allowedSite)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("hello: %d %s, %v", answer.StatusCode, data, err)
	}
	return data
}

func TestWhoeverTakesThePortOfAStoppedFieldpostIsToldNothing(t *testing.T) {
	port, moved := freePort(t), freePort(t)
	l := listening(t, port)
	b := visit(t, l, allowedSite, port)
	b.pair()
	const share = `m.logShare({channel: "link", subject: "Brochure", people: [{email: "urs@keller.test"}]}).then((r) => r.state)`
	if got := b.module(share); got != "waiting" {
		t.Errorf("its own fieldpost: %q", got)
	}
	token := evaluate[string](b, `localStorage.getItem("fieldpost.token")`)
	overheard := proofs(t, port, "overheard")
	l.stop()
	l.env = []string{onPort(moved)}
	l.start() // so that there is somebody to pass a hello on to

	var who impostor
	var hello http.HandlerFunc
	who.takes(t, port, func(w http.ResponseWriter, r *http.Request) { hello(w, r) })
	before := 0
	for name, answer := range map[string]http.HandlerFunc{
		"says nothing of use": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"proofs":[]}`) },
		"guesses": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"proofs":["`+strings.Repeat("0", 64)+`"]}`)
		},
		"repeats a proof": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(overheard) },
		"passes it on":    func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(proofs(t, moved, r.URL.Query().Get("n"))) },
	} {
		hello = answer
		for _, call := range []string{
			`m.connect()`, `m.receipt("1")`, `m.logShare({channel: "link", subject: "Confidential", people: [{email: "urs@keller.test"}]})`,
			`m.logMeeting({subject: "Confidential", start: "2026-11-20T14:00:00Z", end: "2026-11-20T15:00:00Z"})`,
		} {
			if code := b.module(call); code != "impostor" {
				t.Errorf("one that %s: %s ends with %q", name, call, code)
			}
		}
		after := who.heard(t, token, "Confidential", "urs@keller.test")
		t.Logf("one that %s heard %d requests, each a hello without a token", name, after-before)
		if after < before+4 {
			t.Errorf("one that %s was not even asked", name)
		}
		before = after
	}

	b.lookAt(port, moved)
	if got := b.module(share); got != "waiting" {
		t.Errorf("its own fieldpost, elsewhere now: %q", got)
	}
	who.heard(t, token, "Brochure", "urs@keller.test")
	l.eventually("both shares", func() bool { return l.status().Outbox.Delivered == 2 })
}

func TestAnOpenTabTellsWhoeverTakesThePortNothing(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := opened(t, l)
	b.view("share", "#log")
	token := evaluate[string](b, `sessionStorage.getItem("fieldpost.token")`)
	l.stop()
	b.says("fieldpost does not answer")
	var who impostor
	who.takes(t, port, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"proofs":["`+strings.Repeat("0", 64)+`"]}`)
	})
	run(b, "close", chromedp.WaitVisible("#closed"))
	if heard := who.heard(t, token); heard == 0 {
		t.Error("the impostor was not even asked")
	}
	if kept := evaluate[bool](b, `sessionStorage.getItem("fieldpost.token") !== null`); kept {
		t.Error("the tab keeps its token for whoever serves the page next")
	}
	b.well()
}

func TestWithoutAFieldpostAPageSavesAFileForTheDropFolder(t *testing.T) {
	port := freePort(t)
	l := listening(t, port)
	b := visit(t, l, allowedSite, port)
	b.pair()
	l.stop()
	evaluate[any](b, `Object.defineProperty(navigator, "vendor", {value: "Apple Computer, Inc.", configurable: true}), null`)
	if code := b.module(`m.connect()`); code != "safari" { // no Safari: only what one would be told
		t.Errorf("in Safari: %q", code)
	}
	evaluate[any](b, `delete navigator.vendor, null`)
	folder := t.TempDir()
	run(b, "keep downloads", func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, browserdomain.SetDownloadBehavior, browserdomain.SetDownloadBehaviorParams{
			Behavior: browserdomain.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
		})
	})
	run(b, "type", chromedp.SendKeys("#share input", "urs@keller.test"))
	b.press("#share button")
	b.says("fieldpost does not answer")
	b.press("#save")
	b.says("Drop the file into fieldpost’s Inbox folder.")
	var files []string
	for end := time.Now().Add(10 * time.Second); len(files) == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		files, _ = filepath.Glob(filepath.Join(folder, "fieldpost-*.json"))
	}
	if len(files) != 1 {
		t.Fatalf("it saved %v", files)
	}
	saved, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %s", filepath.Base(files[0]), bytes.TrimSpace(saved))
	l.start()
	l.run("capture", "file", files[0])
	b.press("#again")
	b.says("Share: ")
	l.eventually("the share", func() bool { return l.status().Outbox.Delivered == 1 })
	if tasks := l.org.Records("Task"); len(tasks) != 1 || tasks[0]["Subject"] != "Brochure 2027" {
		t.Errorf("the file and another try left %v in Salesforce", tasks)
	}
}
