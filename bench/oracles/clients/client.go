// A stock client for the oracles: net/http over crypto/tls, and nothing of ours in between.
//
// Exit status 0: answered 2xx. 22: answered otherwise. 1: the connection or the handshake failed.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"time"
)

func main() {
	if os.Args[1] == "--about" {
		fmt.Println("Go " + runtime.Version()[2:] + " net/http, crypto/tls")
		return
	}
	options := map[string]string{}
	for i := 1; i+1 < len(os.Args); i += 2 {
		options[os.Args[i]] = os.Args[i+1]
	}
	config := &tls.Config{}
	if path, ok := options["--ca"]; ok {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(read(path)) {
			fail(fmt.Errorf("no certificate in %s", path))
		}
	}
	if path, ok := options["--cert"]; ok {
		pair, err := tls.LoadX509KeyPair(path, options["--key"])
		if err != nil {
			fail(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 5 * time.Second}
	response, err := client.Post(options["--url"], options["--content-type"], bytes.NewReader(read(options["--body"])))
	if err != nil {
		fail(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		fail(err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		os.Exit(22)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	return content
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
