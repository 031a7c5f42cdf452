// A hookproof adapter: through it the harness drives a webhook dispatcher.
//
// One JSON request a line comes in on standard input, one JSON reply a line goes out on standard output,
// and standard error is free text. The protocol is node_modules/hookproof/docs/adapter-protocol.md
//
// This file is a small dispatcher itself, made of net/http and crypto/tls alone (Go 1.19 or newer), and it
// certifies the core profile. Yours drives your product instead: keep "The protocol", replace "The
// dispatcher". Build it first, since a compiler would use up the time that an adapter has to say hello:
//
//	go build -o adapter adapter.go
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

type object = map[string]any

func hello() object {
	return object{
		"protocol": 1,
		// TODO yours, with the released version
		"dispatcher": object{"name": "example-dispatcher", "version": "0.1.0"},
		// TODO declare what your product does, and nothing else: a scenario that needs more is skipped,
		// and named in the report. The first two are core. Others: pin.spki, retry...
		"capabilities": []string{"client-certificate.pem", "trust.private-ca", "rotation"},
		"limits":       object{"max_parallel": 8},
		"payload":      "verbatim", // or "wrapped": the event goes out inside an envelope of your own
		"now":          time.Now().UTC().Format(time.RFC3339Nano),
	}
}

// ---- The protocol ------------------------------------------------------------------------------

type message struct {
	ID         int    `json:"id"`
	Command    string `json:"cmd"`
	Target     string `json:"target"`
	Config     config `json:"config"`
	Event      event  `json:"event"`
	DeadlineMs int    `json:"deadline_ms"`
}

type config struct {
	URL               string       `json:"url"`
	TrustAnchorsPem   *string      `json:"trust_anchors_pem"`
	ClientCertificate *certificate `json:"client_certificate"`
	TLS               struct {
		MinVersion string `json:"min_version"`
	} `json:"tls"`
	TimeoutMs int `json:"timeout_ms"`

	CrlsPem   json.RawMessage `json:"crls_pem"`
	SpkiPins  json.RawMessage `json:"spki_pins"`
	OAuth2    json.RawMessage `json:"oauth2"`
	Retry     json.RawMessage `json:"retry"`
	Signature *struct {
		Scheme string `json:"scheme"`
	} `json:"signature"`
}

type certificate struct {
	Format   string `json:"format"`
	ChainPem string `json:"chain_pem"`
	KeyPem   string `json:"key_pem"`
}

type event struct {
	ContentType string `json:"content_type"`
	Body        []byte `json:"body_b64"` // encoding/json reads base64 into bytes
}

// What was configured. A refused configuration stays, so that nothing is sent to it.
type target struct {
	url            string
	timeout        time.Duration
	tls            *tls.Config
	hasCertificate bool
	refusal        *notDelivered
}

var (
	targets = map[string]*target{}
	lock    sync.Mutex // over targets and standard output
)

func main() {
	// A line is at most 1 MiB.
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var request message
		if err := json.Unmarshal(line, &request); err != nil {
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		if request.Command == "deliver" {
			// Deliveries run side by side, and replies may come in any order.
			go func() { reply(request.ID, deliver(request)) }()
			continue
		}
		reply(request.ID, answer(request))
		if request.Command == "bye" {
			return
		}
	}
}

func reply(id int, answer object) {
	answer["id"] = id
	line, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	lock.Lock()
	defer lock.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func answer(request message) object {
	switch request.Command {
	case "hello":
		return hello()
	case "configure":
		return configure(request.Target, request.Config)
	case "bye":
		return object{"ok": true}
	default:
		return object{"unsupported": true}
	}
}

func configure(name string, config config) object {
	if missing := unsupportedIn(config); len(missing) > 0 {
		return object{"ok": false, "unsupported": missing}
	}
	prepared, refusal := prepare(config)
	if refusal != nil {
		prepared = &target{refusal: refusal}
	}
	lock.Lock()
	targets[name] = prepared
	lock.Unlock()
	if refusal != nil {
		return object{"ok": false, "reason": refusal.reason, "message": refusal.native}
	}
	return object{"ok": true}
}

// Capabilities that a configuration asks for and this dispatcher has not.
func unsupportedIn(config config) (missing []string) {
	if certificate := config.ClientCertificate; certificate != nil && certificate.Format != "pem" {
		missing = append(missing, "client-certificate."+certificate.Format)
	}
	if config.CrlsPem != nil {
		missing = append(missing, "trust.crl")
	}
	if config.SpkiPins != nil {
		missing = append(missing, "pin.spki")
	}
	if config.OAuth2 != nil {
		missing = append(missing, "oauth2.tls-client-auth")
	}
	if config.Retry != nil {
		missing = append(missing, "retry")
	}
	if config.Signature != nil {
		missing = append(missing, "signature."+config.Signature.Scheme)
	}
	return missing
}

func deliver(request message) object {
	lock.Lock()
	to := targets[request.Target]
	lock.Unlock()
	if to == nil {
		return object{"errored": "no such target"}
	}
	status, why := 0, to.refusal
	if why == nil {
		status, why = send(to, request.Event, time.Duration(request.DeadlineMs)*time.Millisecond)
	}
	if why == nil {
		return object{"disposition": "delivered", "attempts": []object{{"stage": "response", "status": status}}}
	}
	attempt := object{"stage": why.stage, "reason": why.reason}
	if why.native != "" {
		attempt["native"] = why.native
	}
	if status != 0 {
		attempt["status"] = status
	}
	return object{"disposition": why.disposition, "attempts": []object{attempt}}
}

// ---- The dispatcher: TODO call your own --------------------------------------------------------

// Why an event was not delivered, in the protocol's words. The disposition is "refused" where this
// dispatcher said no, and "failed" where the endpoint or the network did.
type notDelivered struct{ disposition, stage, reason, native string }

func refusedAt(stage, reason, native string) *notDelivered {
	return &notDelivered{"refused", stage, reason, native}
}

func failedAt(stage, reason, native string) *notDelivered {
	return &notDelivered{"failed", stage, reason, native}
}

// Checks a configuration when it is made: better here than at the first event.
func prepare(config config) (*target, *notDelivered) {
	address, err := url.Parse(config.URL)
	if err != nil || address.Scheme != "https" {
		return nil, refusedAt("config", "plaintext.refused", config.URL)
	}
	prepared := &target{
		url:            config.URL,
		timeout:        10 * time.Second,
		hasCertificate: config.ClientCertificate != nil,
		tls:            &tls.Config{MinVersion: tls.VersionTLS12, VerifyConnection: refuseWhatGoAccepts},
	}
	if config.TimeoutMs > 0 {
		prepared.timeout = time.Duration(config.TimeoutMs) * time.Millisecond
	}
	if config.TLS.MinVersion == "TLSv1.3" {
		prepared.tls.MinVersion = tls.VersionTLS13
	}
	// The given roots replace the host's. Without any, those of the host hold, and SSL_CERT_FILE.
	if config.TrustAnchorsPem != nil {
		prepared.tls.RootCAs = x509.NewCertPool()
		if !prepared.tls.RootCAs.AppendCertsFromPEM([]byte(*config.TrustAnchorsPem)) {
			return nil, refusedAt("config", "server-certificate.untrusted", "no trust anchor can be read")
		}
	}
	if config.ClientCertificate != nil {
		pair, refusal := load(*config.ClientCertificate)
		if refusal != nil {
			return nil, refusal
		}
		// Not Certificates: from that, Go sends nothing, in silence, to an endpoint that asks for another authority.
		prepared.tls.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return pair, nil
		}
	}
	return prepared, nil
}

// Certificate and key, if they can be used. The certificate of the key comes first, however the bundle
// was put together.
func load(certificate certificate) (*tls.Certificate, *notDelivered) {
	if certificate.KeyPem == "" {
		return nil, refusedAt("config", "client-certificate.missing", "a certificate without its key")
	}
	var blocks [][]byte
	for rest := []byte(certificate.ChainPem); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		blocks = append(blocks, pem.EncodeToMemory(block))
	}
	// Go overlooks a block that was cut off.
	if len(blocks) == 0 || len(blocks) != strings.Count(certificate.ChainPem, "-----BEGIN CERTIFICATE-----") {
		return nil, refusedAt("config", "client-certificate.unreadable", "not a PEM certificate")
	}
	var pair tls.Certificate
	err := errors.New("no certificate")
	for first := 0; first < len(blocks) && err != nil; first++ {
		ordered := append([]byte{}, blocks[first]...)
		for index, block := range blocks {
			if index != first {
				ordered = append(ordered, block...)
			}
		}
		pair, err = tls.X509KeyPair(ordered, []byte(certificate.KeyPem))
	}
	if err != nil {
		reason := "client-certificate.unreadable"
		if strings.Contains(err.Error(), "does not match") {
			reason = "client-certificate.key-mismatch"
		}
		return nil, refusedAt("config", reason, err.Error())
	}
	now := time.Now()
	for _, der := range pair.Certificate {
		parsed, err := x509.ParseCertificate(der)
		switch {
		case err != nil:
			return nil, refusedAt("config", "client-certificate.unreadable", err.Error())
		case now.After(parsed.NotAfter):
			return nil, refusedAt("config", "client-certificate.expired", "")
		case now.Before(parsed.NotBefore):
			return nil, refusedAt("config", "client-certificate.not-yet-valid", "")
		}
	}
	return &pair, nil
}

var (
	errWeakKey   = errors.New("weak key")
	errNoPurpose = errors.New("an empty list of purposes")
)

// Go has checked path and name by now. Before 1.24 it let small RSA keys pass, and it takes a list of
// purposes with nothing in it for none.
func refuseWhatGoAccepts(state tls.ConnectionState) error {
	for _, certificate := range state.VerifiedChains[0] {
		switch key := certificate.PublicKey.(type) {
		case *rsa.PublicKey:
			if key.N.BitLen() < 2048 {
				return errWeakKey
			}
		case *ecdsa.PublicKey:
			if key.Curve.Params().BitSize < 224 {
				return errWeakKey
			}
		}
		for _, extension := range certificate.Extensions {
			named := len(certificate.ExtKeyUsage) + len(certificate.UnknownExtKeyUsage)
			if extension.Id.String() == "2.5.29.37" && named == 0 {
				return errNoPurpose
			}
		}
	}
	return nil
}

// Sends one event and returns the status; nil = it was a 2xx.
func send(to *target, event event, deadline time.Duration) (int, *notDelivered) {
	if to.timeout < deadline {
		deadline = to.timeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(event.Body))
	if err != nil {
		return 0, refusedAt("config", "unspecified", err.Error())
	}
	// Without it Go would send the same request once more, by itself, over another connection.
	request.GetBody = nil
	request.Header.Set("Content-Type", event.ContentType)
	request.Header.Set("User-Agent", "example-dispatcher")
	client := http.Client{
		// A transport, and so a connection, for each delivery: none outlives a change of certificate or roots.
		Transport: &http.Transport{TLSClientConfig: to.tls.Clone(), DisableKeepAlives: true, Proxy: nil},
		// A redirect is an answer: following it would show our certificate to a stranger.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err == nil {
		// An answer that is cut off is none.
		_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
		response.Body.Close()
	}
	if err != nil {
		return 0, explain(err, to.hasCertificate)
	}
	switch status := response.StatusCode; {
	case status >= 200 && status < 300:
		return status, nil
	case status >= 300 && status < 400:
		return status, failedAt("response", "redirect.refused", "")
	default:
		return status, failedAt("response", "http.status", "")
	}
}

// What Go calls it, and what the protocol does.
func explain(err error, hasCertificate bool) *notDelivered {
	text := err.Error()
	has := func(part string) bool { return strings.Contains(text, part) }

	// The endpoint's word on our certificate. In TLS 1.3 it comes after the handshake is over for us.
	// (tls.AlertError is newer than Go 1.19, and has no constants: the texts are the same everywhere.)
	if has("remote error: tls: ") {
		switch {
		case has("protocol version"):
			return refusedAt("tls", "tls.version", text)
		case has("certificate required"):
			return failedAt("tls", "client-certificate.missing", text)
		case has("expired certificate"):
			return failedAt("tls", "client-certificate.expired", text)
		case has("certificate"), has("access denied"), has("unknown certificate authority"):
			if hasCertificate {
				return failedAt("tls", "client-certificate.rejected", text)
			}
			return failedAt("tls", "client-certificate.missing", text)
		}
		// Among them handshake_failure, which says neither that it was the certificate nor that it was not.
		return failedAt("tls", "tls.alert", text)
	}

	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	var constraint x509.ConstraintViolationError
	var algorithm x509.InsecureAlgorithmError
	var critical x509.UnhandledCriticalExtension
	var plaintext tls.RecordHeaderError
	var dns *net.DNSError
	var network net.Error
	certificate := func(reason string) *notDelivered {
		return refusedAt("tls", "server-certificate."+reason, text)
	}
	switch {
	case errors.As(err, &hostname):
		return certificate("name-mismatch")
	case errors.As(err, &invalid):
		return certificate(invalidity(invalid))
	case errors.Is(err, errWeakKey), errors.As(err, &algorithm), has("insecure algorithm"):
		return certificate("weak")
	case errors.Is(err, errNoPurpose):
		return certificate("wrong-usage")
	case errors.As(err, &authority), errors.As(err, &constraint):
		return certificate("untrusted")
	case errors.As(err, &critical), has("failed to parse certificate"), has("x509: "):
		return certificate("malformed")
	case has("protocol version not supported"), has("unsupported protocol version"):
		return refusedAt("tls", "tls.version", text)
	case errors.As(err, &plaintext), has("server gave HTTP response to HTTPS client"):
		return refusedAt("tls", "tls.other", text)
	case errors.As(err, &dns):
		return failedAt("dns", "net.dns", text)
	case errors.Is(err, syscall.ECONNREFUSED):
		return failedAt("tcp", "net.refused", text)
	case errors.As(err, &network) && network.Timeout():
		return failedAt("response", "net.timeout", text)
	case has("malformed HTTP"):
		return failedAt("response", "http.status", text)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return failedAt("response", "net.reset", text)
	case has("tls: "):
		return refusedAt("tls", "tls.other", text)
	}
	return failedAt("response", "unspecified", text)
}

func invalidity(invalid x509.CertificateInvalidError) string {
	switch invalid.Reason {
	case x509.Expired: // Go has one reason for both ends
		if invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore) {
			return "not-yet-valid"
		}
		return "expired"
	case x509.IncompatibleUsage:
		return "wrong-usage"
	case x509.NotAuthorizedToSign, x509.TooManyIntermediates, x509.CANotAuthorizedForThisName:
		return "untrusted"
	case x509.NameMismatch:
		return "untrusted"
	default:
		return "malformed"
	}
}
