package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/ioutil"
	"path"
	"strings"
	"sync"
)

const (
	// maxHeld is how much of a build context is held back until its Dockerfile was read, in bytes.
	maxHeld = 4 << 20
	// maxDockerfile is the largest Dockerfile, in bytes.
	maxDockerfile = 256 << 10
)

// buildContext reads a build context and passes it on. It holds back everything until the Dockerfile was judged, and
// fails if the rest has another Dockerfile, or links that could replace it.
type buildContext struct {
	source io.ReadCloser
	// judge decides about the Dockerfile.
	judge func(dockerfile string) *refusal
	// refused is why reading failed.
	refused *refusal

	held      bytes.Buffer
	ended     error
	inspector *io.PipeWriter

	mutex   sync.Mutex
	allowed bool
	verdict *refusal
	// inspected is closed when nothing more is judged.
	inspected chan struct{}
}

// errRefused ends the reading of a context that is refused.
var errRefused = errors.New("the build context is refused")

func newBuildContext(source io.ReadCloser, judge func(string) *refusal) *buildContext {
	reader, writer := io.Pipe()
	c := &buildContext{source: source, judge: judge, inspector: writer, inspected: make(chan struct{})}
	go func() {
		verdict := c.inspect(reader)
		c.mutex.Lock()
		c.verdict = verdict
		c.mutex.Unlock()
		close(c.inspected)
		// The rest must not block the writer.
		io.Copy(ioutil.Discard, reader)
	}()
	return c
}

// state returns whether the Dockerfile is allowed, and why the context is refused.
func (c *buildContext) state() (bool, *refusal) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.allowed, c.verdict
}

// Read returns the context as far as it was judged. At its end it waits for the verdict on all of it.
func (c *buildContext) Read(into []byte) (int, error) {
	for {
		allowed, refused := c.state()
		switch {
		case refused != nil:
			c.refused = refused
			return 0, errRefused
		case c.ended != nil && c.held.Len() == 0:
			return 0, c.ended
		case (allowed || c.ended != nil) && c.held.Len() > 0:
			return c.held.Read(into)
		case c.held.Len() > maxHeld:
			c.refused = forbid("the build context does not begin with its Dockerfile")
			return 0, errRefused
		}
		c.more()
	}
}

// more reads the next part of the source and shows it to the inspector.
func (c *buildContext) more() {
	var part [32 << 10]byte
	count, err := c.source.Read(part[:])
	c.held.Write(part[:count])
	if count > 0 {
		c.inspector.Write(part[:count])
	}
	if err != nil {
		c.inspector.CloseWithError(err)
		<-c.inspected
		c.ended = err
	}
}

func (c *buildContext) Close() error {
	c.inspector.CloseWithError(io.ErrUnexpectedEOF)
	return c.source.Close()
}

// inspect judges the Dockerfile as soon as it was read, and returns why the context is refused.
func (c *buildContext) inspect(source io.Reader) *refusal {
	plain, err := decompressed(source)
	if err != nil {
		return forbid("the build context is neither a tar archive nor one compressed with gzip")
	}
	archive := tar.NewReader(plain)
	found := false
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return malformed("the build context is not a valid tar archive: %v", err)
		}
		if header.Typeflag != tar.TypeReg && header.Typeflag != tar.TypeRegA && header.Typeflag != tar.TypeDir {
			return forbid("the build context has a link or a device: %s", header.Name)
		}
		name := strings.ToLower(path.Clean("/" + header.Name))
		if name == "/.dockerignore" {
			return forbid("the build context has a .dockerignore")
		}
		if name != "/dockerfile" {
			continue
		}
		if found || header.Typeflag == tar.TypeDir || path.Clean("/"+header.Name) != "/Dockerfile" {
			return forbid("the build context has more than one Dockerfile")
		}
		found = true
		text, err := ioutil.ReadAll(io.LimitReader(archive, maxDockerfile+1))
		if err != nil || len(text) > maxDockerfile {
			return malformed("the Dockerfile cannot be read or is too long")
		}
		if refused := c.judge(string(text)); refused != nil {
			return refused
		}
		c.mutex.Lock()
		c.allowed = true
		c.mutex.Unlock()
	}
	if !found {
		return forbid("the build context has no Dockerfile")
	}
	return nil
}

func decompressed(source io.Reader) (io.Reader, error) {
	reader := bufio.NewReaderSize(source, 512)
	magic, err := reader.Peek(3)
	if err != nil {
		return nil, err
	}
	if magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(reader)
	}
	for _, other := range []string{"BZh", "\xfd7z", "\x28\xb5\x2f"} {
		if string(magic) == other {
			return nil, errors.New("other compression")
		}
	}
	return reader, nil
}
