package main

import (
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestVersionsInPath(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for asked, wanted := range map[string]string{
		"/version":       "/version",
		"/v1.10/version": "/v1.24/version",
		"/v1.25/version": "/v1.25/version",
		"/v1.41/version": "/v1.41/version",
		"/v1.44/version": "/v1.41/version",
		"/v1.54/_ping":   "/v1.41/_ping",
		"/v01.030/_ping": "/v1.30/_ping",
	} {
		status, _ := b.ask("peer0", "GET", asked, "")
		requests := b.engine.requests()
		if got := requests[len(requests)-1]; status != 200 || got != "GET "+wanted {
			t.Errorf("%s: %d, the engine got %s", asked, status, got)
		}
	}
	b.gateway.versions = engineVersions{min: apiVersion{1, 44}, max: apiVersion{1, 52}}
	b.ask("peer0", "GET", "/v1.25/version", "")
	requests := b.engine.requests()
	if got := requests[len(requests)-1]; got != "GET /v1.44/version" {
		t.Errorf("the engine got %s", got)
	}
}

func TestPingNamesVersionThatClientsNeed(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for _, method := range []string{"GET", "HEAD"} {
		l := b.dial("peer0")
		l.send(method + " /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")
		response := l.head(method)
		if got := response.Header.Get("Api-Version"); got != "1.44" {
			t.Errorf("%s: version %s", method, got)
		}
		l.Close()
	}
}

func TestConnectionServesSeveralRequests(t *testing.T) {
	b := newBench(t)
	defer b.close()
	l := b.dial("peer0")
	defer l.Close()
	// The second request is sent before the first was answered.
	l.send(rawRequest("GET", "/_ping", "") + rawRequest("POST", "/v1.41/containers/dev-peer0-cc-1/stop?t=0", "null"))
	if status, text := l.answer("GET"); status != 200 || text != "OK" {
		t.Errorf("first: %d %s", status, text)
	}
	if status, _ := l.answer("POST"); status != 204 {
		t.Errorf("second: %d", status)
	}
	for index := 0; index < 3; index++ {
		l.send("HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")
		if status, _ := l.answer("HEAD"); status != 200 {
			t.Errorf("ping %d: %d", index, status)
		}
	}
	l.send(rawRequest("GET", "/info", ""))
	if status, _ := l.answer("GET"); status != 403 {
		t.Errorf("refused: %d", status)
	}
	if _, err := l.reader.ReadByte(); err != io.EOF {
		t.Errorf("the connection of a refused request goes on: %v", err)
	}
}

// attachEcho answers an attach as an engine, and shows which side has ended.
func attachEcho(ended chan<- string, output <-chan string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, _ := w.(http.Hijacker).Hijack()
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nContent-Type: "+rawStream+"\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
		rest, _ := ioutil.ReadAll(buffered)
		ended <- string(rest)
		for text := range output {
			io.WriteString(conn, text)
		}
	}
}

const attachHead = "POST /containers/%s/attach?logs=1&stderr=1&stdout=1&stream=1 HTTP/1.1\r\nHost: docker\r\n" +
	"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n"

func TestAttachOutlivesTheEndOfTheClientsSide(t *testing.T) {
	b := newBench(t)
	defer b.close()
	ended, output := make(chan string, 1), make(chan string)
	b.engine.script("POST /containers/dev-peer0-cc-1/attach", attachEcho(ended, output))
	l := b.dial("peer0")
	defer l.Close()
	l.send(fmt.Sprintf(attachHead, "dev-peer0-cc-1"))
	l.CloseWrite()
	if response := l.head("POST"); response.StatusCode != 101 {
		t.Fatalf("status %d", response.StatusCode)
	}
	if rest := <-ended; rest != "" {
		t.Errorf("the engine got %q", rest)
	}
	output <- "first,"
	output <- "second"
	close(output)
	text, err := ioutil.ReadAll(l.reader)
	if string(text) != "first,second" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAttachThatTheEngineRefuses(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.engine.script("POST /containers/dev-peer0-cc-1/attach", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		io.WriteString(w, `{"message":"No such container"}`)
	})
	l := b.dial("peer0")
	defer l.Close()
	l.send(fmt.Sprintf(attachHead, "dev-peer0-cc-1"))
	if status, text := l.answer("POST"); status != 404 || !strings.Contains(text, "No such container") {
		t.Errorf("%d %s", status, text)
	}
}

func TestUploadReachesTheEngineAsItComes(t *testing.T) {
	b := newBench(t)
	defer b.close()
	parts := make(chan string)
	b.engine.script("PUT /containers/dev-peer0-cc-1/archive", func(w http.ResponseWriter, r *http.Request) {
		for {
			part := make([]byte, 100)
			count, err := r.Body.Read(part)
			if count > 0 {
				parts <- string(part[:count])
			}
			if err != nil {
				break
			}
		}
		close(parts)
	})
	l := b.dial("peer0")
	defer l.Close()
	l.send("PUT /containers/dev-peer0-cc-1/archive?path=/ HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, part := range []string{"a", "bc"} {
		l.send(fmt.Sprintf("%x\r\n%s\r\n", len(part), part))
		select {
		case got := <-parts:
			if got != part {
				t.Errorf("got %q", got)
			}
		case <-time.After(patience):
			t.Fatal("the engine did not get the part")
		}
	}
	l.send("0\r\n\r\n")
	if status, _ := l.answer("PUT"); status != 200 {
		t.Errorf("status %d", status)
	}
	if _, more := <-parts; more {
		t.Error("more than was sent")
	}
}

func TestAnswerBeforeTheEndOfTheBody(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.engine.script("PUT /containers/dev-peer0-cc-1/archive", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		io.WriteString(w, `{"message":"No such container"}`)
	})
	l := b.dial("peer0")
	defer l.Close()
	l.send("PUT /containers/dev-peer0-cc-1/archive?path=/ HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
	if status, text := l.answer("PUT"); status != 404 || !strings.Contains(text, "No such container") {
		t.Errorf("%d %s", status, text)
	}
}

func TestLargeUpload(t *testing.T) {
	b := newBench(t)
	defer b.close()
	var length int64
	b.engine.script("PUT /containers/dev-peer0-cc-1/archive", func(w http.ResponseWriter, r *http.Request) {
		length, _ = io.Copy(ioutil.Discard, r.Body)
	})
	const size = 20 << 20
	l := b.dial("peer0")
	defer l.Close()
	l.send(fmt.Sprintf("PUT /containers/dev-peer0-cc-1/archive?path=/ HTTP/1.1\r\nHost: docker\r\nContent-Length: %d\r\n\r\n", size))
	io.CopyN(l, zeros{}, size)
	if status, _ := l.answer("PUT"); status != 200 || length != size {
		t.Errorf("status %d, %d bytes", status, length)
	}
	l.send(rawRequest("GET", "/_ping", ""))
	if status, _ := l.answer("GET"); status != 200 {
		t.Errorf("next request: %d", status)
	}
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	for index := range into {
		into[index] = 0
	}
	return len(into), nil
}

func TestHeadOfWaitComesAtOnce(t *testing.T) {
	b := newBench(t)
	defer b.close()
	end := make(chan struct{})
	b.engine.script("POST /containers/dev-peer0-cc-1/wait", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-end
		io.WriteString(w, `{"StatusCode":7}`)
	})
	l := b.dial("peer0")
	defer l.Close()
	l.send(rawRequest("POST", "/containers/dev-peer0-cc-1/wait", ""))
	response := l.head("POST")
	close(end)
	text, _ := ioutil.ReadAll(response.Body)
	if string(text) != `{"StatusCode":7}` {
		t.Errorf("got %s", text)
	}
}

func TestEngineLearnsThatTheClientHangsUp(t *testing.T) {
	for _, head := range []bool{true, false} {
		b := newBench(t)
		waiting, gone := make(chan struct{}), make(chan struct{})
		b.engine.script("POST /containers/dev-peer0-cc-1/wait", func(w http.ResponseWriter, r *http.Request) {
			if head {
				w.(http.Flusher).Flush()
			}
			close(waiting)
			<-r.Context().Done()
			close(gone)
		})
		l := b.dial("peer0")
		l.send(rawRequest("POST", "/containers/dev-peer0-cc-1/wait", ""))
		await(t, "the engine waits", waiting)
		l.Close()
		await(t, "the engine learns it", gone)
		b.close()
	}
}

func TestClientHangsUpInTheMiddleOfAnUpload(t *testing.T) {
	b := newBench(t)
	defer b.close()
	begun, gone := make(chan struct{}), make(chan error, 1)
	b.engine.script("PUT /containers/dev-peer0-cc-1/archive", func(w http.ResponseWriter, r *http.Request) {
		io.ReadFull(r.Body, make([]byte, 3))
		close(begun)
		_, err := ioutil.ReadAll(r.Body)
		gone <- err
	})
	l := b.dial("peer0")
	l.send("PUT /containers/dev-peer0-cc-1/archive?path=/ HTTP/1.1\r\nHost: docker\r\nContent-Length: 1000\r\n\r\nabc")
	await(t, "the engine reads", begun)
	l.Close()
	select {
	case err := <-gone:
		if err == nil {
			t.Error("the engine took the part for the whole")
		}
	case <-time.After(patience):
		t.Fatal("the engine waits for the rest")
	}
}

// vanish ends the connection without an answer, or in the middle of one.
func vanish(first string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(conn, first)
		conn.Close()
	}
}

func TestEngineGoesAway(t *testing.T) {
	b := newBench(t)
	defer b.close()
	wait := rawRequest("POST", "/containers/dev-peer0-cc-1/wait", "")
	upload := "PUT /containers/dev-peer0-cc-1/archive?path=/ HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
	attach := fmt.Sprintf(attachHead, "dev-peer0-cc-1")
	for request, script := range map[string]string{
		wait: "POST /containers/dev-peer0-cc-1/wait", upload: "PUT /containers/dev-peer0-cc-1/archive",
		attach: "POST /containers/dev-peer0-cc-1/attach",
	} {
		b.engine.script(script, vanish(""))
		l := b.dial("peer0")
		l.send(request)
		start := time.Now()
		if status, text := l.answer("POST"); status != 502 || !strings.Contains(text, "does not answer") {
			t.Errorf("%s: %d %s", script, status, text)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: answered after %v", script, took)
		}
		l.Close()
	}
	b.engine.script("POST /containers/dev-peer0-cc-1/wait",
		vanish("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"St\r\n"))
	l := b.dial("peer0")
	l.send(wait)
	if text, err := ioutil.ReadAll(l.head("POST").Body); err == nil {
		t.Errorf("half an answer looks like a whole one: %s", text)
	}
	l.Close()
	b.engine.listener.Close()
	if status, _ := b.ask("peer0", "GET", "/_ping", ""); status != 502 {
		t.Errorf("no engine: %d", status)
	}
	if status, _ := b.ask("peer0", "POST", "/containers/"+strings.Repeat("a", 64)+"/wait", ""); status != 502 {
		t.Errorf("no engine: %d", status)
	}
}

func TestClientReadsWhyItsLargeRequestIsRefused(t *testing.T) {
	b := newBench(t)
	defer b.close()
	l := b.dial("peer0")
	defer l.Close()
	const size = 30 << 20
	sent := make(chan error, 1)
	go func() {
		fmt.Fprintf(l, "POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Length: %d\r\n\r\n", size)
		_, err := io.CopyN(l, zeros{}, size)
		sent <- err
	}()
	// The client sends everything before it reads.
	if err := <-sent; err != nil {
		t.Errorf("cannot send: %v", err)
	}
	status, text := l.answer("POST")
	if status != 403 || !strings.Contains(text, "fabric-wizard gateway: a peer does not need POST /images/load") {
		t.Errorf("%d %s", status, text)
	}
	if refused := b.entries("refused"); len(refused) != 1 || refused[0].Peer != "peer0" || refused[0].Request != "POST /images/load" {
		t.Errorf("the record has %v", refused)
	}
}

func TestRequestsThatCanBeReadInTwoWays(t *testing.T) {
	b := newBench(t)
	defer b.close()
	const line = "POST /containers/dev-peer0-cc-1/wait HTTP/1.1\r\nHost: docker\r\n"
	const inner = "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"
	for what, text := range map[string]string{
		"both lengths":             line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"two lengths":              line + "Content-Length: 0\r\nContent-Length: 40\r\n\r\n" + inner,
		"two equal lengths":        line + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + inner,
		"two lengths in a line":    line + "Content-Length: 0, 40\r\n\r\n" + inner,
		"length with a sign":       line + "Content-Length: +0\r\n\r\n" + inner,
		"hexadecimal length":       line + "Content-Length: 0x10\r\n\r\n" + inner,
		"negative length":          line + "Content-Length: -1\r\n\r\n" + inner,
		"empty length":             line + "Content-Length:\r\n\r\n" + inner,
		"two encodings":            line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + inner,
		"identity":                 line + "Transfer-Encoding: identity\r\n\r\n" + inner,
		"list of encodings":        line + "Transfer-Encoding: gzip, chunked\r\n\r\n" + inner,
		"encoding with a control":  line + "Transfer-Encoding: \x0bchunked\r\n\r\n" + inner,
		"space before the colon":   line + "Transfer-Encoding : chunked\r\n\r\n" + inner,
		"folded line":              line + "Transfer-Encoding:\r\n chunked\r\n\r\n" + inner,
		"folded line with a colon": line + "X: y\r\n Content-Length: 40\r\n\r\n" + inner,
		"bare line feed":           line + "X: y\nContent-Length: 40\r\n\r\n" + inner,
		"bare line feeds":          strings.Replace(line, "\r", "", -1) + "\n" + inner,
		"bare carriage return":     line + "X: y\rContent-Length: 40\r\n\r\n" + inner,
		"zero byte":                line + "X: y\x00\r\n\r\n" + inner,
		"line without a colon":     line + "Content-Length 40\r\n\r\n" + inner,
		"empty first line":         "\r\n" + inner,
		"HTTP/1.0":                 "GET /_ping HTTP/1.0\r\n\r\n",
		"HTTP/2":                   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"two spaces":               "GET  /_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"absolute form":            "GET http://docker/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"host in the path":         "GET //docker/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"asterisk":                 "OPTIONS * HTTP/1.1\r\nHost: docker\r\n\r\n",
		"encoded slash":            "GET /images%2fjson HTTP/1.1\r\nHost: docker\r\n\r\n",
		"encoded letter":           "GET /%5fping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"double slash":             "GET /v1.41//_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"parent folder":            "GET /images/../_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"encoded parent folder":    "GET /images/%2e%2e/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"same folder":              "GET /./_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"no version":               "GET /v1/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"version of three parts":   "GET /v1.41.1/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"huge version":             "GET /v1.99999/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
		"parameter twice":          "POST /containers/dev-peer0-cc-1/stop?t=1&t=2 HTTP/1.1\r\nHost: docker\r\n\r\n",
		"semicolon":                "POST /containers/dev-peer0-cc-1/stop?t=1;t=2 HTTP/1.1\r\nHost: docker\r\n\r\n",
		"long head":                line + "X: " + strings.Repeat("y", maxHead) + "\r\n\r\n",
		"no HTTP":                  "hello\r\n\r\n",
	} {
		b.refused(what, "peer0", text, 400)
	}
	if status, _ := b.ask("peer0", "GET", "/v1.41/v1.41/_ping", ""); status != 400 && status != 403 {
		t.Errorf("version twice: %d", status)
	}
}

func TestBodyWhereNoneBelongs(t *testing.T) {
	b := newBench(t)
	defer b.close()
	hidden := rawRequest("GET", "/_ping", "")
	for what, body := range map[string]string{
		"host configuration": `{"Privileged":true}`,
		"hidden request":     strings.Repeat(" ", maxEmpty) + hidden,
		"null and more":      "null" + strings.Repeat(" ", maxEmpty) + hidden,
	} {
		for _, path := range []string{"/v1.18/containers/dev-peer0-cc-1/start", "/containers/dev-peer0-cc-1/wait"} {
			b.refused(what, "peer0", rawRequest("POST", path, body), 403)
		}
	}
	if requests := b.engine.requests(); len(requests) > 0 {
		t.Errorf("the engine got %v", requests)
	}
}

func TestClientThatSendsNothing(t *testing.T) {
	b := newBench(t)
	defer b.close()
	l := b.dial("peer0")
	l.send("GET /_ping HT")
	l.CloseWrite()
	if status, _ := l.answer("GET"); status != 400 {
		t.Errorf("half a head: %d", status)
	}
	l.Close()
	l = b.dial("peer0")
	l.Close()
}

// A peer with many connections does not keep another from its own.
func TestManyConnections(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for index := 0; index < maxConnections+10; index++ {
		l := b.dial("peer0")
		defer l.Close()
	}
	if status, _ := b.ask("peer1", "GET", "/_ping", ""); status != 200 {
		t.Errorf("status %d", status)
	}
}
