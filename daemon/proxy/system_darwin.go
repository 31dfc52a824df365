package proxy

import (
	"context"
	"net/url"
)

// lookUp follows the proxy that the network settings name.
func lookUp(host string) *url.URL { return settings(context.Background()).to(host) }

// leftOut finds a proxy script, which only matters where no proxy is named.
func leftOut(ctx context.Context) string {
	if name := script(); name != "" {
		return name
	}
	if now := settings(ctx); now.script && now.proxies == "" {
		return "macOS"
	}
	return ""
}

func settings(ctx context.Context) network {
	return parseNetwork(told(ctx, "/usr/sbin/scutil", "--proxy"))
}
