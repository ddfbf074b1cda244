package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
)

var (
	headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	bodyLength = regexp.MustCompile(`^[0-9]{1,15}$`)
)

// maxHead is the largest head of a request, in bytes.
const maxHead = 32 << 10

// peekHead waits for the complete head of the next request and leaves it in the reader.
// It returns io.EOF if the client sends no further request.
func peekHead(reader *bufio.Reader) ([]byte, error) {
	wanted := 1
	for {
		if _, err := reader.Peek(wanted); err != nil {
			if err == bufio.ErrBufferFull {
				return nil, errors.New("the head of the request is too long")
			}
			if err == io.EOF && wanted > 1 {
				return nil, errors.New("the head of the request is not complete")
			}
			return nil, err
		}
		read, _ := reader.Peek(reader.Buffered())
		if end := bytes.Index(read, []byte("\r\n\r\n")); end >= 0 {
			return read[:end+2], nil
		}
		// A bare line feed may end the head for other programs.
		if err := checkLines(read[:bytes.LastIndexByte(read, '\n')+1]); err != nil {
			return nil, err
		}
		wanted = len(read) + 1
	}
}

// checkLines refuses lines that programs read differently.
func checkLines(head []byte) error {
	for index, char := range head {
		if char == '\n' && (index == 0 || head[index-1] != '\r') {
			return errors.New("a line of the head ends with a bare line feed")
		}
		if char == '\r' && (index+1 < len(head) && head[index+1] != '\n') {
			return errors.New("the head has a bare carriage return")
		}
		if char == 0 {
			return errors.New("the head has a zero byte")
		}
	}
	return nil
}

// checkHead refuses a head whose end or whose body's length the engine might read differently.
func checkHead(head []byte) error {
	if err := checkLines(head); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n"), "\r\n")
	if parts := strings.Split(lines[0], " "); len(parts) != 3 || parts[2] != "HTTP/1.1" {
		return errors.New("the request line is not that of an HTTP/1.1 request")
	}
	count := map[string]int{}
	for _, line := range lines[1:] {
		colon := strings.IndexByte(line, ':')
		if colon <= 0 || !headerName.MatchString(line[:colon]) {
			return errors.New("a header line has no valid name")
		}
		name, value := strings.ToLower(line[:colon]), strings.Trim(line[colon+1:], " \t")
		count[name]++
		switch {
		case name == "content-length" && !bodyLength.MatchString(value):
			return errors.New("Content-Length is not a number")
		case name == "transfer-encoding" && strings.ToLower(value) != "chunked":
			return errors.New("Transfer-Encoding is not chunked")
		}
	}
	for _, name := range []string{"content-length", "transfer-encoding", "host", "upgrade"} {
		if count[name] > 1 {
			return errors.New("a header that must be unique occurs twice")
		}
	}
	if count["content-length"] > 0 && count["transfer-encoding"] > 0 {
		return errors.New("the request has both Content-Length and Transfer-Encoding")
	}
	return nil
}
