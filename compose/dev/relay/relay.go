// Command relay is what peers of Fabric 1.x start in place of a chaincode whose process they cannot start: it connects
// the peer to the hub beside that process. It only copies bytes, so it is the same for every release, and needs nothing but
// the standard library. The peer gives it the certificate with which it may register.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"os"
	"time"
)

// hub is the address of the hub. It is filled in for each chaincode.
const hub = "{{hub}}"

// patience is shorter than the time for which a client waits for its peer.
const patience = 25 * time.Second

func main() {
	peer := flag.String("peer.address", os.Getenv("CORE_PEER_ADDRESS"), "address of the peer")
	flag.Parse()
	if err := relay(*peer); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// relay connects the peer and the hub until one of them ends.
func relay(peer string) error {
	process, err := dialHub()
	if err != nil {
		return fmt.Errorf("no process of %s has registered: %s", os.Getenv("CORE_CHAINCODE_ID_NAME"), err)
	}
	above, err := dialPeer(peer)
	if err != nil {
		return fmt.Errorf("the peer does not answer: %s", err)
	}
	ended := make(chan error, 2)
	pump := func(to, from net.Conn) {
		_, err := io.Copy(to, from)
		ended <- err
	}
	go pump(above, process)
	go pump(process, above)
	return fmt.Errorf("the connection has ended: %v", <-ended)
}

// dialHub waits for the hub, which listens while a process is registered, and tells it which chaincode the peer wants.
func dialHub() (net.Conn, error) {
	deadline := time.Now().Add(patience)
	for {
		conn, err := net.DialTimeout("tcp", hub, time.Second)
		if err == nil {
			_, err = fmt.Fprintf(conn, "%s\n", os.Getenv("CORE_CHAINCODE_ID_NAME"))
			return conn, err
		}
		if time.Now().After(deadline) {
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func dialPeer(address string) (net.Conn, error) {
	if os.Getenv("CORE_PEER_TLS_ENABLED") != "true" {
		return net.Dial("tcp", address)
	}
	config, err := tlsConfig(address)
	if err != nil {
		return nil, err
	}
	return tls.Dial("tcp", address, config)
}

// tlsConfig returns the peer's certificate authority and, from 1.1 on, the client certificate that the peer has made.
func tlsConfig(address string) (*tls.Config, error) {
	root, err := ioutil.ReadFile(variable("CORE_PEER_TLS_ROOTCERT_FILE", "/etc/hyperledger/fabric/peer.crt"))
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	config := &tls.Config{
		RootCAs:    roots,
		ServerName: variable("CORE_PEER_TLS_SERVERHOSTOVERRIDE", host),
		NextProtos: []string{"h2"},
	}
	keyPath, certPath := os.Getenv("CORE_TLS_CLIENT_KEY_PATH"), os.Getenv("CORE_TLS_CLIENT_CERT_PATH")
	if keyPath == "" || certPath == "" {
		return config, nil
	}
	key, err := decoded(keyPath)
	if err != nil {
		return nil, err
	}
	cert, err := decoded(certPath)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

// decoded reads a PEM file that the peer has encoded in base64.
func decoded(path string) ([]byte, error) {
	text, err := ioutil.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if content, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
		return content, nil
	}
	return text, nil
}

func variable(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
