package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// builds scripts an engine whose builders run until the test ends them.
type builds struct {
	*bench
	mutex sync.Mutex
	// started gets the id of a builder that starts.
	started chan string
	exits   map[string]chan int
	output  string
	// late ends the wait for a leader that does not start.
	late chan time.Time
	// pulse lets the gateway look after attached clients.
	pulse chan time.Time
}

func newBuilds(t *testing.T) *builds {
	b := &builds{
		bench: newBench(t), started: make(chan string, 10), exits: map[string]chan int{}, output: "the program",
		late: make(chan time.Time), pulse: make(chan time.Time),
	}
	b.gateway.compiles.pulse = func() <-chan time.Time { return b.pulse }
	b.gateway.compiles.tooLate = func() <-chan time.Time { return b.late }
	idOf := func(r *http.Request) string { _, path := splitVersion(r.URL.Path); return strings.Split(path, "/")[2] }
	b.engine.script("POST /containers/*/start", func(w http.ResponseWriter, r *http.Request) {
		b.exit(idOf(r))
		w.WriteHeader(204)
		b.started <- idOf(r)
	})
	b.engine.script("POST /containers/*/attach", func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"+frame("live\n"))
	})
	b.engine.script("POST /containers/*/wait", func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		select {
		case code, ok := <-b.exit(idOf(r)):
			if ok {
				fmt.Fprintf(w, `{"StatusCode":%d}`, code)
			}
		case <-r.Context().Done():
		}
	})
	b.engine.script("GET /containers/*/logs", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, frame("kept\n")) })
	b.engine.script("GET /containers/*/archive", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Docker-Container-Path-Stat", "stat")
		io.WriteString(w, b.output)
	})
	return b
}

func frame(text string) string {
	head := []byte{1, 0, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return string(head) + text
}

func (b *builds) exit(id string) chan int {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.exits[id] == nil {
		b.exits[id] = make(chan int, 1)
	}
	return b.exits[id]
}

func (b *builds) nextStarted() string {
	select {
	case id := <-b.started:
		return id
	case <-time.After(patience):
		b.t.Fatal("no builder starts")
		return ""
	}
}

// builder is the build of one peer, as Fabric does it.
type builder struct {
	b        *builds
	peer, id string
	attached *link
	waiting  *link
}

func (b *builds) newBuilder(peer, body, input string) *builder {
	status, text := b.ask(peer, "POST", "/containers/create", body)
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal([]byte(text), &answer)
	if status != 201 {
		b.t.Fatalf("create: %d %s", status, text)
	}
	if status, text := b.ask(peer, "PUT", "/containers/"+answer.ID+"/archive?path=/chaincode/input", input); status != 200 {
		b.t.Errorf("upload: %d %s", status, text)
	}
	return &builder{b: b, peer: peer, id: answer.ID}
}

// engineID is the builder's id on the engine; empty if the engine does not have it.
func (r *builder) engineID() string { return r.b.gateway.compiles.of(r.id).engineID() }

func (r *builder) attach() {
	r.attached = r.b.dial(r.peer)
	r.attached.send(fmt.Sprintf(attachHead, r.id))
	r.attached.CloseWrite()
	if response := r.attached.head("POST"); response.StatusCode != 101 {
		r.b.t.Errorf("attach: %d", response.StatusCode)
	}
}

func (r *builder) start() {
	if status, text := r.b.ask(r.peer, "POST", "/containers/"+r.id+"/start", ""); status != 204 {
		r.b.t.Errorf("start: %d %s", status, text)
	}
}

func (r *builder) wait() {
	r.waiting = r.b.dial(r.peer)
	r.waiting.send(rawRequest("POST", "/containers/"+r.id+"/wait", ""))
}

func (b *builds) begin(peer, body, input string) *builder {
	r := b.newBuilder(peer, body, input)
	r.attach()
	r.start()
	r.wait()
	return r
}

// end returns the exit code, and what the peer sees of the builder's output.
func (r *builder) end() (code int, shown string) {
	response := r.waiting.head("POST")
	var answer struct{ StatusCode int }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != 200 {
		return -1, ""
	}
	r.waiting.Close()
	text, _ := ioutil.ReadAll(r.attached.reader)
	r.attached.Close()
	return answer.StatusCode, string(text)
}

func (r *builder) download() (int, string) {
	return r.b.ask(r.peer, "GET", "/containers/"+r.id+"/archive?path=/chaincode/output/.", "")
}

func (r *builder) remove() {
	if status, _ := r.b.ask(r.peer, "DELETE", "/containers/"+r.id, ""); status != 204 {
		r.b.t.Errorf("remove: %d", status)
	}
}

// succeed checks that the peer gets a reference to the program, and what it sees.
func (r *builder) succeed(wanted string) { r.succeedWith(wanted, referenceTo(r.b.output)) }

func (r *builder) succeedWith(wanted, program string) {
	code, shown := r.end()
	if code != 0 || shown != frame(wanted) {
		r.b.t.Errorf("%s: exit code %d, shown %q", r.peer, code, shown)
	}
	if status, text := r.download(); status != 200 || text != program {
		r.b.t.Errorf("%s: %d %s", r.peer, status, text)
	}
	r.remove()
}

// referenceTo is what a peer gets in place of a program.
func referenceTo(program string) string {
	return (&output{result: result{sum: hashOf([]byte(program))}}).reference()
}

// use lets a peer build an image of the program that it has got last.
func (r *builder) use() {
	r.b.ask(r.peer, "POST", buildPathOf(r.peer, "cc"), builtContext(referenceTo(r.b.output)))
}

func TestEqualBuildsOfEightPeersAreOne(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	var all []*builder
	for _, peer := range testPeers {
		all = append(all, b.begin(peer, builderBody, "source"))
	}
	id := b.nextStarted()
	if id != all[0].id {
		t.Errorf("%s was started", id)
	}
	// The head of the answer comes before the end.
	for _, r := range all {
		if _, err := r.waiting.reader.Peek(1); err != nil {
			t.Errorf("%s: %v", r.peer, err)
		}
	}
	b.exit(id) <- 0
	for index, r := range all {
		if index == 0 {
			r.succeed("live\n")
		} else {
			r.succeed("kept\n")
		}
	}
	if count := b.engine.count("POST /containers/*/start"); count != 1 {
		t.Errorf("%d builders were started", count)
	}
	from := 0
	for _, e := range b.entries("compiled") {
		if e.From == "peer0" && e.Peer != "peer0" && *e.ExitCode == 0 && e.BuilderID == "sha256:builder" {
			from++
		}
	}
	if from != len(testPeers)-1 || len(b.entries("compiled")) != len(testPeers) {
		t.Errorf("the record has %s", b.record)
	}
	if lines := b.entries("output"); len(lines) != 1 || lines[0].Line != "live" || lines[0].Peer != "peer0" {
		t.Errorf("the record has %v", lines)
	}
	// A peer that comes later gets the same.
	b.begin("peer1", builderBody, "source").succeed("kept\n")
	if count := b.engine.count("POST /containers/*/start"); count != 1 {
		t.Errorf("%d builders were started", count)
	}
}

func TestUnequalBuildsAreNotShared(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	count := 0
	check := func(what, peer, body, input string, isNew bool) {
		r := b.begin(peer, body, input)
		if isNew {
			count++
			b.exit(b.nextStarted()) <- 0
			if what == "not shared" {
				r.succeedWith("live\n", b.output)
			} else {
				r.succeed("live\n")
			}
		} else {
			r.succeed("kept\n")
		}
		if got := b.engine.count("POST /containers/*/start"); got != count {
			t.Fatalf("%s: %d builders were started instead of %d", what, got, count)
		}
	}
	check("first", "peer0", builderBody, "source", true)
	check("equal", "peer1", builderBody, "source", false)
	check("other input", "peer1", builderBody, "source 2", true)
	check("other command", "peer1", strings.Replace(builderBody, "go build", "go build -x", 1), "source", true)
	check("other environment", "peer1", strings.Replace(builderBody, "GOPROXY", "X", 1), "source", true)
	b.engine.mutex.Lock()
	b.engine.images[builderRef] = "sha256:other"
	b.engine.mutex.Unlock()
	check("other builder", "peer1", builderBody, "source", true)
	b.setControl(`{"token":"t","share":true}`)
	check("other token", "peer1", builderBody, "source", true)
	check("equal token", "peer0", builderBody, "source", false)
	b.setControl(`{"token":"t","share":false}`)
	check("not shared", "peer1", builderBody, "source", true)
	check("not shared", "peer0", builderBody, "source", true)
	b.setControl(`{"token":"t"}`)
	check("share is not named", "peer0", builderBody, "source", false)
	os.Remove(filepath.Join(b.dir, "control.json"))
	check("no control", "peer0", builderBody, "source", false)
}

// Whoever leads a build may not change its input once others rely on it.
func TestInputCannotChangeAfterwards(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader := b.newBuilder("peer0", builderBody, "source")
	leader.attach()
	upload := func() int {
		status, _ := b.ask("peer0", "PUT", "/containers/"+leader.id+"/archive?path=/chaincode/input", "other")
		return status
	}
	if status := upload(); status != 403 {
		t.Errorf("after attach: %d", status)
	}
	leader.start()
	leader.wait()
	if status := upload(); status != 403 {
		t.Errorf("after start: %d", status)
	}
	b.exit(b.nextStarted()) <- 0
	leader.succeed("live\n")
}

func TestTwoUploadsAtATime(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	reading, end := make(chan struct{}), make(chan struct{})
	r := b.newBuilder("peer0", builderBody, "source")
	b.engine.script("PUT /containers/*/archive", func(w http.ResponseWriter, r *http.Request) {
		close(reading)
		<-end
		ioutil.ReadAll(r.Body)
	})
	first := b.dial("peer0")
	defer first.Close()
	first.send(rawRequest("PUT", "/containers/"+r.id+"/archive?path=/", "a"))
	await(t, "the first upload", reading)
	if status, _ := b.ask("peer0", "PUT", "/containers/"+r.id+"/archive?path=/", "b"); status != 403 {
		t.Errorf("second upload: %d", status)
	}
	close(end)
	if status, _ := first.answer("PUT"); status != 200 {
		t.Errorf("first upload: %d", status)
	}
}

// An upload that failed may have left anything in the container.
func TestBuildsWithUnknownInputAreNotShared(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	for _, peer := range []string{"peer0", "peer1"} {
		// Otherwise the second one would be made when it has its input.
		b.gateway.builderKinds.known = nil
		r := b.newBuilder(peer, builderBody, "source")
		b.engine.script("PUT /containers/*/archive", func(w http.ResponseWriter, r *http.Request) {
			b.engine.keepBody(r)
			w.WriteHeader(500)
		})
		if status, _ := b.ask(peer, "PUT", "/containers/"+r.id+"/archive?path=/", "x"); status != 500 {
			t.Errorf("upload: %d", status)
		}
		b.engine.script("PUT /containers/*/archive", nil)
		r.attach()
		r.start()
		r.wait()
		b.exit(b.nextStarted()) <- 0
		r.succeedWith("live\n", b.output)
	}
}

func TestFailedBuild(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	first, second := b.begin("peer0", builderBody, "source"), b.begin("peer1", builderBody, "source")
	b.exit(b.nextStarted()) <- 2
	if code, shown := first.end(); code != 2 || shown != frame("live\n") {
		t.Errorf("leader: %d %q", code, shown)
	}
	if code, shown := second.end(); code != 2 || shown != frame("kept\n") {
		t.Errorf("follower: %d %q", code, shown)
	}
	third := b.begin("peer1", builderBody, "source")
	b.exit(b.nextStarted()) <- 0
	third.succeed("live\n")
	if count := b.engine.count("POST /containers/*/start"); count != 2 {
		t.Errorf("%d builders were started", count)
	}
}

// takeOver checks that the follower's own container is run when the leader has no result.
func takeOver(t *testing.T, what string, lose func(b *builds, leader *builder)) {
	b := newBuilds(t)
	defer b.close()
	leader := b.newBuilder("peer0", builderBody, "source")
	leader.attach()
	follower := b.begin("peer1", builderBody, "source")
	lose(b, leader)
	for {
		id := b.nextStarted()
		if id == follower.engineID() {
			b.exit(id) <- 0
			break
		}
	}
	code, shown := follower.end()
	if code != 0 || shown != frame("kept\n") {
		t.Errorf("%s: %d %q", what, code, shown)
	}
	if status, text := follower.download(); status != 200 || text != referenceTo(b.output) {
		t.Errorf("%s: %d %s", what, status, text)
	}
	leader.attached.Close()
	if leader.waiting != nil {
		leader.waiting.Close()
	}
}

// exitWith lets the builder run and end, and checks that its peer learns how.
func (r *builder) exitWith(code int) {
	r.start()
	r.wait()
	r.b.exit(r.id) <- code
	if learned, _ := r.end(); learned != code {
		r.b.t.Errorf("%s: exit code %d", r.peer, learned)
	}
}

func TestLeaderWithoutResult(t *testing.T) {
	takeOver(t, "removed before its start", func(b *builds, leader *builder) { leader.remove() })
	takeOver(t, "removed while it builds", func(b *builds, leader *builder) {
		leader.start()
		leader.wait()
		leader.remove()
		b.exit(leader.id) <- 137
	})
	takeOver(t, "killed", func(b *builds, leader *builder) {
		leader.exitWith(137)
	})
	takeOver(t, "ends well without its program", func(b *builds, leader *builder) {
		archive := b.engine.scripts["GET /containers/*/archive"]
		b.engine.script("GET /containers/*/archive", func(w http.ResponseWriter, r *http.Request) {
			b.engine.script("GET /containers/*/archive", archive)
			w.WriteHeader(404)
			io.WriteString(w, `{"message":"no such path"}`)
		})
		leader.exitWith(0)
	})
	takeOver(t, "engine breaks off", func(b *builds, leader *builder) {
		leader.start()
		leader.wait()
		close(b.exit(leader.id))
		if code, _ := leader.end(); code != -1 {
			t.Errorf("leader: %d", code)
		}
	})
	takeOver(t, "start fails", func(b *builds, leader *builder) {
		start := b.engine.scripts["POST /containers/*/start"]
		b.engine.script("POST /containers/*/start", func(w http.ResponseWriter, r *http.Request) {
			b.engine.script("POST /containers/*/start", start)
			w.WriteHeader(500)
			io.WriteString(w, `{"message":"no space left"}`)
		})
		if status, text := b.ask("peer0", "POST", "/containers/"+leader.id+"/start", ""); status != 500 || !strings.Contains(text, "no space left") {
			t.Errorf("leader: %d %s", status, text)
		}
	})
	takeOver(t, "never started", func(b *builds, leader *builder) { b.late <- time.Now() })
}

// A build does not end with the peer that led it.
func TestLeaderHangsUp(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader, follower := b.begin("peer0", builderBody, "source"), b.begin("peer1", builderBody, "source")
	id := b.nextStarted()
	leader.waiting.Close()
	leader.attached.Close()
	b.exit(id) <- 0
	follower.succeed("kept\n")
	if count := b.engine.count("POST /containers/*/start"); count != 1 {
		t.Errorf("%d builders were started", count)
	}
}

// The peer of a leader that was given up builds for itself.
func TestLeaderStartsTooLate(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader := b.newBuilder("peer0", builderBody, "source")
	leader.attach()
	follower := b.begin("peer1", builderBody, "source")
	b.late <- time.Now()
	b.exit(b.nextStarted()) <- 0
	follower.succeed("kept\n")
	leader.start()
	leader.wait()
	b.exit(b.nextStarted()) <- 0
	leader.succeed("live\n")
	// This output is removed like any other when there are newer ones.
	for index := 0; index < keptOutputs; index++ {
		r := b.begin("peer0", builderBody, fmt.Sprint("source ", index))
		b.exit(b.nextStarted()) <- 0
		r.succeed("live\n")
		r.use()
	}
	if files, _ := filepath.Glob(filepath.Join(b.dir, "output-*")); len(files) != keptOutputs {
		t.Errorf("%d files", len(files))
	}
}

func TestFollowerHangsUp(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader, follower := b.begin("peer0", builderBody, "source"), b.begin("peer1", builderBody, "source")
	follower.waiting.Close()
	follower.attached.Close()
	b.exit(b.nextStarted()) <- 0
	leader.succeed("live\n")
}

// A peer that is killed before it waits leaves nothing behind.
func TestAttachedFollowerHangsUp(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader := b.newBuilder("peer0", builderBody, "source")
	leader.attach()
	follower := b.newBuilder("peer1", builderBody, "source")
	follower.attach()
	b.pulse <- time.Now()
	if pulse, err := follower.attached.reader.Peek(8); err != nil || string(pulse) != frame("") {
		t.Errorf("got %q, %v", pulse, err)
	}
	follower.attached.Close()
	b.pulse <- time.Now()
	leader.attached.Close()
}

func TestEngineLostDuringABuild(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader, follower := b.begin("peer0", builderBody, "source"), b.begin("peer1", builderBody, "source")
	b.engine.listener.Close()
	close(b.exit(b.nextStarted()))
	for _, r := range []*builder{leader, follower} {
		if code, _ := r.end(); code != -1 {
			t.Errorf("%s: exit code %d", r.peer, code)
		}
		r.waiting.Close()
		r.attached.Close()
	}
}

// Newer peers ask the builder something before they build: without input, and without output.
func TestBuilderWithoutOutput(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	b.engine.script("GET /containers/*/archive", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(404)
		io.WriteString(w, `{"message":"no such path"}`)
	})
	leader, follower := b.begin("peer0", builderBody, ""), b.begin("peer1", builderBody, "")
	b.exit(b.nextStarted()) <- 0
	for _, r := range []*builder{leader, follower} {
		if code, _ := r.end(); code != 0 {
			t.Errorf("%s: exit code %d", r.peer, code)
		}
		if status, text := r.download(); status != 404 || !strings.Contains(text, "no such") {
			t.Errorf("%s: %d %s", r.peer, status, text)
		}
		r.remove()
	}
}

func TestOldOutputsAreRemoved(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	for index := 0; index < keptOutputs+5; index++ {
		r := b.begin("peer0", builderBody, fmt.Sprint("source ", index))
		b.exit(b.nextStarted()) <- 0
		r.succeed("live\n")
		r.use()
	}
	files, _ := filepath.Glob(filepath.Join(b.dir, "output-*"))
	if len(files) != keptOutputs || len(b.gateway.compiles.outputs) != keptOutputs || len(b.gateway.compiles.containers) != 0 {
		t.Errorf("%d files, %d outputs, %d containers", len(files), len(b.gateway.compiles.outputs), len(b.gateway.compiles.containers))
	}
	b.begin("peer1", builderBody, fmt.Sprint("source ", keptOutputs+4)).succeed("kept\n")
}

func TestLinesOfFrames(t *testing.T) {
	var lines []string
	frames := &frameReader{record: func(line string) { lines = append(lines, line) }}
	stream := frame("a\nb") + frame("c\r\n\n") + frame("d")
	for index := range stream {
		frames.Write([]byte(stream[index : index+1]))
	}
	frames.end()
	if got := strings.Join(lines, "|"); got != "a|bc||d" {
		t.Errorf("got %s", got)
	}
	// A line without end must not fill the memory.
	lines = nil
	for index := 0; index < 100; index++ {
		frames.Write([]byte(frame(strings.Repeat("x", 1<<10))))
	}
	if len(lines) < 5 || len(frames.line) > 20<<10 {
		t.Errorf("%d lines, and %d bytes are kept", len(lines), len(frames.line))
	}
}
