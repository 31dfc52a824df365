package localapi

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// lookalikes are origins that are not *.showpad.biz over https, however much they
// look like it.
var lookalikes = []string{
	"null", "", " ", "*", "https://", "showpad.biz", "acme.showpad.biz",
	"http://acme.showpad.biz", "HTTPS://acme.showpad.biz", "ws://acme.showpad.biz", "file://", "chrome-extension://abcdef",
	"https://showpad.biz", "https://.showpad.biz", "https://evilshowpad.biz", "https://evil-showpad.biz",
	"https://acme.showpad.biz.evil.example", "https://acme.showpad.biz.", "https://acme..showpad.biz", "https://acme.showpad.bizz",
	"https://acme.showpad.biz:443", "https://acme.showpad.biz:8443", "https://acme.showpad.biz/", "https://acme.showpad.biz/x",
	"https://acme.showpad.biz?x", "https://acme.showpad.biz#x", "https://user@acme.showpad.biz", "https://evil.example@acme.showpad.biz",
	"https://ACME.showpad.biz", "https://acme.Showpad.biz", "https://acme_1.showpad.biz", "https://*.showpad.biz",
	"https://acmé.showpad.biz", "https://аcme.showpad.biz", "https://-acme.showpad.biz", "https://acme-.showpad.biz",
	"https://acme.showpad.biz https://evil.example", "https://evil.example, https://acme.showpad.biz", "https://acme%2eshowpad.biz",
	"https://evil.example", "https://exact.example:1", "https://sub.exact.example", "https://127.0.0.1", "https://localhost",
	"http://127.0.0.1", "http://localhost", "http://127.0.0.1:1", "http://localhost:3000", "http://[::1]:1",
}

// strangeHosts are names that a rebound page, a proxy or a neighbor would send.
// PORT stands for ours.
var strangeHosts = []string{
	"evil.example", "evil.example:PORT", "localhost", "127.0.0.1", "[::1]", "localhost:1", "127.0.0.1:1", "localhost.:PORT",
	"LOCALHOST:PORT", "Localhost:PORT", "localhost.evil.example:PORT", "127.0.0.1.nip.io:PORT", "127.1:PORT", "127.0.0.2:PORT",
	"0.0.0.0:PORT", "0:PORT", "2130706433:PORT", "0x7f000001:PORT", "0177.0.0.1:PORT", "[::]:PORT", "[::ffff:127.0.0.1]:PORT",
	"[0:0:0:0:0:0:0:1]:PORT", "::1:PORT", "127.0.0.1:0PORT", "127.0.0.1:PORT.", "user@127.0.0.1:PORT", "192.168.1.10:PORT",
	"acme.showpad.biz", "", "localhost:PORT,evil.example",
}

// hostile is one request that must not get through.
type hostile struct {
	name string
	ask
	raw  string // sent as it is, instead of ask; PORT and TOKEN are filled in
	want int
}

const share = `{"kind":"share","channel":"email","subject":"planted"}`

func TestNoHostileRequestGetsThrough(t *testing.T) {
	b := newBench(t)
	token := b.Access.Owner()
	var all []hostile
	for _, kind := range [][]hostile{
		fromLookalikes(token), fromStrangeHosts(), fromOtherPages(token), plainForms(token), withStolenTokens(token),
		badFraming(), badTargets(), badBodies(token), upgrades(token),
	} {
		all = append(all, kind...)
	}
	if len(all) < 200 {
		t.Errorf("only %d hostile requests, want at least 200", len(all))
	}
	for _, h := range all {
		t.Run(h.name, func(t *testing.T) { b.repels(t, token, h) })
	}
	counts, err := b.app.store.Counts()
	if err != nil {
		t.Fatal(err)
	}
	if counts.Captured != 0 {
		t.Errorf("%d activities were planted", counts.Captured)
	}
	if strings.Contains(b.log.String(), token) {
		t.Error("the log holds the token")
	}
	b.owned("GET", "/v1/status", "", http.StatusOK)
}

func (b *bench) repels(t *testing.T, token string, h hostile) {
	if h.raw != "" {
		status, rest := b.raw(strings.ReplaceAll(h.raw, "TOKEN", token))
		if status != h.want {
			t.Errorf("status %d, want %d: %.300q", status, h.want, rest)
		}
		if strings.Contains(rest, "Access-Control-") {
			t.Errorf("the answer opens itself to pages: %.300q", rest)
		}
		return
	}
	got := b.do(h.ask)
	if got.StatusCode != h.want {
		t.Errorf("status %d, want %d: %s", got.StatusCode, h.want, got.body)
	}
	for name := range got.Header {
		if strings.HasPrefix(name, "Access-Control-") && h.origin != tenant {
			t.Errorf("the answer opens itself to pages: %s", name)
		}
	}
	if got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Content-Security-Policy") != contentPolicy {
		t.Error("the answer comes without its protecting headers")
	}
}

func fromLookalikes(token string) []hostile {
	var all []hostile
	for _, origin := range lookalikes {
		header := http.Header{"Origin": {origin}}
		preflight := http.Header{
			"Origin": {origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Private-Network": {"true"},
		}
		all = append(all,
			hostile{"preflight from " + origin, ask{method: "OPTIONS", path: "/v1/activities", header: preflight}, "", 403},
			hostile{"capture from " + origin, ask{method: "POST", path: "/v1/activities", token: token, body: share, header: header}, "", 403},
			hostile{"ask to pair from " + origin, ask{method: "POST", path: "/v1/pair", body: `{"name":"x"}`, header: header}, "", 403},
		)
	}
	twice := http.Header{"Origin": {tenant, tenant}}
	mixed := http.Header{"Origin": {tenant, evil}}
	return append(all,
		hostile{"two origins", ask{method: "POST", path: "/v1/activities", token: token, body: share, header: twice}, "", 403},
		hostile{"two different origins", ask{method: "OPTIONS", path: "/v1/activities", header: mixed}, "", 403},
		hostile{"an allowed site's page trades a code", ask{method: "POST", path: "/v1/session", origin: tenant, body: `{"code":"x"}`}, "", 403},
		hostile{"an allowed site reads the shell", ask{method: "GET", path: "/", origin: tenant}, "", 403},
	)
}

func fromStrangeHosts() []hostile {
	var all []hostile
	for _, host := range strangeHosts {
		want := http.StatusMisdirectedRequest
		if strings.Contains(host, "@") {
			want = http.StatusBadRequest // net/http refuses it
		}
		for _, path := range []string{"/", "/v1/status"} {
			h := hostile{name: "host " + host + path, want: want}
			h.raw = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n"
			all = append(all, h)
		}
	}
	return all
}

// fromOtherPages is what a foreign page can make a browser send without asking.
func fromOtherPages(token string) []hostile {
	var all []hostile
	for _, dest := range []string{"image", "script", "style", "iframe", "object", "audio", "video", "font", "worker", "empty", "manifest"} {
		for _, path := range []string{"/healthz", "/static/page.js", "/openapi.json", "/"} {
			header := http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}, "Sec-Fetch-Dest": {dest}}
			all = append(all, hostile{dest + " of " + path, ask{method: "GET", path: path, header: header}, "", 403})
		}
	}
	for _, site := range []string{"cross-site", "same-site", "CROSS-SITE", "unknown"} {
		header := http.Header{"Sec-Fetch-Site": {site}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}
		all = append(all,
			hostile{site + " link to the status", ask{method: "GET", path: "/v1/status", token: token, header: header}, "", 403},
			hostile{site + " form", ask{method: "POST", path: "/v1/activities", token: token, body: share, header: header}, "", 403})
	}
	header := http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}}
	return append(all,
		hostile{"an allowed site's page with the owner's token", ask{method: "GET", path: "/v1/status", token: token, origin: tenant, header: header}, "", 403},
		hostile{"an allowed site's page stops the daemon", ask{method: "POST", path: "/v1/stop", token: token, origin: tenant, header: header}, "", 403})
}

// plainForms are the types of body that a browser sends across sites without
// asking first.
func plainForms(token string) []hostile {
	var all []hostile
	kinds := []string{
		"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "application/jsonp",
		"application/json; charset=utf-16", "application/json, text/plain", "application/json;;", "*/*", "application/*", " ",
	}
	for _, kind := range kinds {
		for _, path := range []string{"/v1/activities", "/v1/sync", "/v1/stop"} {
			all = append(all, hostile{kind + " to " + path, ask{method: "POST", path: path, token: token, body: share, kind: kind}, "", 415})
		}
	}
	return append(all,
		hostile{"JSON to files", ask{method: "POST", path: "/v1/files", token: token, body: share}, "", 415},
		hostile{"no type", ask{}, "POST /v1/activities HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 415},
		hostile{"two types", ask{}, "POST /v1/activities HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 415},
		hostile{"a form from a foreign page", ask{method: "POST", path: "/v1/activities", origin: evil, body: "a=b", kind: "application/x-www-form-urlencoded"}, "", 403})
}

// withStolenTokens puts tokens where none may be, or cuts them.
func withStolenTokens(token string) []hostile {
	head := "GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n"
	all := []hostile{
		{"token in the query", ask{method: "GET", path: "/v1/status?token=" + token}, "", 401},
		{"token in the query by its RFC 6750 name", ask{method: "GET", path: "/v1/status?access_token=" + token}, "", 401},
		{"token in the path", ask{method: "GET", path: "/v1/status/" + token}, "", 404},
		{"token as a cookie", ask{method: "GET", path: "/v1/status", header: http.Header{"Cookie": {"token=" + token}}}, "", 401},
		{"token as a password", ask{method: "GET", path: "/v1/status", header: http.Header{"Authorization": {"Basic " + token}}}, "", 401},
		{"token without its scheme", ask{method: "GET", path: "/v1/status", header: http.Header{"Authorization": {token}}}, "", 401},
		{"token in the referer", ask{method: "GET", path: "/v1/status", header: http.Header{"Referer": {"http://127.0.0.1/?" + token}}}, "", 401},
		{"token in another header", ask{method: "GET", path: "/v1/status", header: http.Header{"X-Api-Key": {token}}}, "", 401},
		{"two tokens", ask{}, head + "Authorization: Bearer TOKEN\r\nAuthorization: Bearer x\r\n\r\n", 401},
		{"token in a form", ask{method: "POST", path: "/v1/activities", body: `{"token":"` + token + `"}`}, "", 401},
	}
	for name, wrong := range map[string]string{
		"half": token[:20], "longer": token + "A", "reversed case": swapCase(token), "empty": " ", "quoted": `"` + token + `"`,
		"list": token + ", x", "NUL": token + "%00", "null": "null", "undefined": "undefined", "long": strings.Repeat("A", 4000),
	} {
		all = append(all, hostile{"token: " + name, ask{method: "GET", path: "/v1/status", token: wrong}, "", 401})
	}
	return all
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, s)
}

// badFraming is what could be read as one request here and as another elsewhere.
func badFraming() []hostile {
	post := "POST /v1/activities HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/json\r\nConnection: close\r\n"
	smuggled := "GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n"
	return []hostile{
		{"two lengths", ask{}, post + "Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}", 400},
		{"length and chunks", ask{}, post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 401},
		{"an unknown transfer coding", ask{}, post + "Transfer-Encoding: gzip\r\n\r\n", 501},
		{"chunked twice", ask{}, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
		{"a bad chunk", ask{}, post + "Authorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400},
		{"a negative length", ask{}, post + "Content-Length: -2\r\n\r\n{}", 400},
		{"a length in letters", ask{}, post + "Content-Length: 0x2\r\n\r\n{}", 400},
		{"no host", ask{}, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400},
		{"two hosts", ask{}, "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400},
		{"HTTP/1.0 without a host", ask{}, "GET / HTTP/1.0\r\n\r\n", 421},
		{"HTTP/0.9", ask{}, "GET /\r\n\r\n", 400},
		{"HTTP/2 without asking", ask{}, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		{"a header with a space before its colon", ask{}, "GET / HTTP/1.1\r\nHost : 127.0.0.1:PORT\r\n\r\n", 400},
		{"a folded header", ask{}, "GET / HTTP/1.1\r\n Host: 127.0.0.1:PORT\r\n\r\n", 400},
		{"a NUL in a header", ask{}, "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: a\x00b\r\n\r\n", 400},
		{"headers without end", ask{}, "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", 431},
		{"no HTTP at all", ask{}, "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", 400},
	}
}

func badTargets() []hostile {
	tail := " HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n"
	var all []hostile
	for target, want := range map[string]int{
		"http://127.0.0.1:PORT/v1/status": 400, "http://evil.example/v1/status": 400, "https://127.0.0.1:PORT/": 400,
		"//evil.example/": 400, "//v1/status": 400, "/v1//status": 400, "/v1/../v1/status": 400, "/v1/%2e%2e/v1/status": 400,
		"/v1/./status": 400, "/v1/status/": 400, "/v1/%2fstatus": 400, "/v1/status%00": 400, "*": 400, "/V1/status": 404,
		"/v1/status;x=1": 404, "/v1/nothing": 404, "/ui/../v1/status": 400, "/static/..%2fpage.go": 400, "/static/%2e%2e%2fpage.go": 400,
		"/.git/config": 404, "/debug/pprof/": 400, "/debug/vars": 404,
	} {
		all = append(all, hostile{"target " + target, ask{}, "GET " + target + tail, want})
	}
	for method, want := range map[string]int{
		"TRACE": 405, "TRACK": 405, "PUT": 405, "DELETE": 405, "CONNECT": 405, "OPTIONS": 405, "PROPFIND": 405, "get": 405, "LOCK": 405,
	} {
		all = append(all, hostile{"method " + method, ask{}, method + " /v1/status" + tail, want})
	}
	return append(all, hostile{"a tunnel", ask{}, "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n", 400})
}

func badBodies(token string) []hostile {
	var bomb bytes.Buffer
	squeezed := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = squeezed.Write(make([]byte, 1<<20)) // into memory
	}
	_ = squeezed.Close() // into memory
	gzipped := http.Header{"Content-Encoding": {"gzip"}}
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	return []hostile{
		{"a gzip bomb", ask{method: "POST", path: "/v1/activities", token: token, body: bomb.String(), header: gzipped}, "", 415},
		{"a body that says it is gzip", ask{method: "PATCH", path: "/v1/settings", token: token, body: "{}", header: gzipped}, "", 415},
		{"1 MiB and one", ask{method: "POST", path: "/v1/activities", token: token, body: strings.Repeat(" ", 1<<20+1)}, "", 413},
		{"5 MiB", ask{method: "POST", path: "/v1/activities", token: token, body: strings.Repeat(" ", 5<<20)}, "", 413},
		{"a large code", ask{method: "POST", path: "/v1/session", body: `{"code":"` + strings.Repeat("A", 2<<20) + `"}`}, "", 413},
		{"deep settings", ask{method: "PATCH", path: "/v1/settings", token: token, body: `{"a":` + deep + `}`}, "", 400},
		{"deep by one", ask{method: "PATCH", path: "/v1/settings", token: token, body: `{"a":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`}, "", 400},
		{"a deep code", ask{method: "POST", path: "/v1/session", body: `{"code":` + deep + `}`}, "", 400},
		{"two values", ask{method: "POST", path: "/v1/sync", token: token, body: `{}{}`}, "", 400},
		{"an array", ask{method: "POST", path: "/v1/sync", token: token, body: `[]`}, "", 400},
		{"half a value", ask{method: "POST", path: "/v1/sync", token: token, body: `{"a"`}, "", 400},
		{"no UTF-8", ask{method: "PATCH", path: "/v1/settings", token: token, body: "{\"a\":\"\xff\"}"}, "", 400},
		{"an unknown member", ask{method: "POST", path: "/v1/sync", token: token, body: `{"force":true}`}, "", 400},
		{"a member twice", ask{method: "POST", path: "/v1/session", body: `{"code":"a","code":"b"}`}, "", 400},
		{"a member of another type", ask{method: "POST", path: "/v1/session", body: `{"code":1}`}, "", 400},
		{"no code", ask{method: "POST", path: "/v1/session", body: `{}`}, "", 400},
		{"an id of another kind", ask{method: "POST", path: "/v1/activities/' OR 1=1/retry", token: token}, "", 404},
		{"an unknown state", ask{method: "GET", path: "/v1/activities?state=lost", token: token}, "", 400},
		{"an unknown kind", ask{method: "GET", path: "/v1/activities?kind=call", token: token}, "", 400},
		{"a limit of none", ask{method: "GET", path: "/v1/activities?limit=0", token: token}, "", 400},
		{"a limit in words", ask{method: "GET", path: "/v1/activities?limit=ten", token: token}, "", 400},
		{"a cursor of our own making", ask{method: "GET", path: "/v1/activities?cursor=x", token: token}, "", 400},
		{"a long nonce", ask{method: "GET", path: "/v1/hello?n=" + strings.Repeat("n", 201)}, "", 400},
		{"no nonce", ask{method: "GET", path: "/v1/hello"}, "", 400},
	}
}

func upgrades(token string) []hostile {
	var all []hostile
	for _, to := range []string{"websocket", "h2c", "TLS/1.0", "anything"} {
		for _, path := range []string{"/v1/events", "/"} {
			header := http.Header{"Connection": {"Upgrade"}, "Upgrade": {to}, "Sec-WebSocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-WebSocket-Version": {"13"}}
			all = append(all, hostile{"upgrade to " + to + " at " + path, ask{method: "GET", path: path, token: token, header: header}, "", 400})
		}
	}
	return all
}

// A caller that sends its headers a byte at a time is cut off, and holds nobody
// else up meanwhile.
func TestASlowCallerIsCutOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: ")); err != nil {
		t.Fatal(err)
	}
	b.owned("GET", "/v1/status", "", http.StatusOK)
	began := time.Now()
	if err := conn.SetReadDeadline(began.Add(2 * headerTime)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1024)
	for err == nil {
		_, err = conn.Read(buffer)
	}
	if took := time.Since(began); took >= 2*headerTime {
		t.Errorf("a slow caller was still served after %s", took)
	}
}

func TestOnlyThisMachineIsAPeer(t *testing.T) {
	for peer, want := range map[string]bool{
		"127.0.0.1:5": true, "127.9.9.9:5": true, "[::1]:5": true, "[::ffff:127.0.0.1]:5": true,
		"192.168.1.20:5": false, "10.0.0.1:5": false, "[fe80::1]:5": false, "[::]:5": false, "0.0.0.0:5": false,
		"[::ffff:10.0.0.1]:5": false, "@": false, "": false, "/run/x.sock": false,
	} {
		request := &http.Request{RemoteAddr: peer}
		if got := checkPeer(request) == nil; got != want {
			t.Errorf("peer %q: admitted %v, want %v", peer, got, want)
		}
	}
}

func TestThePortIsNotReachedFromOutside(t *testing.T) {
	b := newBench(t)
	addresses, err := net.InterfaceAddrs()
	if err != nil && runtime.GOOS == "windows" {
		t.Skip("SKIP: Wine does not tell the addresses of this computer: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		ip, _, err := net.ParseCIDR(address.String())
		if err != nil || ip.IsLoopback() || ip.To4() == nil {
			continue
		}
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip.String(), fmt.Sprint(b.Port)), time.Second)
		if err == nil {
			_ = conn.Close()
			t.Errorf("%s reaches the port", ip)
		}
	}
}
