package proxy

import (
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const salesforce = "https://acme.my.salesforce.com/services"

// found is the proxy to an address where the setting is as given, "" for none.
func found(t *testing.T, setting, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := New(func() string { return setting }).Find(request)
	if err != nil {
		t.Fatal(err)
	}
	if proxy == nil {
		return ""
	}
	return proxy.String()
}

// bare takes the proxies of whoever runs the test out of its environment.
func bare(t *testing.T) {
	t.Helper()
	for _, name := range []string{"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "auto_proxy", "AUTO_PROXY"} {
		t.Setenv(name, "")
	}
}

func TestWhichProxyASettingMeans(t *testing.T) {
	cases := []struct{ name, setting, environ, spared, address, want string }{
		{"none in spite of the environment", "none", "http://env.test:1", "", salesforce, ""},
		{"an address", "http://ana:pw@own.test:8080", "http://env.test:1", "acme.my.salesforce.com", salesforce, "http://ana:pw@own.test:8080"},
		{"SOCKS", "socks5://own.test:1080", "", "", salesforce, "socks5://own.test:1080"},
		{"the environment", "system", "http://ben:pw@env.test:1", "", salesforce, "http://ben:pw@env.test:1"},
		{"the environment without a scheme", "system", "env.test:1", "", salesforce, "http://env.test:1"},
		{"spared by the environment", "system", "http://env.test:1", ".salesforce.com", salesforce, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bare(t)
			t.Setenv("HTTPS_PROXY", c.environ)
			t.Setenv("NO_PROXY", c.spared)
			if got := found(t, c.setting, c.address); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestThisComputerIsNeverReachedThroughAProxy(t *testing.T) {
	bare(t)
	t.Setenv("HTTP_PROXY", "http://env.test:1")
	for _, setting := range []string{"system", "none", "http://own.test:1"} {
		for _, host := range []string{"127.0.0.1", "127.8.8.8", "[::1]", "localhost", "LOCALHOST.", "acme.localhost", "[::ffff:127.0.0.1]"} {
			if got := found(t, setting, "http://"+host+":8080/"); got != "" {
				t.Errorf("%s is reached through %s under %s", host, got, setting)
			}
		}
	}
}

func TestAListOfProxies(t *testing.T) {
	const bypass = "*.local;10.*;<local>; test.salesforce.com"
	cases := []struct{ proxies, bypass, host, want string }{
		{"proxy:8080", "", "acme.my.salesforce.com", "http://proxy:8080"},
		{"first:1;second:2", "", "acme.my.salesforce.com", "http://first:1"},
		{"first:1 second:2", "", "acme.my.salesforce.com", "http://first:1"},
		{"http=a:80;https=b:81;socks=c:1", "", "acme.my.salesforce.com", "http://b:81"},
		{"http=a:80", "", "acme.my.salesforce.com", ""},
		{"https=https://b:81", "", "acme.my.salesforce.com", "https://b:81"},
		{"proxy:8080", bypass, "acme.my.salesforce.com", "http://proxy:8080"},
		{"proxy:8080", bypass, "Test.Salesforce.com", ""},
		{"proxy:8080", bypass, "printer.local", ""},
		{"proxy:8080", bypass, "intranet", ""},
		{"proxy:8080", "[", "acme.my.salesforce.com", "http://proxy:8080"},
		{"", "", "acme.my.salesforce.com", ""},
		{"://", "", "acme.my.salesforce.com", ""},
	}
	for _, c := range cases {
		got := ""
		if proxy := (list{c.proxies, c.bypass}).to(c.host); proxy != nil {
			got = proxy.String()
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestWhatMacOSTellsOfItsProxies(t *testing.T) {
	const named = "<dictionary> {\n  ExceptionsList : <array> {\n    0 : *.local\n    1 : *.acme.com\n  }\n  HTTPSEnable : 1\n" +
		"  HTTPSPort : 8080\n  HTTPSProxy : proxy.acme.com\n  ProxyAutoConfigEnable : 0\n}\n"
	if n := parseNetwork(named); n.proxies != "proxy.acme.com:8080" || n.bypass != "*.local;*.acme.com" || n.script {
		t.Errorf("%+v", n)
	}
	for _, text := range []string{"ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://acme.test/proxy.pac", "  ProxyAutoDiscoveryEnable : 1"} {
		if n := parseNetwork("<dictionary> {\n  " + text + "\n}"); !n.script || n.proxies != "" {
			t.Errorf("%+v", n)
		}
	}
	if n := parseNetwork("<dictionary> {\n  HTTPSEnable : 0\n  HTTPSProxy : old.acme.com\n}"); n.proxies != "" || n.script {
		t.Errorf("%+v", n)
	}
	if n := parseNetwork(""); n != (network{}) {
		t.Errorf("%+v", n)
	}
}

func TestTheSystemIsAskedOnceForAllAndAgainAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		r := newRecent(func(host string) *url.URL {
			asked.Add(1)
			time.Sleep(time.Second)
			return at(host)
		})
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() {
				if got := r.of(t.Context(), "a"); got == nil || got.Host != "a" {
					t.Errorf("%v", got)
				}
			})
		}
		calls.Wait()
		time.Sleep(age - time.Second)
		r.of(t.Context(), "a")
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(time.Second)
		r.of(t.Context(), "a")
		r.of(t.Context(), "b")
		if n := asked.Load(); n != 3 {
			t.Errorf("asked %d times in the end", n)
		}
	})
}

func TestASystemThatTakesLongIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := time.Duration(0)
		r := newRecent(func(host string) *url.URL {
			time.Sleep(took)
			return at(host)
		})
		r.of(t.Context(), "a")
		time.Sleep(age)
		took = time.Minute
		began := time.Now()
		if got := r.of(t.Context(), "a"); got == nil || time.Since(began) != patience {
			t.Errorf("%v after %v, want the answer from before after %v", got, time.Since(began), patience)
		}
		if got := r.of(t.Context(), "b"); got != nil {
			t.Errorf("%v", got)
		}
		time.Sleep(took)
		if got := r.of(t.Context(), "b"); got == nil {
			t.Error("the late answer is lost")
		}
	})
}
