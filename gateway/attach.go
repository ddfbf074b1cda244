package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// attach shows a peer what its container writes.
func (x *exchange) attach(name string, c *compile) bool {
	query, refused := x.parameters("logs", "stdout", "stderr", "stream")
	if refused != nil {
		return x.refuse(refused)
	}
	if x.request.Header.Get("Upgrade") != "tcp" || x.request.ContentLength != 0 {
		return x.refuse(forbid("attaching needs the header Upgrade: tcp and no body"))
	}
	if c == nil {
		return x.hijack(query, nil, func() {})
	}
	show := c.addShow()
	var once sync.Once
	shown := func() { once.Do(func() { close(show) }) }
	defer shown()
	if _, leads := x.assign(c); !leads {
		return x.replay(c, shown)
	}
	if err := x.gateway.make(c); err != nil {
		return x.failed(err)
	}
	x.direct(c)
	frames := &frameReader{record: func(line string) {
		x.gateway.record.write(entry{Type: "output", Peer: x.peer, Container: name, Line: line})
	}}
	return x.hijack(query, frames, func() {
		frames.end()
		shown()
	})
}

// replay shows a peer what the builder of another peer has written, when the build has ended.
func (x *exchange) replay(c *compile, shown func()) bool {
	kind := rawStream
	if !x.version.less(multiplexedSince) {
		kind = multiplexedStream
	}
	if !x.switchProtocols(kind) {
		return false
	}
	if !x.awaitBuild(c) {
		return false
	}
	if out := c.output(); out != nil && out.isDone() && out.exited {
		x.client.Write(out.frames)
	}
	x.client.CloseWrite()
	shown()
	x.drain()
	return false
}

// awaitBuild waits for the build that a peer gets. It returns false if the client is gone.
func (x *exchange) awaitBuild(c *compile) bool {
	var done <-chan struct{}
	if out := c.output(); out != nil {
		done = out.done
	}
	for {
		select {
		case <-c.finished:
			return true
		case <-done:
			if out := c.output(); out != nil && out.isDone() && out.isShared() {
				return true
			}
			// The peer's own container may be run yet.
			done = nil
		case <-x.gateway.compiles.pulse():
			// The client has closed its side, so only writing tells whether it is there. A frame without content means
			// nothing to it.
			if _, err := x.client.Write([]byte{1, 0, 0, 0, 0, 0, 0, 0}); err != nil {
				return false
			}
		}
	}
}

const (
	rawStream         = "application/vnd.docker.raw-stream"
	multiplexedStream = "application/vnd.docker.multiplexed-stream"
)

// multiplexedSince is the first version whose engine tells streams with frames from those without.
var multiplexedSince = apiVersion{1, 42}

func (x *exchange) switchProtocols(kind string) bool {
	_, err := io.WriteString(x.client, "HTTP/1.1 101 UPGRADED\r\nContent-Type: "+kind+
		"\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
	return err == nil
}

// hijack passes bytes in both directions. The frames of the engine are also shown to a reader; nil: to none.
func (x *exchange) hijack(query url.Values, frames *frameReader, shown func()) bool {
	conn, err := x.gateway.engine.dial()
	if err != nil {
		return x.unavailable(err)
	}
	defer conn.Close()
	address := url.URL{Path: x.gateway.versions.pathFor(x.version, x.path), RawQuery: query.Encode()}
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
		address.RequestURI())
	if err != nil {
		return x.unavailable(err)
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, x.request)
	if err != nil {
		return x.unavailable(err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		text := readText(response.Body)
		response.Body, response.ContentLength = newBody(text), int64(len(text))
		x.request.Close = true
		x.pass(response)
		x.drain()
		return false
	}
	kind := response.Header.Get("Content-Type")
	if kind == "" {
		kind = rawStream
	}
	if !x.switchProtocols(kind) {
		return false
	}
	var source io.Reader = reader
	if frames != nil {
		source = io.TeeReader(reader, frames)
	}
	x.splice(conn, source, shown)
	return false
}

// maxLine is about how much of a line is one entry of the record, in bytes.
const maxLine = 16 << 10

// frameReader finds the lines in what a container writes.
type frameReader struct {
	record func(line string)
	rest   []byte
	line   []byte
}

// Write takes a part of the stream: frames of a header of eight bytes, whose last four are the length, and a content.
func (f *frameReader) Write(part []byte) (int, error) {
	f.rest = append(f.rest, part...)
	for len(f.rest) >= 8 {
		size := binary.BigEndian.Uint32(f.rest[4:8])
		if size > maxJSON {
			// This is not a stream of frames.
			f.rest = nil
			break
		}
		end := 8 + int(size)
		if len(f.rest) < end {
			break
		}
		f.line = append(f.line, f.rest[8:end]...)
		f.rest = f.rest[end:]
		f.take()
	}
	return len(part), nil
}

func (f *frameReader) take() {
	for {
		end := bytes.IndexByte(f.line, '\n')
		if end < 0 {
			break
		}
		f.record(strings.TrimRight(string(f.line[:end]), "\r"))
		f.line = f.line[end+1:]
	}
	if len(f.line) > maxLine {
		f.end()
	}
}

// end records the last line, which has no line feed.
func (f *frameReader) end() {
	if len(f.line) > 0 {
		f.record(string(f.line))
	}
	f.line = nil
}
