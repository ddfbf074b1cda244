package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// drainTime is how long a client may go on sending a body that is not read. If the connection were closed at once,
// the client would see "broken pipe" in place of the answer.
const drainTime = 5 * time.Second

// exchange is a request of a peer and its answer.
type exchange struct {
	gateway *gateway
	peer    string
	client  *net.UnixConn
	reader  *bufio.Reader
	request *http.Request
	version apiVersion
	// path is without version.
	path string
	// query has each parameter once.
	query map[string]string
}

// refusal is an answer that the gateway gives in place of the engine.
type refusal struct {
	status int
	reason string
}

func forbid(format string, args ...interface{}) *refusal {
	return &refusal{http.StatusForbidden, fmt.Sprintf(format, args...)}
}

func malformed(format string, args ...interface{}) *refusal {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func absent(ref string) *refusal {
	return &refusal{http.StatusNotFound, "No such image: " + ref}
}

// serve answers the requests of a connection, one after another.
func (g *gateway) serve(peer string, client *net.UnixConn) {
	defer client.Close()
	reader := bufio.NewReaderSize(client, maxHead)
	for {
		x := &exchange{gateway: g, peer: peer, client: client, reader: reader}
		head, err := peekHead(reader)
		if err == io.EOF {
			return
		}
		if err == nil {
			err = checkHead(head)
		}
		if err == nil {
			x.request, err = http.ReadRequest(reader)
		}
		if err != nil {
			if _, lost := err.(net.Error); !lost {
				x.refuse(malformed("%v", err))
			}
			return
		}
		if refused := x.parse(); refused != nil {
			x.refuse(refused)
			return
		}
		if !x.handle() {
			return
		}
	}
}

// parse splits the address of the request. What can be written in several ways is refused.
func (x *exchange) parse() *refusal {
	address := x.request.URL
	if !strings.HasPrefix(x.request.RequestURI, "/") || address.Host != "" || address.RawPath != "" {
		return malformed("the address is not a plain path")
	}
	path := address.Path
	if strings.Contains(path, "//") || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
		return malformed("the path has empty or relative parts")
	}
	x.version, x.path = splitVersion(path)
	// Closing the body would read it to its end.
	x.request.Body = ioutil.NopCloser(x.request.Body)
	values, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return malformed("the query is not valid")
	}
	x.query = map[string]string{}
	for name, all := range values {
		if len(all) != 1 {
			return malformed("the query has %q twice", name)
		}
		x.query[name] = all[0]
	}
	return nil
}

// describe names the request for the record.
func (x *exchange) describe() string {
	if x.request == nil {
		return "request"
	}
	return x.request.Method + " " + x.request.URL.Path
}

// refuse answers in place of the engine and ends the connection: the rest of the body must not be read as a request.
func (x *exchange) refuse(r *refusal) bool {
	message := r.reason
	if r.status != http.StatusNotFound {
		message = "fabric-wizard gateway: " + message
		x.gateway.record.write(entry{Type: "refused", Peer: x.peer, Request: x.describe(), Reason: r.reason})
	}
	x.answer(r.status, map[string]string{"message": message}, true)
	x.drain()
	return false
}

// unavailable answers that the engine could not be asked.
func (x *exchange) unavailable(err error) bool {
	message := fmt.Sprintf("fabric-wizard gateway: the engine does not answer: %v", err)
	x.gateway.record.write(entry{Type: "engine-lost", Peer: x.peer, Request: x.describe(), Message: err.Error()})
	x.answer(http.StatusBadGateway, map[string]string{"message": message}, true)
	x.drain()
	return false
}

// answer writes a JSON answer; nil: without body. It returns whether the connection can be used again.
func (x *exchange) answer(status int, body interface{}, last bool) bool {
	response := &http.Response{
		StatusCode: status,
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
		Request:    x.request,
		Close:      last || x.request == nil || x.request.Close,
	}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return false
		}
		response.Header.Set("Content-Type", "application/json")
		response.Body = ioutil.NopCloser(strings.NewReader(string(text) + "\n"))
		response.ContentLength = int64(len(text) + 1)
	}
	return response.Write(x.client) == nil && !response.Close
}

// drain reads what the client still sends, so that the client can read the answer.
func (x *exchange) drain() {
	x.client.CloseWrite()
	x.client.SetReadDeadline(time.Now().Add(drainTime))
	io.Copy(ioutil.Discard, x.reader)
}

// change is how an exchange differs from what the client sent and what the engine answers.
type change struct {
	// query in place of the client's; nil: the client's.
	query url.Values
	// body in place of the client's; nil: the client's.
	body io.ReadCloser
	// length of the body; -1: not known.
	length int64
	// onAnswer may change the answer. It is called before any part of it is passed on.
	onAnswer func(*http.Response)
}

// outgoing returns the request for the engine.
func (x *exchange) outgoing(c change) *http.Request {
	request := &http.Request{
		Method:        x.request.Method,
		URL:           &url.URL{Path: x.gateway.versions.pathFor(x.version, x.path), RawQuery: x.request.URL.RawQuery},
		Host:          "engine",
		Header:        http.Header{},
		Body:          x.request.Body,
		ContentLength: x.request.ContentLength,
		Close:         true,
	}
	for _, name := range []string{"Accept", "Content-Type", "User-Agent", "X-Docker-Container-Path-Stat"} {
		if value := x.request.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	if c.query != nil {
		request.URL.RawQuery = c.query.Encode()
	}
	if c.body != nil {
		request.Body = c.body
		request.ContentLength = c.length
	}
	if request.ContentLength < 0 {
		request.TransferEncoding = []string{"chunked"}
	}
	if request.ContentLength == 0 {
		request.Body = nil
	}
	return request
}

// forward passes the request to the engine and the answer to the client, both as they come: the engine may answer
// before the body is complete. It returns whether the connection can be used again.
func (x *exchange) forward(c change) bool {
	conn, err := x.gateway.engine.dial()
	if err != nil {
		return x.unavailable(err)
	}
	defer conn.Close()
	request := x.outgoing(c)
	sent := make(chan error, 1)
	go func() { sent <- x.send(conn, request) }()
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		// The body was refused while it was sent, or the engine is gone.
		conn.Close()
		select {
		case cause := <-sent:
			if refused, ok := cause.(*refusedBody); ok {
				return x.refuse(refused.refusal)
			}
		case <-time.After(drainTime):
		}
		return x.unavailable(err)
	}
	defer response.Body.Close()
	if c.onAnswer != nil {
		c.onAnswer(response)
	}
	passed := x.pass(response)
	conn.Close()
	if !passed {
		x.client.Close()
		<-sent
		return false
	}
	return x.afterAnswer(sent)
}

// refusedBody is the error of a body that the gateway does not pass on to its end.
type refusedBody struct{ *refusal }

func (r *refusedBody) Error() string { return r.reason }

// send writes the request. Then it waits for the client, because a client that hangs up or ends its side must do so
// for the engine too.
func (x *exchange) send(conn *net.UnixConn, request *http.Request) error {
	if err := request.Write(conn); err != nil {
		if body, ok := request.Body.(*buildContext); ok && body.refused != nil {
			// The engine must not take the part that was sent for the whole.
			conn.Close()
			return &refusedBody{body.refused}
		}
		return err
	}
	if _, err := x.reader.Peek(1); err == io.EOF {
		conn.CloseWrite()
	} else if err != nil {
		conn.Close()
		return err
	}
	return nil
}

// afterAnswer waits until the request's body was read. It returns whether the connection can be used again.
func (x *exchange) afterAnswer(sent <-chan error) bool {
	if x.request.Close {
		x.client.CloseWrite()
		x.client.SetReadDeadline(time.Now().Add(drainTime))
	}
	if <-sent != nil {
		x.drain()
		return false
	}
	return !x.request.Close
}

// pass writes the engine's answer to the client.
func (x *exchange) pass(response *http.Response) bool {
	response.Close = x.request.Close
	response.Header.Del("Connection")
	response.Request = x.request
	response.ProtoMajor, response.ProtoMinor = 1, 1
	if response.ContentLength < 0 {
		response.TransferEncoding = []string{"chunked"}
	}
	return response.Write(x.client) == nil
}

// splice passes bytes between client and engine in both directions until both sides have ended. The end of one side
// does not end the other: a peer closes its side at once and goes on reading.
func (x *exchange) splice(conn *net.UnixConn, fromEngine io.Reader) {
	ended := make(chan struct{})
	go func() {
		io.Copy(conn, x.reader)
		conn.CloseWrite()
		close(ended)
	}()
	io.Copy(x.client, fromEngine)
	x.client.CloseWrite()
	// The engine has nothing more to say. A client that never closes its side must not keep the connection.
	x.client.SetReadDeadline(time.Now().Add(drainTime))
	<-ended
}
