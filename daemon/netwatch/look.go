package netwatch

import (
	"net"
	"slices"
	"strings"
)

// anywhere are addresses that nobody has (RFC 5737, RFC 3849). They stand for the whole
// internet when the system is asked which way a packet would leave.
var anywhere = map[string]string{"udp4": "192.0.2.1:9", "udp6": "[2001:db8::1]:9"}

// look describes the ways out that the machine has: links that run, addresses, and
// whether there is a default route. Two answers differ where a way came or went.
func look() string {
	var ways []string
	links, _ := net.Interfaces()
	for _, link := range links {
		if link.Flags&net.FlagLoopback == 0 && link.Flags&net.FlagUp != 0 && link.Flags&net.FlagRunning != 0 {
			ways = append(ways, "link "+link.Name)
		}
	}
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() {
			ways = append(ways, "address "+a.String())
		}
	}
	for network, address := range anywhere {
		if from := leaves(network, address); from != "" {
			ways = append(ways, "default "+from)
		}
	}
	slices.Sort(ways)
	return strings.Join(ways, "\n")
}

// leaves gives the address from which a packet to another would leave, "" where no route
// leads there. Connecting by UDP sends nothing.
func leaves(network, address string) string {
	connection, err := net.Dial(network, address)
	if err != nil {
		return ""
	}
	defer connection.Close()
	host, _, _ := net.SplitHostPort(connection.LocalAddr().String())
	return host
}
