package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const buildPath = "/build?networkmode=fwnet&t=dev-peer0-cc-1-abc"

const goodDockerfile = "FROM hyperledger/fabric-baseos:2.5\nADD binpackage.tar /usr/local/bin\n" +
	"LABEL org.hyperledger.fabric.chaincode.type=\"GOLANG\" \\\n      org.hyperledger.fabric.version=\"2.5.12\"\nENV CORE_CHAINCODE_BUILDLEVEL=2.5.12"

type tarEntry struct {
	header  tar.Header
	content string
}

func tarFile(name, content string) tarEntry {
	return tarEntry{tar.Header{Name: name, Mode: 0100644, Size: int64(len(content)), Typeflag: tar.TypeReg}, content}
}

func tarLink(name, target string, kind byte) tarEntry {
	return tarEntry{tar.Header{Name: name, Linkname: target, Mode: 0777, Typeflag: kind}, ""}
}

func tarOf(entries ...tarEntry) string {
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, entry := range entries {
		writer.WriteHeader(&entry.header)
		io.WriteString(writer, entry.content)
	}
	writer.Close()
	return buffer.String()
}

// filesIn returns the files of an archive by name.
func filesIn(t *testing.T, archive string) map[string]string {
	files := map[string]string{}
	reader := tar.NewReader(strings.NewReader(archive))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatalf("the archive is not valid: %v", err)
		}
		content, err := ioutil.ReadAll(reader)
		if err != nil {
			t.Fatalf("the archive is not valid: %v", err)
		}
		files[header.Name] = string(content)
	}
}

func gzipped(text string) string {
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	io.WriteString(writer, text)
	writer.Close()
	return buffer.String()
}

// withHeader changes a byte of the first header and mends its checksum.
func withHeader(archive string, change func(header []byte)) string {
	header := []byte(archive[:blockSize])
	change(header)
	sum := 0
	for index, char := range header {
		if index >= 148 && index < 156 {
			char = ' '
		}
		sum += int(char)
	}
	copy(header[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return string(header) + archive[blockSize:]
}

func TestContextsThatAreBuilt(t *testing.T) {
	b := newBench(t)
	defer b.close()
	plain := tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("binpackage.tar", strings.Repeat("x", 100000)))
	for what, context := range map[string]string{
		"plain":             plain,
		"gzip":              gzipped(plain),
		"two members":       gzipped(plain[:700]) + gzipped(plain[700:]),
		"padded":            plain + strings.Repeat("\x00", 8192),
		"Dockerfile behind": tarOf(tarFile("codepackage.tgz", "x"), tarFile("META-INF/x.json", "{}"), tarFile("Dockerfile", goodDockerfile)),
		"times":             tarOf(tarEntry{tar.Header{Name: "x", Typeflag: tar.TypeReg, ModTime: time.Unix(1, 5)}, ""}, tarFile("Dockerfile", goodDockerfile)),
		"folders":           tarOf(tarEntry{tar.Header{Name: "src/", Typeflag: tar.TypeDir, Mode: 0755}, ""}, tarFile("Dockerfile", goodDockerfile)),
	} {
		if status, text := b.ask("peer0", "POST", buildPath, context); status != 200 {
			t.Errorf("%s: %d %s", what, status, text)
			continue
		}
		files := filesIn(t, b.engine.lastBody())
		if files["Dockerfile"] != goodDockerfile || what == "gzip" && len(files["binpackage.tar"]) != 100000 {
			t.Errorf("%s: the engine got %d files", what, len(files))
		}
	}
}

func TestContextsThatCouldBeReadOtherwise(t *testing.T) {
	b := newBench(t)
	defer b.close()
	good := tarFile("Dockerfile", goodDockerfile)
	evil := tarFile("Dockerfile", "FROM alpine\n")
	plain := tarOf(good)
	long := strings.Repeat("a/", 60) + "x"
	for what, context := range map[string]string{
		"second Dockerfile":       tarOf(good, evil),
		"second, equal":           tarOf(good, good),
		"in a folder of its own":  tarOf(good, tarFile("./Dockerfile", "FROM alpine\n")),
		"relative":                tarOf(good, tarFile("x/../Dockerfile", "FROM alpine\n")),
		"absolute":                tarOf(good, tarFile("/Dockerfile", "FROM alpine\n")),
		"lower case":              tarOf(good, tarFile("dockerfile", "FROM alpine\n")),
		"only lower case":         tarOf(tarFile("dockerfile", goodDockerfile)),
		"folder":                  tarOf(good, tarEntry{tar.Header{Name: "Dockerfile/", Typeflag: tar.TypeDir}, ""}),
		"file with a slash":       withHeader(tarOf(tarFile("Dockerfile_", "FROM alpine\n"), good), func(h []byte) { h[10] = '/' }),
		"link":                    tarOf(good, tarLink("Dockerfile", "other", tar.TypeSymlink)),
		"hard link":               tarOf(good, tarLink("Dockerfile", "other", tar.TypeLink)),
		"another link":            tarOf(good, tarLink("x", "/", tar.TypeSymlink)),
		"device":                  tarOf(good, tarLink("x", "", tar.TypeChar)),
		"fifo":                    tarOf(good, tarLink("x", "", tar.TypeFifo)),
		".dockerignore":           tarOf(good, tarFile(".dockerignore", "x")),
		"backslash":               tarOf(good, tarFile(`x\..\Dockerfile`, "x")),
		"extended name":           tarOf(tarFile(long+long, "x"), good),
		"name with prefix":        tarOf(tarFile(long, "x"), good),
		"start of bzip2":          tarOf(tarFile("BZh91AY", "x"), good),
		"name that is not ASCII":  tarOf(tarFile("é", "x"), good),
		"GNU long name":           withHeader(plain, func(h []byte) { h[156] = 'L' }),
		"GNU sparse":              withHeader(plain, func(h []byte) { h[156] = 'S' }),
		"global header":           withHeader(plain, func(h []byte) { h[156] = 'g' }),
		"extended size":           pax("12 size=100\n") + plain,
		"extended path":           pax("19 path=Dockerfile\n") + tarOf(tarFile("x", "FROM alpine\n")),
		"extended sparse":         pax("22 GNU.sparse.major=1\n") + plain,
		"size in base 256":        withHeader(plain, func(h []byte) { copy(h[124:136], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10") }),
		"negative size":           withHeader(plain, func(h []byte) { copy(h[124:136], "-0000000001\x00") }),
		"size of a folder":        withHeader(plain, func(h []byte) { h[156] = '5'; copy(h[:], "folder/\x00\x00\x00\x00") }),
		"wrong checksum":          strings.Replace(plain, "Dockerfile", "Xockerfile", 1),
		"something after the end": plain + plain,
		"one empty block":         plain[:len(plain)-1024] + strings.Repeat("\x00", blockSize) + tarOf(evil),
		"gzip, then something":    gzipped(plain) + "x",
		"second member":           gzipped(plain) + gzipped(tarOf(evil)),
		"no Dockerfile":           tarOf(tarFile("x", "x")),
		"no end":                  plain[:len(plain)-1024],
		"half a file":             plain[:600],
		"empty":                   "",
		"xz":                      "\xfd7zXZ\x00\x00\x04" + strings.Repeat("x", 600),
		"bzip2":                   "BZh91AY&SY" + strings.Repeat("x", 600),
		"zstd":                    "\x28\xb5\x2f\xfd" + strings.Repeat("x", 600),
		"long Dockerfile":         tarOf(tarFile("Dockerfile", goodDockerfile+strings.Repeat("\n", maxDockerfile))),
	} {
		before := len(b.entries("refused"))
		status, text := b.ask("peer0", "POST", buildPath, context)
		if status != 403 && status != 400 {
			t.Errorf("%s: %d %s", what, status, text)
		}
		if len(b.entries("refused")) != before+1 {
			t.Errorf("%s: not recorded", what)
		}
	}
}

// pax is an extended header.
func pax(records string) string {
	archive := tarOf(tarFile("PaxHeaders.0/x", records))
	return withHeader(archive, func(h []byte) { h[156] = 'x' })[:2*blockSize]
}

// The engine must not get the end of an archive whose rest is refused, not even for a moment.
func TestEngineNeverGetsTheWholeOfARefusedContext(t *testing.T) {
	b := newBench(t)
	defer b.close()
	got := make(chan string, 1)
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		text, err := ioutil.ReadAll(r.Body)
		if err == nil {
			t.Error("the engine got a complete body")
		}
		got <- string(text)
	})
	for _, context := range []string{
		tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("Dockerfile", "FROM alpine\n")),
		tarOf(tarFile("Dockerfile", goodDockerfile)) + tarOf(tarFile("Dockerfile", "FROM alpine\n")),
		gzipped(tarOf(tarFile("Dockerfile", "FROM alpine\n"))),
	} {
		if status, _ := b.ask("peer0", "POST", buildPath, context); status != 403 && status != 400 {
			t.Errorf("status %d", status)
		}
		if text := <-got; strings.Contains(text, "alpine") || strings.HasSuffix(text, strings.Repeat("\x00", 2*blockSize)) {
			t.Errorf("the engine got %q", text)
		}
	}
	b.keepsNoContext()
}

// keepsNoContext checks that the contexts of builds that have ended are removed.
func (b *bench) keepsNoContext() {
	isEmpty := func() bool {
		files, _ := filepath.Glob(filepath.Join(b.dir, "context-*"))
		return len(files) == 0
	}
	if !eventually(isEmpty) {
		b.t.Error("a context is left")
	}
}

func TestClientHangsUpWhileItSendsAContext(t *testing.T) {
	b := newBench(t)
	defer b.close()
	l := b.dial("peer0")
	context := tarOf(tarFile("Dockerfile", goodDockerfile))
	l.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", buildPath, len(context)-1024, context[:len(context)-1024]))
	l.Close()
	if !eventually(func() bool { return len(b.entries("build-failed")) == 1 }) {
		t.Errorf("the record has %s", b.record)
	}
	if len(b.entries("refused"))+len(b.entries("engine-lost"))+b.engine.count("POST /build") > 0 {
		t.Errorf("the record has %s", b.record)
	}
	b.keepsNoContext()
}

func TestClientHangsUpDuringABuild(t *testing.T) {
	b := newBench(t)
	defer b.close()
	begun, ended := make(chan struct{}), make(chan struct{})
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		close(begun)
		<-r.Context().Done()
		close(ended)
	})
	l := b.dial("peer0")
	l.send(rawRequest("POST", buildPath, tarOf(tarFile("Dockerfile", goodDockerfile))))
	await(t, "the engine builds", begun)
	l.Close()
	await(t, "the engine learns it", ended)
	if !eventually(func() bool { return len(b.entries("build-failed")) == 1 }) {
		t.Errorf("the record has %s", b.record)
	}
	if len(b.entries("refused"))+len(b.entries("engine-lost")) > 0 {
		t.Errorf("the record has %s", b.record)
	}
}

func TestMissingRuntime(t *testing.T) {
	b := newBench(t)
	defer b.close()
	delete(b.engine.images, runtimeRef)
	status, text := b.ask("peer0", "POST", buildPath, tarOf(tarFile("Dockerfile", goodDockerfile)))
	if status != 404 || !strings.Contains(text, "No such image: "+runtimeRef) {
		t.Errorf("%d %s", status, text)
	}
	if missing := b.entries("missing"); len(missing) != 1 || missing[0].Image != runtimeRef {
		t.Errorf("the record has %v", missing)
	}
}

func TestRecordOfABuild(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.engine.images["dev-peer0-cc-1-abc"] = "sha256:made"
	b.ask("peer0", "POST", buildPath, tarOf(tarFile("Dockerfile", goodDockerfile)))
	images := b.entries("image")
	if len(images) != 1 || images[0].ImageID != "sha256:made" || images[0].Runtime != runtimeRef || images[0].RuntimeID != "sha256:runtime" {
		t.Errorf("the record has %s", b.record)
	}
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		b.engine.keepBody(r)
		io.WriteString(w, "{\"stream\":\"Step 1\"}\r\n{\"errorDetail\":{},\"error\":\"ADD failed\"}\r\n")
	})
	other := tarOf(tarFile("Dockerfile", goodDockerfile), tarFile("other", "x"))
	if _, text := b.ask("peer0", "POST", buildPath, other); !strings.Contains(text, "ADD failed") {
		t.Errorf("the peer got %s", text)
	}
	if failed := b.entries("build-failed"); len(failed) != 1 || failed[0].Message != "ADD failed" {
		t.Errorf("the record has %s", b.record)
	}
}

func TestDockerfiles(t *testing.T) {
	g := &gateway{cfg: config{Runtimes: []string{runtimeRef, "alpine"}}}
	const from = "FROM hyperledger/fabric-baseos:2.5\n"
	for _, text := range []string{
		goodDockerfile,
		"# made by a peer\n" + goodDockerfile,
		from + "ADD codepackage.tgz /root/chaincode-java/chaincode\nRUN cd /root && ./build.sh && echo a > b",
		from + "COPY a.txt b.txt /x/\nENV A=$B C=d\nWORKDIR /x\nCMD [\"a\"]\nENTRYPOINT [\"b\"]\nUSER root\nEXPOSE 80",
		"from alpine:latest\nadd x /y",
		"FROM docker.io/library/alpine\n",
	} {
		if base, refused := g.judgeDockerfile(text); refused != nil || base == "" {
			t.Errorf("%q: %v", text, refused)
		}
	}
	for _, text := range []string{
		"", "# nothing", "FROM ubuntu", "FROM alpine:3", "FROM alpine@sha256:" + strings.Repeat("a", 64), "FROM example.com/alpine", "FROM scratch", "FROM $X", "FROM alpine AS a", "FROM --platform=x alpine",
		"ARG X=alpine\nFROM alpine", "ADD x /y\nFROM alpine", from + "FROM alpine", from + "FROM hyperledger/fabric-baseos:2.5",
		from + "COPY --from=alpine / /", from + "COPY --from=0 / /", from + "ADD --chown=0 x /", from + "COPY --link x /", from + "ADD http://x/y /", from + "ADD HTTPS://x/y /", from + "add http://x/y /",
		from + "ADD \"http://x/y\" /", from + "ADD h\"ttp:\"//x /", from + "ADD http:\\//x /", from + "ADD ht\\\ntp://x/y /", from + "ADD $X /y", from + "ADD ${X} /y", from + "ADD [\"http://x\", \"/y\"]", from + "ADD [ \"x\", \"/y\" ]",
		from + "ADD git@x:y /", from + "ADD github.com/x/y /", from + "ADD github.\\\ncom/x/y /", from + "ADD x.git /y", from + "COPY <<EOF /x", from + "RUN <<EOF\nADD x y", from + "RUN --mount=type=bind,target=/x ls", from + "RUN --network=host ls",
		from + "ONBUILD RUN ls", from + "VOLUME /x", from + "ARG X", from + "SHELL [\"x\"]", from + "HEALTHCHECK CMD x", from + "STOPSIGNAL x", from + "MAINTAINER x", from + "UNKNOWN x",
		"# escape=`\n" + from, "# syntax=example.com/x\n" + from, "#syntax=x\n" + from, "# check = skip\n" + from, from + "# a=b",
		from + "ENV A=b \\\u00a0\nADD http://x/y /", from + "ENV A=b \\\v\nADD http://x/y /", from + "ENV A=b \\\r\nADD x y", from + "ENV A=b\rADD http://x/y /", from + "ENV A=b\u2028ADD x y",
		from + "ENV A=b \\\\\nADD http://x/y /", from + "ENV A=b \\\n# c\nADD http://x/y /", from + "ENV A=b \\\n\nADD http://x/y /", from + "ENV A=b \\", from + "ADD", "\ufeff" + from, "FROM alpine\x00",
		from + "LABEL io.fabric-wizard.gateway=fw/peer1", from + "LABEL a=b io.fabric-wizard.project=x", from + "LABEL com.docker.compose.project=x", from + "LABEL \"com.docker.compose.project\"=x", from + "LABEL io.fab\\ric-wizard.x=y", from + "LABEL a b", from + "LABEL $X=y",
	} {
		if base, refused := g.judgeDockerfile(text); refused == nil {
			t.Errorf("%q is allowed, based on %s", text, base)
		}
	}
}
