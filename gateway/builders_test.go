package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// first lets the engine make a builder, so that equal ones are made later.
func (b *builds) first() *builder {
	r := b.newBuilder("peer0", builderBody, "source")
	if r.engineID() != r.id {
		b.t.Fatal("the first builder is not on the engine")
	}
	return r
}

// inputs is the number of archives that are kept.
func (b *builds) inputs() int {
	files, _ := filepath.Glob(filepath.Join(b.dir, "input-*"))
	return len(files)
}

func TestEngineGetsNoBuilderOfAPeerThatDoesNotCompile(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	leader := b.begin("peer0", builderBody, "source")
	b.exit(b.nextStarted()) <- 0
	leader.succeed("live\n")
	before := len(b.engine.requests())
	for _, peer := range testPeers[1:] {
		b.begin(peer, builderBody, "source").succeed("kept\n")
	}
	for _, request := range b.engine.requests()[before:] {
		if !strings.HasPrefix(request, "GET /images/") {
			t.Errorf("the engine got %s", request)
		}
	}
	if entries := b.entries("compile"); len(entries) != len(testPeers) || entries[1].BuilderID != "sha256:builder" {
		t.Errorf("the record has %v", entries)
	}
	if count := b.inputs(); count != 0 {
		t.Errorf("%d inputs are kept", count)
	}
}

// What no other peer has built is built as if the engine had made the builder at once.
func TestBuilderThatIsMadeLater(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	b.first()
	r := b.newBuilder("peer1", builderBody, "source 2")
	if r.engineID() != "" || b.inputs() != 1 {
		t.Errorf("the engine has the builder %q, and %d inputs are kept", r.engineID(), b.inputs())
	}
	r.attach()
	if text := b.engine.lastBody(); text != "source 2" {
		t.Errorf("the builder got %q", text)
	}
	if container := b.engine.created[r.engineID()]; container.image != "sha256:builder" || container.labels[ownerLabel] != "fw/peer1" {
		t.Errorf("the engine made %v", container)
	}
	// The peer that knows this id can do no more with it.
	if status, _ := b.ask("peer1", "PUT", "/containers/"+r.engineID()+"/archive?path=/chaincode/input", "other"); status != 403 {
		t.Errorf("upload: %d", status)
	}
	if status, _ := b.ask("peer0", "POST", "/containers/"+r.engineID()+"/start", ""); status != 403 {
		t.Errorf("start by another peer: %d", status)
	}
	r.start()
	r.wait()
	if id := b.nextStarted(); id != r.engineID() {
		t.Errorf("%s was started", id)
	}
	b.exit(r.engineID()) <- 0
	id := r.engineID()
	r.succeed("live\n")
	if requests := b.engine.requests(); requests[len(requests)-1] != "DELETE /containers/"+id {
		t.Errorf("the engine got %v", requests)
	}
	if len(b.gateway.compiles.containers) != 1 {
		t.Errorf("%d containers are known", len(b.gateway.compiles.containers))
	}
}

func TestBuildersThatAreMadeAtOnce(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	isMade := func(what, peer, body string, wanted bool) {
		r := b.newBuilder(peer, body, "source")
		if (r.engineID() != "") != wanted {
			t.Errorf("%s: on the engine: %v", what, !wanted)
		}
		r.remove()
	}
	isMade("first", "peer0", builderBody, true)
	isMade("equal", "peer1", builderBody, false)
	isMade("other command", "peer1", strings.Replace(builderBody, "go build", "go build -x", 1), true)
	b.engine.mutex.Lock()
	b.engine.images[builderRef] = "sha256:other"
	b.engine.mutex.Unlock()
	isMade("other image", "peer1", builderBody, true)
	isMade("equal", "peer0", builderBody, false)
	b.setControl(`{"token":"t","share":false}`)
	isMade("not shared", "peer1", builderBody, true)
}

// What the engine refuses, it is asked again.
func TestBuilderThatTheEngineRefuses(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	b.engine.script("POST /containers/create", func(w http.ResponseWriter, r *http.Request) {
		b.engine.script("POST /containers/create", nil)
		w.WriteHeader(404)
		io.WriteString(w, `{"message":"no such image"}`)
	})
	if status, text := b.ask("peer0", "POST", "/containers/create", builderBody); status != 404 || !strings.Contains(text, "no such image") {
		t.Errorf("%d %s", status, text)
	}
	if r := b.newBuilder("peer1", builderBody, "source"); r.engineID() != r.id {
		t.Error("the next builder is not on the engine")
	}
}

// A failure that an engine reports when it makes the builder is reported when the builder is needed.
func TestBuilderThatCannotBeMadeLater(t *testing.T) {
	for what, request := range map[string]string{"creation": "POST /containers/create", "upload": "PUT /containers/*/archive"} {
		b := newBuilds(t)
		b.first()
		r := b.newBuilder("peer1", builderBody, "source 2")
		b.engine.script(request, func(w http.ResponseWriter, r *http.Request) {
			b.engine.keepBody(r)
			w.WriteHeader(500)
			io.WriteString(w, `{"message":"no space left"}`)
		})
		l := b.dial("peer1")
		l.send(rawRequest("POST", "/containers/"+r.id+"/start", ""))
		if status, text := l.answer("POST"); status != 500 || !strings.Contains(text, "no space left") {
			t.Errorf("%s: %d %s", what, status, text)
		}
		l.Close()
		if created, removed := b.engine.count("POST /containers/create"), b.engine.count("DELETE /containers/*"); what == "upload" && (created != 2 || removed != 1) {
			t.Errorf("%s: %d builders, %d of them removed", what, created, removed)
		}
		r.remove()
		if b.inputs() != 0 {
			t.Errorf("%s: an input is kept", what)
		}
		b.close()
	}
}

func TestUploadThatBreaksOff(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	b.first()
	r := b.newBuilder("peer1", builderBody, "source")
	l := b.dial("peer1")
	l.send("PUT /containers/" + r.id + "/archive?path=/ HTTP/1.1\r\nHost: docker\r\nContent-Length: 100\r\n\r\nx")
	l.CloseWrite()
	if status, _ := l.answer("PUT"); status != 400 {
		t.Errorf("%d", status)
	}
	l.Close()
	if b.inputs() != 1 {
		t.Errorf("%d inputs are kept", b.inputs())
	}
	r.attach()
	r.start()
	r.wait()
	b.exit(b.nextStarted()) <- 0
	// Nobody knows what the peer meant, so the program is its own.
	r.succeedWith("live\n", b.output)
}

func TestBuilderThatDoesNotRun(t *testing.T) {
	b := newBuilds(t)
	defer b.close()
	b.first()
	r := b.newBuilder("peer1", builderBody, "source")
	if status, _ := b.ask("peer1", "POST", "/containers/"+r.id+"/kill", ""); status != 409 {
		t.Errorf("kill: %d", status)
	}
	if status, _ := r.download(); status != 404 {
		t.Errorf("download: %d", status)
	}
	r.remove()
	if status, _ := b.ask("peer1", "POST", "/containers/"+r.id+"/start", ""); status != 404 {
		t.Errorf("start after the removal: %d", status)
	}
}
