package main

import (
	"io"
	"io/ioutil"
	"strings"
)

func newBody(text string) io.ReadCloser { return ioutil.NopCloser(strings.NewReader(text)) }

// readText reads a short answer. What cannot be read is missing in the text.
func readText(body io.Reader) string {
	text, _ := ioutil.ReadAll(io.LimitReader(body, maxJSON))
	return string(text)
}

// readCloser combines a reader with a function that closes its source.
type readCloser struct {
	io.Reader
	close func() error
}

func (r *readCloser) Close() error { return r.close() }

// atEnd calls a function once, when everything was read and before the reader of the body learns it.
type atEnd struct {
	io.ReadCloser
	ended func(err error)
}

func (a *atEnd) Read(into []byte) (int, error) {
	count, err := a.ReadCloser.Read(into)
	if err != nil && a.ended != nil {
		ended := a.ended
		a.ended = nil
		ended(err)
	}
	return count, err
}
