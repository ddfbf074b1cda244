package main

import (
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
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

// makesImages lets the engine make an image of each build.
func (b *bench) makesImages() {
	made := 0
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		b.engine.mutex.Lock()
		made++
		b.engine.images[r.URL.Query().Get("t")] = fmt.Sprintf("sha256:made%d", made)
		b.engine.mutex.Unlock()
		io.WriteString(w, "{\"stream\":\"Successfully built\"}\r\n")
	})
}

// buildFor builds an image for a peer. It returns the id that is recorded.
func (b *bench) buildFor(peer, chaincode, content, parameters string) string {
	before := len(b.entries("image"))
	path := fmt.Sprintf("/build?networkmode=fwnet&t=dev-%s-%s-1-abc%s", peer, chaincode, parameters)
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
			path := fmt.Sprintf("/build?networkmode=fwnet&t=dev-%s-cc-1-abc", peer)
			if status, text := b.ask(peer, "POST", path, builtContext("x")); status != 200 || !strings.Contains(text, "Successfully built") {
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
	control := func(text string) {
		ioutil.WriteFile(filepath.Join(b.dir, "control.json"), []byte(text), 0600)
	}
	for what, build := range map[string]func() string{
		"another file": func() string { return b.buildFor("peer1", "cc", "y", "") },
		"no cache":     func() string { return b.buildFor("peer1", "cc", "x", "&nocache=1") },
		"another token": func() string {
			control(`{"token":"t","share":true}`)
			defer os.Remove(filepath.Join(b.dir, "control.json"))
			return b.buildFor("peer1", "cc", "x", "")
		},
		"no sharing": func() string {
			control(`{"share":false}`)
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

func TestImageOfAFailedBuildIsBuiltByTheNextPeer(t *testing.T) {
	b := newBench(t)
	defer b.close()
	begun, fail := make(chan struct{}), make(chan struct{})
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		b.makesImages()
		close(begun)
		<-fail
		io.WriteString(w, "{\"error\":\"no space left on device\"}\r\n")
	})
	failed := make(chan string)
	go func() {
		_, text := b.ask("peer0", "POST", buildPath, builtContext("x"))
		failed <- text
	}()
	await(t, "the engine builds", begun)
	next := make(chan string)
	go func() { next <- b.buildFor("peer1", "cc", "x", "") }()
	close(fail)
	if text := <-failed; !strings.Contains(text, "no space left") {
		t.Errorf("the first peer got %s", text)
	}
	if id := <-next; id != "sha256:made1" {
		t.Errorf("the next peer has %q", id)
	}
}

func TestContextThatIsRefusedIsRefusedForEachPeer(t *testing.T) {
	b := newBench(t)
	defer b.close()
	context := tarOf(tarFile("Dockerfile", "FROM alpine\n"))
	for _, peer := range testPeers[:2] {
		path := fmt.Sprintf("/build?networkmode=fwnet&t=dev-%s-cc-1-abc", peer)
		if status, text := b.ask(peer, "POST", path, context); status != 403 {
			t.Errorf("%s: %d %s", peer, status, text)
		}
	}
	if refused := b.entries("refused"); len(refused) != 2 {
		t.Errorf("the record has %s", b.record)
	}
	b.keepsNoContext()
}
