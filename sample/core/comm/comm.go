// Package comm sends JSON over TLS or plain TCP. A frame is a length (4 bytes, big endian) and one JSON value.
// A call is one connection: a Request, then one or more Replies.
package comm

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"sync"
	"time"

	"github.com/hyperledger/fabric/common/flogging"
)

const maxFrame = 100 << 20

// ConnectionTimeout is the time that a client tries to connect.
const ConnectionTimeout = 3 * time.Second

var logger = flogging.MustGetLogger("comm")

// Conn is a connection that transfers frames. Send is safe for concurrent use, Recv is not.
type Conn struct {
	net.Conn
	reader *bufio.Reader
	mutex  sync.Mutex
}

// NewConn returns a Conn for a connection.
func NewConn(c net.Conn) *Conn { return &Conn{Conn: c, reader: bufio.NewReader(c)} }

// Send writes one frame.
func (c *Conn) Send(v interface{}) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(raw) > maxFrame {
		return fmt.Errorf("message larger than max (%d vs. %d)", len(raw), maxFrame)
	}
	frame := make([]byte, 4, 4+len(raw))
	binary.BigEndian.PutUint32(frame, uint32(len(raw)))
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_, err = c.Write(append(frame, raw...))
	return err
}

// Recv reads one frame. It returns io.EOF after the last.
func (c *Conn) Recv(v interface{}) error {
	size := make([]byte, 4)
	if _, err := io.ReadFull(c.reader, size); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(size)
	if length > maxFrame {
		return fmt.Errorf("received message larger than max (%d vs. %d)", length, maxFrame)
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(c.reader, raw); err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Request is the first frame of a call.
type Request struct {
	Method string
	Body   json.RawMessage
}

// Reply is one response. An Error ends the call.
type Reply struct {
	Body  json.RawMessage `json:",omitempty"`
	Error string          `json:",omitempty"`
}

// Reply sends a response or an error.
func (c *Conn) Reply(v interface{}, failure error) error {
	if failure != nil {
		return c.Send(Reply{Error: failure.Error()})
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Send(Reply{Body: raw})
}

// Next receives a response.
func (c *Conn) Next(v interface{}) error {
	reply := Reply{}
	if err := c.Recv(&reply); err != nil {
		return err
	}
	if reply.Error != "" {
		return errors.New("rpc error: code = Unknown desc = " + reply.Error)
	}
	return json.Unmarshal(reply.Body, v)
}

// Request starts a call. Next receives the responses.
func (c *Conn) Request(method string, body interface{}) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.Send(Request{method, raw})
}

// Endpoint is the address of a server. With a nil TLS, the connection is plain TCP.
type Endpoint struct {
	Address string
	TLS     *tls.Config
}

// Dial retries until ConnectionTimeout: a starting node refuses connections at first.
func (e Endpoint) Dial() (*Conn, error) {
	deadline := time.Now().Add(ConnectionTimeout)
	dialer := &net.Dialer{Deadline: deadline}
	for {
		var conn net.Conn
		var err error
		if e.TLS != nil {
			conn, err = tls.DialWithDialer(dialer, "tcp", e.Address, e.TLS)
		} else {
			conn, err = dialer.Dial("tcp", e.Address)
		}
		if err == nil {
			return NewConn(conn), nil
		}
		logger.Debugf("cannot connect to %s: %s", e.Address, err)
		if time.Now().Add(200 * time.Millisecond).After(deadline) {
			logger.Warningf("cannot connect to %s: %s", e.Address, err)
			return nil, errors.New("failed to create new connection: context deadline exceeded")
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// Call makes a call with one response.
func (e Endpoint) Call(method string, in, out interface{}) error {
	conn, err := e.Dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Request(method, in); err != nil {
		return err
	}
	return conn.Next(out)
}

// ClientTLS returns a configuration that trusts the given PEM certificates. override replaces the name of the server.
func ClientTLS(pemRoots []string, override string) (*tls.Config, error) {
	pool := x509.NewCertPool()
	for _, root := range pemRoots {
		if !pool.AppendCertsFromPEM([]byte(root)) {
			return nil, errors.New("failed to append root certificate")
		}
	}
	return &tls.Config{RootCAs: pool, ServerName: override, MinVersion: tls.VersionTLS12}, nil
}

// ClientTLSFile is ClientTLS with the certificates of one file.
func ClientTLSFile(file, override string) (*tls.Config, error) {
	text, err := ioutil.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("unable to load root cert: %s", err)
	}
	return ClientTLS([]string{string(text)}, override)
}

// Listen listens on an address. Without certFile, connections are plain TCP.
func Listen(address, certFile, keyFile string) (net.Listener, error) {
	if certFile == "" {
		return net.Listen("tcp", address)
	}
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("error loading TLS key material: %s", err)
	}
	return tls.Listen("tcp", address, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
}

// Serve calls handle with the first request of every connection, and closes the connection afterwards.
func Serve(listener net.Listener, handle func(c *Conn, request Request)) error {
	for {
		raw, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			conn := NewConn(raw)
			defer conn.Close()
			request := Request{}
			if err := conn.Recv(&request); err != nil {
				if err != io.EOF {
					logger.Debugf("%s: %s", raw.RemoteAddr(), err)
				}
				return
			}
			handle(conn, request)
		}()
	}
}
