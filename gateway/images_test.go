package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// builtContext is a context whose file has this content.
func builtContext(content string) string {
	return tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("binpackage.tar", content))
}

// buildPathOf is the path of a peer's build.
func buildPathOf(peer, chaincode string) string {
	return fmt.Sprintf("/build?networkmode=fwnet&t=dev-%s-%s-1-abc", peer, chaincode)
}

// makesImages lets the engine make an image of each build.
func (b *bench) makesImages() {
	made := 0
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		b.engine.mutex.Lock()
		made++
		id := fmt.Sprintf("sha256:made%d", made)
		b.engine.images[r.URL.Query().Get("t")] = id
		b.engine.mutex.Unlock()
		fmt.Fprintf(w, "{\"aux\":{\"ID\":\"%s\"}}\r\n{\"stream\":\"Successfully built\"}\r\n", id)
	})
}

// buildFor builds an image for a peer. It returns the id that is recorded.
func (b *bench) buildFor(peer, chaincode, content, parameters string) string {
	before := len(b.entries("image"))
	path := buildPathOf(peer, chaincode) + parameters
	if status, text := b.ask(peer, "POST", path, builtContext(content)); status != 200 || !strings.Contains(text, "Successfully built") {
		b.t.Errorf("%s: %d %s", peer, status, text)
	}
	images := b.entries("image")
	if len(images) != before+1 {
		b.t.Fatalf("the record has %s", b.record)
	}
	return images[before].ImageID
}

func TestImagesOfEqualContextsAreOne(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.makesImages()
	var peers sync.WaitGroup
	for _, peer := range testPeers {
		peers.Add(1)
		go func(peer string) {
			defer peers.Done()
			if status, text := b.ask(peer, "POST", buildPathOf(peer, "cc"), builtContext("x")); status != 200 || !strings.Contains(text, "Successfully built") {
				t.Errorf("%s: %d %s", peer, status, text)
			}
		}(peer)
	}
	peers.Wait()
	if builds, tags := b.engine.count("POST /build"), b.engine.count("POST /images/sha256:made1/tag"); builds != 1 || tags != len(testPeers)-1 {
		t.Errorf("%d builds and %d tags", builds, tags)
	}
	for _, peer := range testPeers {
		if id := b.engine.images["dev-"+peer+"-cc-1-abc"]; id != "sha256:made1" {
			t.Errorf("%s has the image %q", peer, id)
		}
	}
	for _, image := range b.entries("image") {
		if image.ImageID != "sha256:made1" || image.RuntimeID != "sha256:runtime" {
			t.Errorf("the record has %v", image)
		}
	}
	b.keepsNoContext()
}

func TestImagesOfOtherContextsAreBuilt(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.makesImages()
	first := b.buildFor("peer0", "cc", "x", "")
	for what, build := range map[string]func() string{
		"another file": func() string { return b.buildFor("peer1", "cc", "y", "") },
		"no cache":     func() string { return b.buildFor("peer1", "cc", "x", "&nocache=1") },
		"another token": func() string {
			b.setControl(`{"token":"t","share":true}`)
			defer os.Remove(filepath.Join(b.dir, "control.json"))
			return b.buildFor("peer1", "cc", "x", "")
		},
		"no sharing": func() string {
			b.setControl(`{"share":false}`)
			defer os.Remove(filepath.Join(b.dir, "control.json"))
			return b.buildFor("peer1", "cc", "x", "")
		},
		"another runtime": func() string {
			b.engine.images[runtimeRef] = "sha256:other"
			defer func() { b.engine.images[runtimeRef] = "sha256:runtime" }()
			return b.buildFor("peer1", "cc", "x", "")
		},
	} {
		if id := build(); id == first {
			t.Errorf("%s: the image is shared", what)
		}
	}
}

// A peer can give the name to another image before the gateway hears of the end.
func TestNameThatChangesDuringABuild(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.engine.images["other"] = "sha256:other"
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		b.engine.mutex.Lock()
		b.engine.images["built"] = "sha256:built"
		b.engine.images["dev-peer0-cc-1-abc"] = "sha256:other"
		b.engine.mutex.Unlock()
		io.WriteString(w, "{\"aux\":{\"ID\":\"sha256:built\"}}\r\n")
	})
	b.ask("peer0", "POST", buildPath, builtContext("x"))
	if id := b.buildFor("peer1", "cc", "x", ""); id != "sha256:built" {
		t.Errorf("the other peer has %s", id)
	}
}

func TestImagesWithoutAReportedIdAreNotShared(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for _, peer := range testPeers[:2] {
		b.engine.images["dev-"+peer+"-cc-1-abc"] = "sha256:made"
		b.buildFor(peer, "cc", "x", "")
	}
	if builds := b.engine.count("POST /build"); builds != 2 {
		t.Errorf("the engine got %d builds", builds)
	}
}

func TestImageThatIsGoneIsBuiltAgain(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.makesImages()
	b.buildFor("peer0", "cc", "x", "")
	delete(b.engine.images, "dev-peer0-cc-1-abc")
	if id := b.buildFor("peer1", "cc", "x", ""); id != "sha256:made2" {
		t.Errorf("the image is %s", id)
	}
	if id := b.buildFor("peer10", "cc", "x", ""); id != "sha256:made2" {
		t.Errorf("the next image is %s", id)
	}
}

func TestErrorOfTheEngine(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		b.makesImages()
		io.WriteString(w, "{\"error\":\"no space left on device\"}\r\n")
	})
	if _, text := b.ask("peer0", "POST", buildPath, builtContext("x")); !strings.Contains(text, "no space left") {
		t.Errorf("the peer got %s", text)
	}
	if id := b.buildFor("peer1", "cc", "x", ""); id != "sha256:made1" {
		t.Errorf("a later peer has %q", id)
	}
}

func TestPeersThatWaitGetTheErrorOfTheEngine(t *testing.T) {
	b := newBench(t)
	defer b.close()
	context, err := b.gateway.keepContext(strings.NewReader(builtContext("x")))
	if err != nil {
		t.Fatal(err)
	}
	defer context.Close()
	image, leads := b.gateway.images.assign(b.gateway.imageKey(context, url.Values{}))
	if !leads {
		t.Fatal("an image is known")
	}
	image.message = "no space left on device"
	close(image.done)
	if _, text := b.ask("peer0", "POST", buildPath, builtContext("x")); !strings.Contains(text, `"error":"no space left on device"`) {
		t.Errorf("the peer got %s", text)
	}
	if failed := b.entries("build-failed"); len(failed) != 1 || failed[0].Message != image.message {
		t.Errorf("the record has %s", b.record)
	}
	if builds := b.engine.count("POST /build"); builds != 0 {
		t.Errorf("the engine got %d builds", builds)
	}
}

// contexts is the number of contexts that are kept.
func (b *bench) contexts() int {
	files, _ := filepath.Glob(filepath.Join(b.dir, "context-*"))
	return len(files)
}

func TestPeersThatHangUpDuringAnEqualBuild(t *testing.T) {
	b := newBench(t)
	defer b.close()
	begun, hang := make(chan struct{}), make(chan struct{})
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		close(begun)
		select {
		case <-r.Context().Done():
		case <-hang:
		}
	})
	defer close(hang)
	leader, follower := b.dial("peer0"), b.dial("peer1")
	leader.send(rawRequest("POST", buildPath, builtContext("x")))
	await(t, "the engine builds", begun)
	follower.send(rawRequest("POST", buildPathOf("peer1", "cc"), builtContext("x")))
	next := b.dial("peer10")
	next.send(rawRequest("POST", buildPathOf("peer10", "cc"), builtContext("x")))
	if !eventually(func() bool { return b.contexts() == 3 }) {
		t.Fatal("the contexts are not kept")
	}
	follower.Close()
	if !eventually(func() bool { return len(b.entries("build-failed")) == 1 }) {
		t.Errorf("the record has %s", b.record)
	}
	b.makesImages()
	leader.Close()
	if status, text := next.answer("POST"); status != 200 || !strings.Contains(text, "Successfully built") {
		t.Errorf("the next peer got %d %s", status, text)
	}
	next.Close()
	if images := b.entries("image"); len(images) != 1 || images[0].Peer != "peer10" {
		t.Errorf("the record has %s", b.record)
	}
}

func TestContextThatIsRefusedIsRefusedForEachPeer(t *testing.T) {
	b := newBench(t)
	defer b.close()
	context := tarOf(tarFile("Dockerfile", "FROM alpine\n"))
	for _, peer := range testPeers[:2] {
		if status, text := b.ask(peer, "POST", buildPathOf(peer, "cc"), context); status != 403 {
			t.Errorf("%s: %d %s", peer, status, text)
		}
	}
	if refused := b.entries("refused"); len(refused) != 2 {
		t.Errorf("the record has %s", b.record)
	}
	b.keepsNoContext()
}
