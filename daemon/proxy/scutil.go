package proxy

import (
	"net"
	"strconv"
	"strings"
)

// network is what "scutil --proxy" of macOS tells of the network settings.
type network struct {
	list
	script bool // a proxy script is set, or is to be looked for
}

// parseNetwork reads scutil's lines "Key : value". The entries of its one array, the
// hosts without a proxy, have numbers for keys.
func parseNetwork(text string) network {
	values := map[string]string{}
	var bypass []string
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(strings.TrimSpace(line), " : ")
		if _, err := strconv.Atoi(key); found && err == nil {
			bypass = append(bypass, value)
		} else if found {
			values[key] = value
		}
	}
	n := network{script: values["ProxyAutoConfigEnable"] == "1" || values["ProxyAutoDiscoveryEnable"] == "1"}
	if values["HTTPSEnable"] == "1" && values["HTTPSProxy"] != "" {
		n.list = list{proxies: values["HTTPSProxy"], bypass: strings.Join(bypass, ";")}
		if port := values["HTTPSPort"]; port != "" {
			n.proxies = net.JoinHostPort(values["HTTPSProxy"], port)
		}
	}
	return n
}
