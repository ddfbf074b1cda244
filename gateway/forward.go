package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// change is what the engine gets and what the client gets in return.
type change struct {
	// query is the whole query: parameters of the client are passed on by name only.
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
		URL:           &url.URL{Path: x.gateway.versions.pathFor(x.version, x.path), RawQuery: c.query.Encode()},
		Host:          "engine",
		Header:        http.Header{},
		Body:          x.request.Body,
		ContentLength: x.request.ContentLength,
	}
	for _, name := range []string{"Accept", "Content-Type", "User-Agent"} {
		if value := x.request.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	if c.body != nil {
		request.Body = c.body
		request.ContentLength = c.length
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
		x.interrupt()
		switch cause := (<-sent).(type) {
		case *refusedBody:
			return x.refuse(cause.refusal)
		case readError:
			if timeout, ok := cause.error.(net.Error); !ok || !timeout.Timeout() {
				// The client gave up, for example because the compiler found an error.
				x.answer(http.StatusBadRequest, map[string]string{"message": "the body is not complete"}, true)
				return false
			}
		}
		return x.unavailable(err)
	}
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

// interrupt ends the reading from the client that goes on.
func (x *exchange) interrupt() { x.client.SetReadDeadline(time.Now().Add(-time.Second)) }

// refusedBody is the error of a body that the gateway does not pass on to its end.
type refusedBody struct{ *refusal }

func (r *refusedBody) Error() string { return r.reason }

// send writes the request. Then it waits for the client, because a client that hangs up or ends its side must do so
// for the engine too.
func (x *exchange) send(conn *net.UnixConn, request *http.Request) error {
	err := sendRequest(conn, request)
	if request.Body != nil {
		request.Body.Close()
	}
	if cause, ok := err.(readError); ok {
		// The engine must not wait for the rest, nor take the part that was sent for the whole.
		conn.Close()
		if body, ok := request.Body.(*buildContext); ok && body.refused != nil {
			return &refusedBody{body.refused}
		}
		return cause
	}
	if err != nil {
		// The engine reads no more. Its answer says why.
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
	return sendResponse(x.client, response, x.request.Method) == nil
}

// splice passes bytes between client and engine in both directions until both sides have ended. The end of one side
// does not end the other: a peer closes its side at once and goes on reading. shown is called when the engine has
// nothing more to say.
func (x *exchange) splice(conn *net.UnixConn, fromEngine io.Reader, shown func()) {
	ended := make(chan struct{})
	go func() {
		io.Copy(conn, x.reader)
		conn.CloseWrite()
		close(ended)
	}()
	_, err := io.Copy(x.client, fromEngine)
	shown()
	if err != nil {
		conn.Close()
	}
	x.client.CloseWrite()
	// A client that never closes its side must not keep the connection.
	x.client.SetReadDeadline(time.Now().Add(drainTime))
	<-ended
}
