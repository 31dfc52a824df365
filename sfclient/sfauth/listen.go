package sfauth

import (
	"net"
	"strconv"
	"strings"
)

// listen binds the first port of which every loopback family is free: a browser
// may resolve "localhost" to either. Port 0 takes any.
func listen(ports []int) ([]net.Listener, int, error) {
	both := hasIPv6()
	for _, port := range ports {
		if listeners, bound, err := listenOn(port, both); err == nil {
			return listeners, bound, nil
		}
	}
	return nil, 0, &Error{Code: PortsTaken, Who: User, Args: map[string]string{"ports": portList(ports)}}
}

func listenOn(port int, both bool) ([]net.Listener, int, error) {
	four, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, 0, err
	}
	port = four.Addr().(*net.TCPAddr).Port
	if !both {
		return []net.Listener{four}, port, nil
	}
	six, err := net.Listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(port)))
	if err != nil {
		_ = four.Close()
		return nil, 0, err
	}
	return []net.Listener{four, six}, port, nil
}

func hasIPv6() bool {
	probe, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	_ = probe.Close()
	return true
}

func portList(ports []int) string {
	texts := make([]string, len(ports))
	for i, port := range ports {
		texts[i] = strconv.Itoa(port)
	}
	return strings.Join(texts, ", ")
}
