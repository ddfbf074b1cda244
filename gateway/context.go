package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxDockerfile is the largest Dockerfile, in bytes.
const maxDockerfile = 64 << 10

// errRefused ends the reading of a context that is refused.
var errRefused = errors.New("the build context is refused")

// buildContext reads a build context, judges it, and gives it to the engine as a new archive: entry by entry, without
// compression and without anything that the engine could read in another way than the gateway. The end of the archive
// is given only when all of the context was judged, and an engine does not build without it.
type buildContext struct {
	source *watchedReader
	// judge decides about the Dockerfile.
	judge func(dockerfile string) *refusal
	// program is put in the place of the reference; nil: the context has none.
	program *keptProgram
	// refused is why reading failed.
	refused *refusal

	archive *archiveReader
	// inserted is the rest of the program.
	inserted io.Reader
	judged   bool
	ended    bool
	part     []byte
	pending  []byte
}

// watchedReader keeps the error of a source. A client that hangs up is not one that sends something wrong.
type watchedReader struct {
	io.Reader
	err error
}

func (w *watchedReader) Read(into []byte) (int, error) {
	count, err := w.Reader.Read(into)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return count, err
}

func newBuildContext(source io.Reader, program *keptProgram, judge func(string) *refusal) *buildContext {
	return &buildContext{source: &watchedReader{Reader: source}, program: program, judge: judge}
}

// Close does nothing: the source is the client's connection.
func (c *buildContext) Close() error { return nil }

func (c *buildContext) Read(into []byte) (int, error) {
	for len(c.pending) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		refused := c.more()
		if refused != nil && c.source.err != nil {
			return 0, c.source.err
		}
		if refused != nil {
			c.refused = refused
			return 0, errRefused
		}
	}
	count := copy(into, c.pending)
	c.pending = c.pending[count:]
	return count, nil
}

// more finds the next part of the new archive.
func (c *buildContext) more() *refusal {
	if c.archive == nil {
		plain, err := decompressed(c.source)
		if err != nil {
			return malformed("the build context cannot be read: %v", err)
		}
		c.archive = &archiveReader{source: plain}
		c.part = make([]byte, 32<<10)
	}
	if c.inserted != nil {
		count, err := io.ReadFull(c.inserted, c.part)
		c.pending = c.part[:count]
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			c.inserted = nil
		} else if err != nil {
			return &refusal{http.StatusInternalServerError, fmt.Sprintf("the program cannot be read: %v", err)}
		}
		return nil
	}
	if c.archive.padded > 0 {
		count, err := c.archive.readPadded(c.part)
		c.pending = c.part[:count]
		if err != nil && c.archive.padded > 0 {
			return malformed("the build context ends in the middle of a file")
		}
		return nil
	}
	block, name, refused := c.archive.next()
	if refused != nil {
		return refused
	}
	c.pending = block
	switch {
	case block == nil && !c.judged:
		return forbid("the build context has no Dockerfile")
	case block == nil:
		c.pending = make([]byte, 2*blockSize)
		c.ended = true
	case name == "Dockerfile":
		return c.readDockerfile()
	case name == programFile:
		return c.insertProgram(block)
	}
	return nil
}

// insertProgram replaces a reference by the program that it stands for.
func (c *buildContext) insertProgram(header []byte) *refusal {
	content, refused := c.archive.mayRefer(programFile)
	switch {
	case refused != nil:
		return refused
	case !isReference(content):
		c.pending = append(c.pending, content...)
	case c.program == nil || c.program.reference != string(content[:referenceSize]):
		return unknownReference()
	default:
		c.pending = sized(header, c.program.size)
		c.inserted = c.program.padded()
		// Once, so that what the engine gets is not many times what was built.
		c.program = nil
	}
	return nil
}

func (c *buildContext) readDockerfile() *refusal {
	size := c.archive.size
	if size > maxDockerfile {
		return malformed("the Dockerfile is too long")
	}
	content := make([]byte, c.archive.padded)
	if _, err := io.ReadFull(c.archive.source, content); err != nil {
		return malformed("the Dockerfile cannot be read")
	}
	c.archive.padded = 0
	c.judged = true
	c.pending = append(c.pending, content...)
	return c.judge(string(content[:size]))
}

// decompressed returns the archive. Peers send it plain or compressed with gzip. No name that archiveReader allows begins
// with the magic number of another compression.
func decompressed(source io.Reader) (io.Reader, error) {
	reader := bufio.NewReaderSize(source, 4<<10)
	magic, err := reader.Peek(2)
	if err != nil {
		return nil, err
	}
	if magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(reader)
	}
	return reader, nil
}
