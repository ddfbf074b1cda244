package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 5 * time.Second

// fakeEngine is an engine on a socket. It keeps what reaches it, and answers as a test says or else as an engine.
type fakeEngine struct {
	listener net.Listener
	mutex    sync.Mutex
	seen     []string
	bodies   []string
	created  map[string]fakeContainer
	images   map[string]string
	scripts  map[string]http.HandlerFunc
}

type fakeContainer struct {
	image  string
	labels map[string]string
}

// script sets the answer to a request, for example "POST /build". A * stands for the id of a container.
func (e *fakeEngine) script(request string, handler http.HandlerFunc) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.scripts[request] = handler
}

// requests returns what has reached the engine, without what the gateway asks of its own.
func (e *fakeEngine) requests() []string {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	var result []string
	for _, seen := range e.seen {
		if !strings.HasPrefix(seen, "GET /containers/") || !strings.HasSuffix(seen, "/json") {
			result = append(result, seen)
		}
	}
	return result
}

func (e *fakeEngine) count(request string) int {
	count := 0
	for _, seen := range e.requests() {
		if patternOf(strings.SplitN(seen, "?", 2)[0]) == request {
			count++
		}
	}
	return count
}

// patternOf replaces ids of containers and versions.
func patternOf(request string) string {
	parts := strings.Split(request, "/")
	for index, part := range parts {
		if containerID.MatchString(part) {
			parts[index] = "*"
		}
	}
	if len(parts) > 2 && versionLike.MatchString("/"+parts[1]) {
		parts = append(parts[:1], parts[2:]...)
	}
	return strings.Join(parts, "/")
}

func (e *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mutex.Lock()
	e.seen = append(e.seen, r.Method+" "+r.RequestURI)
	handler := e.scripts[patternOf(r.Method+" "+r.URL.Path)]
	e.mutex.Unlock()
	if handler == nil {
		handler = e.standard
	}
	handler(w, r)
}

func (e *fakeEngine) keepBody(r *http.Request) string {
	text, _ := ioutil.ReadAll(r.Body)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.bodies = append(e.bodies, string(text))
	return string(text)
}

func (e *fakeEngine) lastBody() string {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if len(e.bodies) == 0 {
		return ""
	}
	return e.bodies[len(e.bodies)-1]
}

func (e *fakeEngine) standard(w http.ResponseWriter, r *http.Request) {
	_, path := splitVersion(r.URL.Path)
	switch {
	case path == "/_ping":
		w.Header().Set("Api-Version", "1.41")
		io.WriteString(w, "OK")
	case path == "/version":
		io.WriteString(w, `{"ApiVersion":"1.41","MinAPIVersion":"1.12"}`)
	case path == "/containers/create":
		var body struct {
			Image  string
			Labels map[string]string
		}
		json.Unmarshal([]byte(e.keepBody(r)), &body)
		e.mutex.Lock()
		id := fmt.Sprintf("%064x", len(e.created)+1)
		e.created[id] = fakeContainer{body.Image, body.Labels}
		e.mutex.Unlock()
		w.WriteHeader(201)
		fmt.Fprintf(w, `{"Id":"%s","Warnings":[]}`, id)
	case strings.HasSuffix(path, "/json") && strings.HasPrefix(path, "/images/"):
		e.answerImage(w, path)
	case strings.HasSuffix(path, "/json"):
		id := strings.Split(path, "/")[2]
		e.mutex.Lock()
		container, known := e.created[id]
		imageID := e.images[container.image]
		e.mutex.Unlock()
		if !known {
			w.WriteHeader(404)
			return
		}
		json.NewEncoder(w).Encode(object{"Id": id, "Image": imageID, "Config": object{"Labels": container.labels}})
	case strings.HasSuffix(path, "/tag"):
		e.tagImage(w, strings.Split(path, "/")[2], r.URL.Query().Get("repo"))
	case path == "/build":
		e.keepBody(r)
		io.WriteString(w, "{\"stream\":\"Successfully built\"}\r\n")
	case strings.HasSuffix(path, "/archive") && r.Method == "PUT":
		e.keepBody(r)
	case strings.HasSuffix(path, "/wait"):
		io.WriteString(w, `{"StatusCode":0}`)
	default:
		io.Copy(ioutil.Discard, r.Body)
		w.WriteHeader(204)
	}
}

func (e *fakeEngine) tagImage(w http.ResponseWriter, id, name string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for _, known := range e.images {
		if known == id {
			e.images[name] = id
			w.WriteHeader(201)
			return
		}
	}
	w.WriteHeader(404)
}

func (e *fakeEngine) answerImage(w http.ResponseWriter, path string) {
	ref := strings.TrimSuffix(strings.TrimPrefix(path, "/images/"), "/json")
	e.mutex.Lock()
	id := e.images[ref]
	e.mutex.Unlock()
	if id == "" {
		w.WriteHeader(404)
		fmt.Fprintf(w, `{"message":"No such image: %s"}`, ref)
		return
	}
	fmt.Fprintf(w, `{"Id":"%s"}`, id)
}

// bench is a gateway between a test and a fake engine.
type bench struct {
	t       *testing.T
	dir     string
	engine  *fakeEngine
	gateway *gateway
	record  *lockedBuffer
	// before is the number of goroutines before the test.
	before    int
	listeners []net.Listener
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

const (
	builderRef = "hyperledger/fabric-ccenv:2.5"
	runtimeRef = "hyperledger/fabric-baseos:2.5"
)

var testPeers = []string{"peer0", "peer1", "peer10", "peer1-b", "p4", "p5", "p6", "p7"}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, before: runtime.NumGoroutine(), record: &lockedBuffer{}}
	var err error
	b.dir, err = ioutil.TempDir("", "gateway")
	if err != nil {
		t.Fatal(err)
	}
	b.engine = &fakeEngine{
		created: map[string]fakeContainer{},
		images:  map[string]string{builderRef: "sha256:builder", runtimeRef: "sha256:runtime"},
		scripts: map[string]http.HandlerFunc{},
	}
	b.engine.listener, err = net.Listen("unix", filepath.Join(b.dir, "engine.sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: b.engine}
	go server.Serve(b.engine.listener)
	cfg := config{
		Project: "fw", Network: "fwnet", NetworkID: "dev", Peers: testPeers,
		Builders: []string{builderRef}, Runtimes: []string{runtimeRef},
	}
	versions := engineVersions{min: apiVersion{1, 12}, max: apiVersion{1, 41}}
	engine := &engine{socket: filepath.Join(b.dir, "engine.sock")}
	b.gateway = newGateway(cfg, engine, versions, newRecorder(b.record), b.dir, filepath.Join(b.dir, "control.json"), filepath.Join(b.dir, "kept"))
	for _, peer := range testPeers {
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(b.dir, peer), Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		b.listeners = append(b.listeners, listener)
		go b.gateway.accept(peer, listener)
	}
	return b
}

// setControl is what fabric-wizard does before a test of chaincode.
func (b *bench) setControl(text string) {
	ioutil.WriteFile(filepath.Join(b.dir, "control.json"), []byte(text), 0600)
}

// close ends the gateway. Nothing of it may go on.
func (b *bench) close() {
	for _, listener := range append(b.listeners, b.engine.listener) {
		listener.Close()
	}
	os.RemoveAll(b.dir)
	if !eventually(func() bool { return runtime.NumGoroutine() <= b.before+1 }) {
		stacks := make([]byte, 1<<20)
		b.t.Errorf("goroutines: %d before, %d after\n%s", b.before, runtime.NumGoroutine(),
			stacks[:runtime.Stack(stacks, true)])
	}
}

// eventually tells whether something becomes true.
func eventually(holds func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); runtime.Gosched() {
		if holds() {
			return true
		}
	}
	return holds()
}

func await(t *testing.T, what string, event <-chan struct{}) {
	select {
	case <-event:
	case <-time.After(patience):
		t.Fatalf("%s: not within %v", what, patience)
	}
}

// link is a connection of a peer.
type link struct {
	*net.UnixConn
	t      *testing.T
	reader *bufio.Reader
}

func (b *bench) dial(peer string) *link {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: filepath.Join(b.dir, peer), Net: "unix"})
	if err != nil {
		b.t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(2 * patience))
	return &link{conn, b.t, bufio.NewReader(conn)}
}

func (l *link) send(text string) {
	if _, err := io.WriteString(l, text); err != nil {
		l.t.Errorf("cannot send: %v", err)
	}
}

// head reads the head of an answer.
func (l *link) head(method string) *http.Response {
	response, err := http.ReadResponse(l.reader, &http.Request{Method: method})
	if err != nil {
		l.t.Errorf("no answer: %v", err)
		return &http.Response{Header: http.Header{}, Body: ioutil.NopCloser(strings.NewReader(""))}
	}
	return response
}

// answer reads a whole answer.
func (l *link) answer(method string) (int, string) {
	response := l.head(method)
	text, err := ioutil.ReadAll(response.Body)
	if err != nil {
		l.t.Errorf("the answer breaks off: %v", err)
	}
	return response.StatusCode, string(text)
}

// rawRequest is the text of a request.
func rawRequest(method, path, body string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: docker\r\nContent-Length: %d\r\n\r\n%s", method, path, len(body), body)
}

// ask sends a request on a connection of its own.
func (b *bench) ask(peer, method, path, body string) (int, string) {
	l := b.dial(peer)
	defer l.Close()
	l.send(rawRequest(method, path, body))
	return l.answer(method)
}

// refused checks that a request is answered with a status, and that it does not reach the engine.
func (b *bench) refused(what, peer, text string, status int) {
	before := len(b.engine.requests())
	l := b.dial(peer)
	defer l.Close()
	l.send(text)
	got, body := l.answer("GET")
	if got != status {
		b.t.Errorf("%s: status %d instead of %d: %s", what, got, status, body)
	}
	if after := b.engine.requests(); len(after) != before {
		b.t.Errorf("%s: the engine got %v", what, after[before:])
	}
}

// entries returns the lines of the record of a type.
func (b *bench) entries(kind string) []entry {
	var result []entry
	for _, line := range strings.Split(b.record.String(), "\n") {
		var e entry
		if json.Unmarshal([]byte(line), &e) == nil && e.Type == kind {
			result = append(result, e)
		}
	}
	return result
}
