package proxy

import (
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// TestWhatWindowsIsToldOfProxiesIsFollowed changes the user's own settings, so it only
// runs where they are nobody's: under Wine.
func TestWhatWindowsIsToldOfProxiesIsFollowed(t *testing.T) {
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() != nil {
		t.Skip("SKIPPED: it changes the proxy settings of whoever runs it; it runs under Wine")
	}
	script := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ns-proxy-autoconfig")
		_, _ = io.WriteString(w, "function FindProxyForURL(url, host) { return dnsDomainIs(host, '.salesforce.com') ? 'PROXY script.test:3128' : 'DIRECT' }")
	}))
	defer script.Close()
	const host, named, scripted = "acme.my.salesforce.com", 2, 4
	cases := []struct {
		name                 string
		flags                uint32
		proxies, bypass, pac string
		host, want           string
	}{
		{"nothing", 0, "", "", "", host, ""},
		{"a proxy", named, "http=a:1;https=b:2", "*.local;<local>", "", host, "http://b:2"},
		{"a host without", named, "http=a:1;https=b:2", "*.local;<local>", "", "printer.local", ""},
		{"a script", scripted, "", "", script.URL + "/1.pac", host, "http://script.test:3128"},
		{"a script that says none", scripted | named, "b:2", "", script.URL + "/2.pac", "else.test", ""},
		{"a script that is not to be had", scripted | named, "b:2", "", "http://127.0.0.1:1/3.pac", host, "http://b:2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			setUser(t, c.flags, c.proxies, c.bypass, c.pac)
			got := ""
			if proxy := lookUp(c.host); proxy != nil {
				got = proxy.String()
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if finder := New(func() string { return "system" }); finder.LeftOut(t.Context()) != "" {
		t.Error("something is left out")
	}
	setUser(t, 0, "", "", "")
}

// setUser writes the settings as the Internet options do.
func setUser(t *testing.T, flags uint32, texts ...string) {
	t.Helper()
	settings := []byte{0x46, 0, 0, 0, 1, 0, 0, 0}
	settings = binary.LittleEndian.AppendUint32(settings, flags|1)
	for _, text := range texts {
		settings = binary.LittleEndian.AppendUint32(settings, uint32(len(text)))
		settings = append(settings, text...)
	}
	key, _, err := registry.CreateKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections`, registry.SET_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	if err := key.SetBinaryValue("DefaultConnectionSettings", append(settings, make([]byte, 32)...)); err != nil {
		t.Fatal(err)
	}
}
