package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

const orgHost = "acme.my.salesforce.com"

// gateway is a company's proxy, the only way to Salesforce.
type gateway struct {
	server *httptest.Server
	org    string // where Salesforce truly is

	mu         sync.Mutex
	password   string   // of the user ana, "" where nobody has to sign in
	challenges []string // what it offers who is not signed in
	through    int
	open       []net.Conn
}

func newGateway(t *testing.T, org string) *gateway {
	t.Helper()
	g := &gateway{org: org}
	g.server = httptest.NewServer(g)
	t.Cleanup(g.server.Close)
	t.Cleanup(func() { g.wants("") })
	return g
}

// wants changes whom it lets through, and cuts those that are connected.
func (g *gateway) wants(password string, challenges ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.password, g.challenges = password, challenges
	for _, c := range g.open {
		_ = c.Close()
	}
	g.open = nil
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	signed := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	user, password, _ := signed.BasicAuth()
	switch {
	case r.Method != http.MethodConnect || r.Host != orgHost+":443":
		w.WriteHeader(http.StatusForbidden)
		return
	case g.challenges != nil && (user != "ana" || password != g.password || g.password == ""):
		w.Header()["Proxy-Authenticate"] = g.challenges
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	far, err := net.Dial("tcp", g.org)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	// Answered by hand: the server would already be listening for what comes next.
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	g.through++
	g.open = append(g.open, near, far)
	for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			_ = pair[0].Close()
		}()
	}
}

func (g *gateway) passed() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.through
}

// at is the gateway's address, with a sign-in.
func (g *gateway) at(user, password string) string {
	return strings.Replace(g.server.URL, "http://", "http://"+user+":"+password+"@", 1)
}

// behindAGateway is a laptop whose Salesforce answers by TLS, as the real one does, and
// only through a gateway. The system trusts its certificate where trusted is set.
func behindAGateway(t *testing.T, trusted bool) (*laptop, *gateway) {
	t.Helper()
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	authority, pair := certificate(t, orgHost)
	org := httptest.NewUnstartedServer(l.org)
	org.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	org.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	org.StartTLS()
	t.Cleanup(org.Close)
	g := newGateway(t, org.Listener.Addr().String())
	l.env = []string{"FIELDPOST_SALESFORCE_LOGIN_URL=https://" + orgHost, "HTTPS_PROXY=", "https_proxy=", "HTTP_PROXY=", "http_proxy=", "NO_PROXY=", "no_proxy="}
	if trusted {
		roots := filepath.Join(t.TempDir(), "roots.pem")
		if err := os.WriteFile(roots, authority, 0o600); err != nil {
			t.Fatal(err)
		}
		l.env = append(l.env, "SSL_CERT_FILE="+roots)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	l.browser = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		Proxy: func(r *http.Request) (*url.URL, error) {
			if r.URL.Hostname() == orgHost {
				return url.Parse(g.at("ana", "canary-pass"))
			}
			return nil, nil
		},
	}}
	return l, g
}

// certificate makes one for a host, and its own authority in PEM.
func certificate(t *testing.T, host string) (authority []byte, pair tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	template.Subject.CommonName = "Acme Inspection"
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func TestSalesforceIsReachedThroughAProxyWithAPasswordThatNobodySees(t *testing.T) {
	l, g := behindAGateway(t, true)
	g.wants("canary-pass", `Basic realm="acme"`)
	l.run("config", "set", "network.proxy", g.at("ana", "canary-pass"))
	l.start()
	l.signIn()
	l.share("Brochure", "--to", "ana@kunde.test")
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", "Brochure")
	if g.passed() == 0 {
		t.Error("nothing went through the proxy")
	}
	host := strings.TrimPrefix(g.server.URL, "http://")
	if check := l.examined()["proxy"]; check.Result != "ok" || !strings.Contains(check.Title, host) {
		t.Errorf("the doctor says %+v", check)
	}

	g.wants("another", `Basic realm="acme"`)
	l.share("Price list", "--to", "ana@kunde.test")
	l.wantProblem("proxy_password", "user name and a password")
	g.wants("", "Negotiate", "NTLM")
	if code, text := l.ask(http.MethodPost, "/v1/sync", "{}"); code != http.StatusAccepted && code != http.StatusNoContent {
		t.Fatalf("sync answered %d %s", code, text)
	}
	l.wantProblem("proxy_sign_in", "Negotiate, NTLM")
	l.wantChecks(l.examined(), map[string]string{"proxy": "failed"})

	g.wants("canary-pass", `Basic realm="acme"`)
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", "Brochure", "Price list")
	shown := l.run("config", "list") + l.run("config", "explain", "network.proxy") + l.run("status") + l.run("doctor")
	if strings.Contains(shown, "canary-pass") || !strings.Contains(shown, "http://…@"+host) {
		t.Errorf("shown is %s", shown)
	}
	l.run("support", "bundle", filepath.Join(l.home, "help.zip"))
	for _, name := range l.filesWith("canary-pass") {
		t.Errorf("the password lies in %s", name)
	}
}

func (l *laptop) wantProblem(code, says string) {
	l.t.Helper()
	l.eventually(code, func() bool {
		problem := l.status().Connection.Problem
		return problem != nil && problem.Code == code && strings.Contains(problem.Title+problem.Detail, says)
	})
}

func TestTheFirstSignInTellsWhatTheProxyWants(t *testing.T) {
	l, g := behindAGateway(t, true)
	g.wants("", "Negotiate")
	l.env = append(l.env, "HTTPS_PROXY="+g.at("ben", "canary-pass"))
	l.start()
	l.wantTold(exitFailed, []string{"It asks for Negotiate", "*.salesforce.com"}, "auth", "login", "--no-browser")
	for _, name := range l.filesWith("canary-pass") {
		t.Errorf("the password lies in %s", name)
	}
}

func TestAnInspectedConnectionIsRefusedAndTheIssuerNamed(t *testing.T) {
	l, g := behindAGateway(t, false)
	l.env = append(l.env, "HTTPS_PROXY="+g.server.URL)
	l.start()
	l.wantTold(exitFailed, []string{"Acme Inspection", "Nothing was sent"}, "auth", "login", "--no-browser")
	if n := len(l.org.Calls()); n != 0 {
		t.Errorf("%d calls arrived", n)
	}
}

func TestTheDoctorNamesAProxyScriptThatIsNotFollowed(t *testing.T) {
	l := newLaptop(t)
	programs := t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "gsettings"), []byte("#!/bin/sh\necho \"'auto'\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.env = []string{"PATH=" + programs + ":" + os.Getenv("PATH"), "HTTPS_PROXY=", "https_proxy=", "HTTP_PROXY=", "http_proxy=", "auto_proxy=", "AUTO_PROXY="}
	l.start()
	if check := l.examined()["proxy_left_out"]; check.Result != "warning" || !strings.Contains(check.Title, "GNOME") || !strings.Contains(check.Remedy, "network.proxy") {
		t.Errorf("the doctor says %+v", check)
	}
	l.run("config", "set", "network.proxy", "none")
	if check, told := l.examined()["proxy_left_out"]; told {
		t.Errorf("the doctor still says %+v", check)
	}
}
