package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// program is larger than what the gateway reads at once, and no multiple of a block.
var program = strings.Repeat("0123456789", 10000)

// built returns builds whose builders make the program, and whose engine makes images.
func built(t *testing.T) *builds {
	b := newBuilds(t)
	b.output = program
	b.makesImages()
	return b
}

// give lets a peer get a reference to the program. The first peer compiles it.
func (b *builds) give(peer string) *builder {
	isFirst := b.engine.count("POST /containers/*/start") == 0
	r := b.begin(peer, builderBody, "source")
	if isFirst {
		b.exit(b.nextStarted()) <- 0
		r.succeed("live\n")
	} else {
		r.succeed("kept\n")
	}
	return r
}

// grants is the number of references that can be used.
func (b *builds) grants() int {
	b.gateway.compiles.mutex.Lock()
	defer b.gateway.compiles.mutex.Unlock()
	return len(b.gateway.compiles.granted)
}

func TestEngineGetsTheProgramInPlaceOfItsReference(t *testing.T) {
	for what, context := range map[string]string{
		"behind the Dockerfile": builtContext(referenceTo(program)),
		"before it":             tarOf(tarFile("binpackage.tar", referenceTo(program)), tarFile("Dockerfile", goodDockerfile)),
		"compressed":            gzipped(builtContext(referenceTo(program))),
	} {
		b := built(t)
		b.give("peer0")
		if status, text := b.ask("peer0", "POST", buildPathOf("peer0", "cc"), context); status != 200 {
			t.Errorf("%s: %d %s", what, status, text)
		}
		files := filesIn(t, b.engine.lastBody())
		if len(files) != 2 || files["binpackage.tar"] != program || files["Dockerfile"] != goodDockerfile {
			t.Errorf("%s: the engine got %d files, the program with %d bytes", what, len(files), len(files["binpackage.tar"]))
		}
		b.keepsNoContext()
		b.close()
	}
}

func TestPeersWithReferencesGetOneImage(t *testing.T) {
	b := built(t)
	defer b.close()
	for _, peer := range testPeers[:3] {
		b.give(peer)
		if id := b.buildFor(peer, "cc", referenceTo(program), ""); id != "sha256:made1" {
			t.Errorf("%s has the image %s", peer, id)
		}
	}
	if count := b.engine.count("POST /build"); count != 1 {
		t.Errorf("the engine got %d builds", count)
	}
	for index, image := range b.entries("image") {
		from := "peer0"
		if index == 0 {
			from = ""
		}
		if image.From != from || image.BuilderID != "sha256:builder" || image.RuntimeID != "sha256:runtime" {
			t.Errorf("the record has %v", image)
		}
	}
}

// A reference is of use for the peer that got it, and for one build.
func TestReferencesThatAreRefused(t *testing.T) {
	b := built(t)
	defer b.close()
	b.give("peer0")
	reference := referenceTo(program)
	unknown := referenceTo("another program")
	long := strings.Repeat("x", 2*maxReferring)
	for what, context := range map[string]string{
		"unknown":                  builtContext(unknown),
		"in a long context":        tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("x", long), tarFile("binpackage.tar", reference)),
		"twice":                    tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("binpackage.tar", reference), tarFile("binpackage.tar", reference)),
		"unknown behind the known": tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("binpackage.tar", reference), tarFile("binpackage.tar", unknown)),
	} {
		b.give("peer0")
		if status, text := b.ask("peer0", "POST", buildPathOf("peer0", "cc"), context); status != 403 || !strings.Contains(text, "build again") {
			t.Errorf("%s: %d %s", what, status, text)
		}
	}
	// Even if there is an image of this context.
	b.give("peer0")
	before := b.grants()
	b.buildFor("peer0", "cc", reference, "")
	if !eventually(func() bool { return b.grants() < before }) {
		t.Fatal("a grant does not end")
	}
	if status, text := b.ask("peer1", "POST", buildPathOf("peer1", "cc"), builtContext(reference)); status != 403 {
		t.Errorf("another peer: %d %s", status, text)
	}
	for left := b.grants(); left > 0; left-- {
		b.buildFor("peer0", "cc", reference, "")
		// The peer is answered first.
		if !eventually(func() bool { return b.grants() < left }) {
			t.Fatal("a grant does not end")
		}
	}
	if status, text := b.ask("peer0", "POST", buildPathOf("peer0", "cc"), builtContext(reference)); status != 403 {
		t.Errorf("after the build: %d %s", status, text)
	}
	failed := b.entries("build-failed")
	if len(failed) == 0 || !strings.Contains(failed[0].Message, "does not keep") {
		t.Errorf("the record has %s", b.record)
	}
}

// Files that only look similar are passed on as they are.
func TestFilesThatAreNoReference(t *testing.T) {
	b := built(t)
	defer b.close()
	reference := referenceTo(program)
	for what, file := range map[string]tarEntry{
		"another name":    tarFile("other.tar", reference),
		"another size":    tarFile("binpackage.tar", reference+"\n"),
		"another content": tarFile("binpackage.tar", strings.Repeat("x", len(reference))),
	} {
		b.ask("peer0", "POST", buildPathOf("peer0", "cc"), tarOf(tarFile("Dockerfile", goodDockerfile), file))
		if files := filesIn(t, b.engine.lastBody()); files[file.header.Name] != file.content {
			t.Errorf("%s: the engine got %q", what, files)
		}
	}
}

func TestReferencesOfAPeerAreLimited(t *testing.T) {
	b := built(t)
	defer b.close()
	for index := 0; index < keptGrants+5; index++ {
		for _, peer := range []string{"peer0", "peer1"} {
			c := newCompile(peer, fmt.Sprint(peer, index), "sha256:builder", creation{image: builderRef, equal: fmt.Sprint(peer, index)})
			out, _ := b.gateway.compiles.assign(c, control{Share: true})
			b.gateway.compiles.settle(out, result{exited: true, file: "none", sum: fmt.Sprint(peer, index)})
			b.gateway.compiles.grant(c)
		}
	}
	if count := b.grants(); count != 2*keptGrants {
		t.Errorf("%d grants", count)
	}
	for index, isKept := range map[int]bool{4: false, 5: true, keptGrants + 4: true} {
		out := output{result: result{sum: fmt.Sprint("peer0", index)}}
		if c := b.gateway.compiles.grantOf("peer0", out.reference()); (c != nil) != isKept {
			t.Errorf("%d: kept %v", index, c != nil)
		}
	}
}

func TestProgramThatIsLostIsTold(t *testing.T) {
	b := built(t)
	defer b.close()
	r := b.begin("peer0", builderBody, "source")
	b.exit(b.nextStarted()) <- 0
	r.end()
	r.download()
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) { t.Error("the engine builds") })
	b.gateway.compiles.of(r.id).output().file = b.dir + "/none"
	if status, text := b.ask("peer0", "POST", buildPathOf("peer0", "cc"), builtContext(referenceTo(program))); status != 502 {
		t.Errorf("%d %s", status, text)
	}
}
