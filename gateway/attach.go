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
)

var attachParameters = set("logs", "stdout", "stderr", "stream")

const switched = "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n" +
	"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"

// attach shows a peer what its container writes.
func (x *exchange) attach(name string, c *compile) bool {
	for parameter, value := range x.query {
		if !attachParameters[parameter] && !isZeroParameter(value) {
			return x.refuse(forbid("a peer may not attach with %s=%s", parameter, value))
		}
	}
	if x.request.Header.Get("Upgrade") != "tcp" || x.request.ContentLength > 0 {
		return x.refuse(forbid("attaching needs the header Upgrade: tcp and no body"))
	}
	if c != nil {
		if _, leads := x.assign(c); !leads {
			return x.replay(c)
		}
		return x.hijack(&frameReader{record: func(line string) {
			x.gateway.record.write(entry{Type: "output", Peer: x.peer, Container: name, Line: line})
		}})
	}
	return x.hijack(nil)
}

// replay shows a peer what the builder of another peer has written, when the build has ended.
func (x *exchange) replay(c *compile) bool {
	if _, err := io.WriteString(x.client, switched); err != nil {
		return false
	}
	<-c.finished
	if out := c.output(); out != nil && out.ended {
		x.client.Write(out.frames)
	}
	x.drain()
	return false
}

// hijack passes bytes in both directions. The frames of the engine are also shown to a reader; nil: to none.
func (x *exchange) hijack(frames *frameReader) bool {
	conn, err := x.gateway.engine.dial()
	if err != nil {
		return x.unavailable(err)
	}
	defer conn.Close()
	path := x.gateway.versions.pathFor(x.version, x.path)
	query := url.Values{}
	for name := range attachParameters {
		if value, ok := x.query[name]; ok {
			query.Set(name, value)
		}
	}
	address := url.URL{Path: path, RawQuery: query.Encode()}
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
		response.Body, response.ContentLength, response.TransferEncoding = newBody(text), int64(len(text)), nil
		x.request.Close = true
		x.pass(response)
		x.drain()
		return false
	}
	if _, err := io.WriteString(x.client, switched); err != nil {
		return false
	}
	var source io.Reader = reader
	if frames != nil {
		source = io.TeeReader(reader, frames)
	}
	x.splice(conn, source)
	if frames != nil {
		frames.end()
	}
	return false
}

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
	if len(f.line) > maxJSON {
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
