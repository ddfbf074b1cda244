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
	"sync"
	"time"
)

const (
	// drainTime is how long the gateway waits for a client that sends nothing more and does not close.
	drainTime = 5 * time.Second
	// drainLimit is how long a client may go on sending a body that is not read. If the connection were closed at once,
	// the client would see "broken pipe" in place of the answer.
	drainLimit = time.Minute
	// maxShown is how much of a client's text the record shows, in bytes.
	maxShown = 300
)

// shorten cuts a text for the record.
func shorten(text string) string {
	if len(text) > maxShown {
		return text[:maxShown] + "..."
	}
	return text
}

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

// readers are used again, because each is as large as the largest head.
var readers = sync.Pool{New: func() interface{} { return bufio.NewReaderSize(nil, maxHead) }}

// serve answers the requests of a connection, one after another.
func (g *gateway) serve(peer string, client *net.UnixConn) {
	defer client.Close()
	reader := readers.Get().(*bufio.Reader)
	reader.Reset(client)
	// Nothing reads from the client any more when this returns.
	defer readers.Put(reader)
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
	if x.version == noneVersion && versionLike.MatchString(path) {
		return malformed("the version in the path is not valid")
	}
	// Programs differ in whether a semicolon separates parameters.
	values, err := url.ParseQuery(address.RawQuery)
	if err != nil || strings.Contains(address.RawQuery, ";") {
		return malformed("the query is not valid")
	}
	x.query = map[string]string{}
	for name, all := range values {
		if len(all) != 1 {
			return malformed("the query has %q twice", shorten(name))
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
	return shorten(x.request.Method + " " + x.request.URL.Path)
}

// refuse answers in place of the engine and ends the connection: the rest of the body must not be read as a request.
func (x *exchange) refuse(r *refusal) bool {
	message := r.reason
	if r.status != http.StatusNotFound {
		message = "fabric-wizard gateway: " + message
		x.gateway.record.write(entry{Type: "refused", Peer: x.peer, Request: x.describe(), Reason: shorten(r.reason)})
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
		Header:     http.Header{},
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
	method := ""
	if x.request != nil {
		method = x.request.Method
	}
	return sendResponse(x.client, response, method) == nil && !response.Close
}

// drain reads what the client still sends, so that the client can read the answer.
func (x *exchange) drain() {
	x.client.CloseWrite()
	limit := time.Now().Add(drainLimit)
	part := make([]byte, 32<<10)
	for time.Now().Before(limit) {
		x.client.SetReadDeadline(time.Now().Add(drainTime))
		if _, err := x.reader.Read(part); err != nil {
			return
		}
	}
}
