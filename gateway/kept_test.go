package main

import (
	"fmt"
	"io/ioutil"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// newBuildsKeeping is an engine whose gateways share a volume.
func newBuildsKeeping(t *testing.T, volume string) *builds {
	b := newBuilds(t)
	b.gateway.compiles.kept.dir = volume
	return b
}

func newVolume(t *testing.T) string {
	volume, err := ioutil.TempDir("", "kept")
	if err != nil {
		t.Fatal(err)
	}
	return volume
}

func copyOf(t *testing.T, volume string) string {
	own := newVolume(t)
	files, err := ioutil.ReadDir(volume)
	for _, file := range files {
		var content []byte
		if content, err = ioutil.ReadFile(filepath.Join(volume, file.Name())); err == nil {
			err = ioutil.WriteFile(filepath.Join(own, file.Name()), content, 0600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// run lets a peer build, and tells whether its builder ran.
func (b *builds) run(peer, body, input string) bool {
	before := b.engine.count("POST /containers/*/start")
	r := b.begin(peer, body, input)
	select {
	case <-b.gateway.compiles.of(r.id).output().done:
		r.succeed("kept\n")
	case id := <-b.started:
		b.exit(id) <- 0
		r.succeed("live\n")
	case <-time.After(patience):
		b.t.Fatal("the build does not end")
	}
	return b.engine.count("POST /containers/*/start") > before
}

// awaitKept waits until the programs of so many builds are in the volume.
func awaitKept(t *testing.T, volume string, count int) {
	if !eventually(func() bool { return len(keptIn(volume)) == count }) {
		t.Fatalf("the volume has %v", keptIn(volume))
	}
}

func keptIn(volume string) []string {
	names, _ := filepath.Glob(filepath.Join(volume, "*"+keptSuffix))
	return names
}

func TestLaterRunsGetTheProgramOfAnEarlierOne(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	earlier := newBuildsKeeping(t, volume)
	earlier.gateway.compiles.kept.project = "before"
	if !earlier.run("peer0", builderBody, "source") {
		t.Error("the first build did not run")
	}
	awaitKept(t, volume, 1)
	earlier.close()

	later := newBuildsKeeping(t, volume)
	defer later.close()
	later.makesImages()
	later.setControl(`{"token":"another","share":true}`)
	for _, peer := range []string{"peer0", "peer1"} {
		if later.run(peer, builderBody, "source") {
			t.Errorf("%s built what is kept", peer)
		}
	}
	for _, e := range later.entries("compiled") {
		if e.BuiltAt == "" || e.From != "" || e.BuilderID != "sha256:builder" || !strings.Contains(keptIn(volume)[0], e.Key) {
			t.Errorf("the record has %+v", e)
		}
	}
	text, _ := ioutil.ReadFile(keptIn(volume)[0])
	if !strings.Contains(string(text), `"project":"before","peer":"peer0"`) {
		t.Errorf("the volume has %s", text)
	}
	// The image is the engine's work, also of a kept program.
	r := later.begin("p4", builderBody, "source")
	r.end()
	r.download()
	r.use()
	if !strings.Contains(later.engine.lastBody(), later.output) {
		t.Error("the image does not have the program")
	}
	if images := later.entries("image"); len(images) != 1 || images[0].BuiltAt == "" {
		t.Errorf("the record has %+v", images)
	}
}

func TestWhatIsNotTakenFromAnEarlierRun(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	earlier := newBuildsKeeping(t, volume)
	earlier.run("peer0", builderBody, "source")
	node := strings.Replace(builderBody, "go build", "npm install", 1)
	earlier.run("peer0", node, "source")
	awaitKept(t, volume, 1)
	earlier.close()
	check := func(what, body, input string, change func(b *builds)) {
		// Of its own, because what this check compiles is kept after its end.
		own := copyOf(t, volume)
		defer os.RemoveAll(own)
		later := newBuildsKeeping(t, own)
		defer later.close()
		change(later)
		if !later.run("peer0", body, input) {
			t.Errorf("%s: the builder did not run", what)
		}
	}
	nothing := func(*builds) {}
	check("other input", builderBody, "source 2", nothing)
	check("other command", strings.Replace(builderBody, "go build", "go build -x", 1), "source", nothing)
	check("other limits", strings.Replace(builderBody, `"Env"`, `"HostConfig":{"PidsLimit":9},"Env"`, 1), "source", nothing)
	check("what a registry has", node, "source", nothing)
	check("another builder image", builderBody, "source", func(b *builds) { b.engine.images[builderRef] = "sha256:other" })
	check("fresh", builderBody, "source", func(b *builds) { b.setControl(`{"share":true,"fresh":true}`) })
	check("damaged", builderBody, "source", func(b *builds) {
		for _, program := range keptIn(b.gateway.compiles.kept.dir) {
			ioutil.WriteFile(strings.TrimSuffix(program, keptSuffix)+".tar", []byte("damaged"), 0600)
		}
	})
	check("no time", builderBody, "source", func(b *builds) {
		for _, path := range keptIn(b.gateway.compiles.kept.dir) {
			text, _ := ioutil.ReadFile(path)
			ioutil.WriteFile(path, []byte(strings.Replace(string(text), `"time":"2`, `"time":"x`, 1)), 0600)
		}
	})
	check("no volume", builderBody, "source", func(b *builds) { b.gateway.compiles.kept.dir = "/no/such/folder" })
}

func TestBuildsThatFailOrAreNotSharedAreNotKept(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	b := newBuildsKeeping(t, volume)
	defer b.close()
	failing := b.begin("peer0", builderBody, "source")
	b.exit(b.nextStarted()) <- 1
	failing.end()
	failing.remove()
	b.setControl(`{"share":false}`)
	alone := b.begin("peer0", builderBody, "source")
	b.exit(b.nextStarted()) <- 0
	alone.end()
	alone.remove()
	b.setControl(`{"share":true}`)
	b.run("peer0", builderBody, "other")
	awaitKept(t, volume, 1)
}

// Such a peer can write into the container of its builder, which may still run.
func TestABuilderThatItsPeerHasRemovedIsNotKept(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	b := newBuildsKeeping(t, volume)
	b.engine.script("DELETE /containers/*", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(409) })
	removed := b.begin("peer0", builderBody, "source")
	id := b.nextStarted()
	if status, _ := b.ask("peer0", "DELETE", "/containers/"+removed.id, ""); status != 409 {
		t.Errorf("remove: %d", status)
	}
	if status, _ := b.ask("peer0", "PUT", "/containers/"+removed.id+"/archive?path=/chaincode/input", "other source"); status != 200 {
		t.Errorf("upload: %d", status)
	}
	b.exit(id) <- 0
	left := func() int { names, _ := filepath.Glob(filepath.Join(b.dir, "output-*")); return len(names) }
	if !eventually(func() bool { return len(b.entries("compiled")) == 1 && left() == 0 }) {
		t.Errorf("%d outputs are left", left())
	}
	removed.attached.Close()
	removed.waiting.Close()
	// This waits until nothing goes on.
	b.close()
	if names := keptIn(volume); len(names) != 0 {
		t.Errorf("the volume has %v", names)
	}
}

func TestTheOldestProgramsAreRemoved(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	kept := &keptPrograms{dir: volume}
	begin := time.Now().Add(-time.Hour)
	for index := 0; index < maxKeptPrograms+3; index++ {
		key := fmt.Sprintf("%064d", index)
		if err := kept.keep(key, keptProgramInfo{Time: begin.Format(time.RFC3339), Sum: hashOf([]byte("program"))}, strings.NewReader("program")); err != nil {
			t.Fatal(err)
		}
		at := begin.Add(time.Duration(index) * time.Second)
		os.Chtimes(kept.infoFile(key), at, at)
		if index == maxKeptPrograms-1 {
			// The first one is used, so it stays.
			if info, r := kept.restore(fmt.Sprintf("%064d", 0), volume); info == nil || r.file == "" {
				t.Fatal("the program is not there")
			}
		}
	}
	if names := keptIn(volume); len(names) != maxKeptPrograms {
		t.Errorf("%d programs", len(names))
	}
	for index, stays := range map[int]bool{0: true, 1: false, 2: false, 3: false, 4: true} {
		if _, err := os.Stat(kept.programFile(fmt.Sprintf("%064d", index))); (err == nil) != stays {
			t.Errorf("program %d: %v", index, err)
		}
	}
}

func TestWhatAnInterruptedGatewayLeavesIsRemoved(t *testing.T) {
	volume := newVolume(t)
	defer os.RemoveAll(volume)
	for name, age := range map[string]time.Duration{"new-old": 2 * time.Hour, "new-now": 0, "lonely.tar": 2 * time.Hour} {
		path := filepath.Join(volume, name)
		ioutil.WriteFile(path, nil, 0600)
		at := time.Now().Add(-age)
		os.Chtimes(path, at, at)
	}
	kept := &keptPrograms{dir: volume}
	if err := kept.prune(); err != nil {
		t.Fatal(err)
	}
	names, _ := ioutil.ReadDir(volume)
	if len(names) != 1 || names[0].Name() != "new-now" {
		t.Errorf("the volume has %v", names)
	}
}
