package proxy

import (
	"context"
	"net/url"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// lookUp follows the user's settings, a proxy script included, which Windows finds and
// runs; then those of the computer ("netsh winhttp").
func lookUp(host string) *url.URL {
	w := openWinHTTP()
	var user userConfig
	if ok, _, _ := w.userConfig.Call(uintptr(unsafe.Pointer(&user))); ok != 0 {
		auto := autoOptions{detectBy: detectByDHCP | detectByDNS}
		if user.detect != 0 {
			auto.flags |= autoDetect
		}
		script, named := w.take(user.script), list{w.take(user.proxies), w.take(user.bypass)}
		if script != "" {
			auto.flags |= autoURL
			auto.url, _ = windows.UTF16PtrFromString(script)
		}
		if auto.flags != 0 {
			if found, ok := w.scripted(host, auto); ok {
				return found.to(host)
			}
		}
		if named.proxies != "" {
			return named.to(host)
		}
	}
	var computer proxyInfo
	if ok, _, _ := w.defaultConfig.Call(uintptr(unsafe.Pointer(&computer))); ok == 0 {
		return nil
	}
	return w.listed(computer).to(host)
}

// leftOut: Windows follows all that it knows.
func leftOut(context.Context) string { return "" }

const (
	noProxy      = 1 // WINHTTP_ACCESS_TYPE_NO_PROXY
	namedProxy   = 3 // WINHTTP_ACCESS_TYPE_NAMED_PROXY
	autoDetect   = 1 // WINHTTP_AUTOPROXY_AUTO_DETECT
	autoURL      = 2 // WINHTTP_AUTOPROXY_CONFIG_URL
	detectByDHCP = 1
	detectByDNS  = 2
	// scriptTime bounds each step of fetching a proxy script.
	scriptTime = 3 * time.Second
)

// userConfig is WINHTTP_CURRENT_USER_IE_PROXY_CONFIG.
type userConfig struct {
	detect                  int32
	script, proxies, bypass *uint16
}

// autoOptions is WINHTTP_AUTOPROXY_OPTIONS.
type autoOptions struct {
	flags, detectBy uint32
	url             *uint16
	_               uintptr
	_               uint32
	logOn           int32
}

// proxyInfo is WINHTTP_PROXY_INFO.
type proxyInfo struct {
	access          uint32
	proxies, bypass *uint16
}

// winHTTP are the functions of Windows that know its proxies.
type winHTTP struct {
	open, close, setTimeouts, userConfig, defaultConfig, proxyFor, free *windows.LazyProc
}

func openWinHTTP() *winHTTP {
	library := windows.NewLazySystemDLL("winhttp.dll")
	return &winHTTP{
		open: library.NewProc("WinHttpOpen"), close: library.NewProc("WinHttpCloseHandle"),
		setTimeouts: library.NewProc("WinHttpSetTimeouts"), proxyFor: library.NewProc("WinHttpGetProxyForUrl"),
		userConfig:    library.NewProc("WinHttpGetIEProxyConfigForCurrentUser"),
		defaultConfig: library.NewProc("WinHttpGetDefaultProxyConfiguration"),
		free:          windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalFree"),
	}
}

// scripted asks the proxy script; false where there is none to be had.
func (w *winHTTP) scripted(host string, auto autoOptions) (list, bool) {
	session, _, _ := w.open.Call(0, noProxy, 0, 0, 0)
	if session == 0 {
		return list{}, false
	}
	defer w.close.Call(session)
	limit := uintptr(scriptTime.Milliseconds())
	_, _, _ = w.setTimeouts.Call(session, limit, limit, limit, limit)
	target, err := windows.UTF16PtrFromString("https://" + host + "/")
	if err != nil {
		return list{}, false
	}
	for _, auto.logOn = range []int32{0, 1} { // with the user's sign-in only where it is wanted: it is slow
		var info proxyInfo
		ok, _, _ := w.proxyFor.Call(session, uintptr(unsafe.Pointer(target)), uintptr(unsafe.Pointer(&auto)), uintptr(unsafe.Pointer(&info)))
		if ok != 0 {
			return w.listed(info), true
		}
	}
	return list{}, false
}

func (w *winHTTP) listed(info proxyInfo) list {
	found := list{w.take(info.proxies), w.take(info.bypass)}
	if info.access != namedProxy {
		return list{}
	}
	return found
}

// take reads a text of Windows and gives its memory back.
func (w *winHTTP) take(text *uint16) string {
	if text == nil {
		return ""
	}
	defer w.free.Call(uintptr(unsafe.Pointer(text)))
	return windows.UTF16PtrToString(text)
}
