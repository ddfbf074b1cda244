package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// readError is an error of the body that is sent, as opposed to one of the connection that it is sent to.
type readError struct{ error }

// sendRequest writes a request, each part of the body as soon as it is there. net/http would collect 4 KB first, and
// a peer may wait for the answer to less.
func sendRequest(to io.Writer, request *http.Request) error {
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", request.Method, request.URL.RequestURI(), request.Host)
	switch {
	case request.Body == nil && request.Method != "GET" && request.Method != "HEAD":
		head.WriteString("Content-Length: 0\r\n")
	case request.Body != nil && request.ContentLength >= 0:
		fmt.Fprintf(&head, "Content-Length: %d\r\n", request.ContentLength)
	case request.Body != nil:
		head.WriteString("Transfer-Encoding: chunked\r\n")
	}
	head.WriteString("Connection: close\r\n")
	if err := request.Header.Write(&head); err != nil {
		return err
	}
	head.WriteString("\r\n")
	if _, err := to.Write(head.Bytes()); err != nil || request.Body == nil {
		return err
	}
	return sendBody(to, request.Body, request.ContentLength)
}

// sendBody writes a body of a known length, or in chunks if the length is negative.
func sendBody(to io.Writer, body io.Reader, length int64) error {
	var sent int64
	writer := bufio.NewWriter(to)
	part := make([]byte, 32<<10)
	for {
		count, err := body.Read(part)
		sent += int64(count)
		if count > 0 {
			if length < 0 {
				fmt.Fprintf(writer, "%x\r\n", count)
			}
			writer.Write(part[:count])
			if length < 0 {
				writer.WriteString("\r\n")
			}
			if failed := writer.Flush(); failed != nil {
				return failed
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return readError{err}
		}
	}
	if length < 0 {
		writer.WriteString("0\r\n\r\n")
		return writer.Flush()
	}
	if sent != length {
		return readError{io.ErrUnexpectedEOF}
	}
	return nil
}

// sendResponse writes an answer: its head at once and in one piece, and each part of the body as soon as it is there.
func sendResponse(to io.Writer, response *http.Response, method string) error {
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", response.StatusCode, http.StatusText(response.StatusCode))
	hasLength := response.StatusCode != http.StatusNoContent && response.StatusCode != http.StatusNotModified
	switch {
	case hasLength && response.ContentLength >= 0:
		fmt.Fprintf(&head, "Content-Length: %d\r\n", response.ContentLength)
	case hasLength:
		head.WriteString("Transfer-Encoding: chunked\r\n")
	}
	if response.Close {
		head.WriteString("Connection: close\r\n")
	}
	without := map[string]bool{"Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Trailer": true}
	if err := response.Header.WriteSubset(&head, without); err != nil {
		return err
	}
	head.WriteString("\r\n")
	if _, err := to.Write(head.Bytes()); err != nil || !hasLength || method == "HEAD" || response.Body == nil {
		return err
	}
	return sendBody(to, response.Body, response.ContentLength)
}
