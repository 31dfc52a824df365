package sfclient

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// NetworkKind says which part of the network failed.
type NetworkKind string

// The kinds of network failure.
const (
	NetworkDown        NetworkKind = "network"     // refused, reset, unreachable
	NetworkDNS         NetworkKind = "dns"         // the host's name has no address
	NetworkTimeout     NetworkKind = "timeout"     // no answer in time
	NetworkCertificate NetworkKind = "certificate" // TLS: not a certificate this system trusts
	NetworkProxy       NetworkKind = "proxy"       // the proxy is out of reach or refused to connect
)

// TransportError is a call that brought no answer. Where Sent is false there never
// was a connection, so Salesforce surely did not get the call; where it is true
// the call may have been carried out.
type TransportError struct {
	Sent bool
	Kind NetworkKind
	Err  error
}

func (e *TransportError) Error() string {
	if e.Sent {
		return fmt.Sprintf("no answer from Salesforce (%s): %v", e.Kind, e.Err)
	}
	return fmt.Sprintf("Salesforce cannot be reached (%s): %v", e.Kind, e.Err)
}

func (e *TransportError) Unwrap() error { return e.Err }

// Class is always Transient: the network comes back.
func (e *TransportError) Class() Class { return Transient }

// Issuer names who signed the certificate that was not trusted, "" where that was
// not the trouble. A company's inspecting proxy shows itself here.
func (e *TransportError) Issuer() string {
	var unverified *tls.CertificateVerificationError
	if errors.As(e.Err, &unverified) && len(unverified.UnverifiedCertificates) > 0 {
		return unverified.UnverifiedCertificates[0].Issuer.String()
	}
	return ""
}

// Problem names the sentence about it in daemon/words.
func (e *TransportError) Problem() (code string, args map[string]string) {
	var refused *ProxyError
	switch {
	case e.Kind == NetworkCertificate:
		return "certificate", map[string]string{"issuer": e.Issuer()}
	case e.Kind != NetworkProxy:
		return "offline", nil
	case !errors.As(e.Err, &refused) || refused.Status != http.StatusProxyAuthRequired:
		return "proxy", nil
	case slices.ContainsFunc(refused.Schemes, func(s string) bool { return strings.EqualFold(s, "Basic") }):
		return "proxy_password", nil
	}
	return "proxy_sign_in", map[string]string{"scheme": cmp.Or(strings.Join(refused.Schemes, ", "), "?")}
}

// ProxyError is a proxy that refused to connect us through. Schemes are the ways to sign
// in that it offers with a 407, such as Basic or Negotiate; of them fieldpost knows Basic.
type ProxyError struct {
	Status  int
	Schemes []string
}

func (e *ProxyError) Error() string {
	if len(e.Schemes) > 0 {
		return fmt.Sprintf("the proxy answered %d to CONNECT and offers %s", e.Status, strings.Join(e.Schemes, ", "))
	}
	return fmt.Sprintf("the proxy answered %d to CONNECT", e.Status)
}

func networkKind(err error) NetworkKind {
	var (
		refusal    *ProxyError
		operation  *net.OpError
		name       *net.DNSError
		unverified *tls.CertificateVerificationError
		authority  x509.UnknownAuthorityError
		wait       interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &refusal), errors.As(err, &operation) && operation.Op == "proxyconnect":
		return NetworkProxy
	case errors.As(err, &unverified), errors.As(err, &authority):
		return NetworkCertificate
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		return NetworkTimeout
	case errors.As(err, &name):
		return NetworkDNS
	}
	return NetworkDown
}
