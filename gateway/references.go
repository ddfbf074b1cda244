package main

import (
	"bytes"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"os"
	"strings"
)

const (
	// programFile is the name that all releases of Fabric give the program in a build context.
	programFile    = "binpackage.tar"
	referenceStart = "fabric-wizard gateway: this stands for the program with the SHA-256 sum "
	// referenceSize is the size of a reference: it ends with a sum and a line feed.
	referenceSize = int64(len(referenceStart) + 64 + 1)
	// maxReferring is the largest context that may have a reference, in bytes. Fabric adds a Dockerfile and a certificate.
	maxReferring = 64 << 10
	// keptGrants is the number of programs of each peer that it may refer to.
	keptGrants = 16
)

// reference is what a peer gets in place of a program. A peer does not look at its program: it would compress all of it
// and send it back in the context of its image. There the gateway puts the program in the place of the reference.
func (o *output) reference() string { return referenceStart + o.sum + "\n" }

// grant lets the peer of a compile refer to its program. The program is kept until the peer has built, or until the peer
// has got keptGrants others.
func (s *compiles) grant(c *compile) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	count := 1
	for index := len(s.granted) - 1; index >= 0; index-- {
		if s.granted[index].peer != c.peer {
			continue
		}
		if count++; count > keptGrants {
			s.granted = append(s.granted[:index:index], s.granted[index+1:]...)
		}
	}
	s.granted = append(s.granted, c)
}

// grantOf returns the compile of a peer that a reference names.
func (s *compiles) grantOf(peer, reference string) *compile {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, c := range s.granted {
		if out := c.output(); c.peer == peer && out != nil && out.reference() == reference {
			return c
		}
	}
	return nil
}

// revoke ends a grant.
func (s *compiles) revoke(c *compile) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for index, other := range s.granted {
		if other == c {
			s.granted = append(s.granted[:index:index], s.granted[index+1:]...)
			break
		}
	}
	s.prune()
}

// download gives a peer the program that was built for it.
func (x *exchange) download(c *compile) bool {
	out := c.output()
	isReady := out != nil && out.isDone() && out.isShared()
	if !isReady || x.query["path"] != outputPath || out.file == "" {
		if (out == nil || out.leader == c) && x.direct(c) {
			return x.ask("path")
		}
		reason := "the build has no such output"
		if out != nil {
			reason = "the build of " + out.leader.peer + " has no such output"
		}
		if isReady && out.message != "" {
			reason += ": " + out.message
		}
		return x.refuse(&refusal{http.StatusNotFound, reason})
	}
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	if !out.isAlone {
		x.gateway.compiles.grant(c)
		return x.giveProgram(out, newBody(out.reference()), referenceSize)
	}
	file, err := os.Open(out.file)
	if err != nil {
		return x.unavailable(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return x.unavailable(err)
	}
	return x.giveProgram(out, file, info.Size())
}

func (x *exchange) giveProgram(out *output, body io.ReadCloser, size int64) bool {
	header := http.Header{"Content-Type": {"application/x-tar"}}
	if out.stat != "" {
		header.Set("X-Docker-Container-Path-Stat", out.stat)
	}
	response := &http.Response{
		StatusCode: http.StatusOK, Header: header, Body: body, ContentLength: size, Close: x.request.Close,
	}
	return x.pass(response) && !response.Close
}

// keptProgram is a program as a file of a build context.
type keptProgram struct {
	*os.File
	reference string
	size      int64
}

// keptProgram opens the program of a compile; nil: there is no compile.
func (c *compile) keptProgram() (*keptProgram, error) {
	if c == nil {
		return nil, nil
	}
	out := c.output()
	file, err := os.Open(out.file)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &keptProgram{file, out.reference(), info.Size()}, nil
}

func (k *keptProgram) padded() io.Reader {
	padding := (blockSize - k.size%blockSize) % blockSize
	return io.MultiReader(io.LimitReader(k, k.size), bytes.NewReader(make([]byte, padding)))
}

// Close closes the file; without a program it does nothing.
func (k *keptProgram) Close() {
	if k != nil {
		k.File.Close()
	}
}

// referred returns the compile whose program a context refers to; nil: the context has no reference.
func (x *exchange) referred(context *keptContext) (*compile, *refusal) {
	if context.size > maxReferring {
		return nil, nil
	}
	reference := referenceIn(context)
	if _, err := context.Seek(0, io.SeekStart); err != nil || reference == "" {
		return nil, nil
	}
	c := x.gateway.compiles.grantOf(x.peer, reference)
	if c == nil {
		return nil, unknownReference()
	}
	return c, nil
}

func unknownReference() *refusal {
	return forbid("the build context stands for a program that the gateway does not keep for this peer; build again")
}

// referenceIn returns the reference in a context; empty if there is none. What is wrong with a context is found when it
// is built.
func referenceIn(context io.Reader) string {
	plain, err := decompressed(context)
	if err != nil {
		return ""
	}
	archive := &archiveReader{source: plain}
	for {
		block, name, refused := archive.next()
		if refused != nil || block == nil {
			return ""
		}
		content, refused := archive.mayRefer(name)
		if refused != nil {
			return ""
		}
		if isReference(content) {
			return string(content[:referenceSize])
		}
		if _, err := io.CopyN(ioutil.Discard, archive.source, archive.padded); err != nil {
			return ""
		}
	}
}

func isReference(content []byte) bool { return strings.HasPrefix(string(content), referenceStart) }

// mayRefer reads the current file with its padding if it can be a reference; nil: it cannot, and nothing was read.
func (a *archiveReader) mayRefer(name string) ([]byte, *refusal) {
	if name != programFile || a.size != referenceSize {
		return nil, nil
	}
	content := make([]byte, a.padded)
	if _, err := io.ReadFull(a.source, content); err != nil {
		return nil, malformed("the build context ends in the middle of a file")
	}
	a.padded = 0
	return content, nil
}

// sized returns the header of a file with another size.
func sized(header []byte, size int64) []byte {
	changed := append([]byte(nil), header...)
	copy(changed[124:136], fmt.Sprintf("%011o\x00", size))
	copy(changed[148:156], "        ")
	sum := 0
	for _, char := range changed {
		sum += int(char)
	}
	copy(changed[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return changed
}
