package main

import (
	"bufio"
	"encoding/json"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"net/url"
	"time"
)

// engine is the container engine behind a socket. Each request has a connection of its own.
type engine struct {
	socket string
	// limit is how long an exchange may take; 0: as long as it needs.
	limit time.Duration
}

func (e *engine) dial() (*net.UnixConn, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: e.socket, Net: "unix"})
	if err == nil && e.limit > 0 {
		err = conn.SetDeadline(time.Now().Add(e.limit))
	}
	return conn, err
}

// engineError is an answer that is not a success.
type engineError struct {
	status  int
	message string
}

func (e *engineError) Error() string { return e.message }

func isNotFound(err error) bool {
	answer, ok := err.(*engineError)
	return ok && answer.status == http.StatusNotFound
}

// do sends a request of the gateway's own, without a body.
// The caller closes the body of the answer, and with it the connection.
func (e *engine) do(method, path string, query url.Values) (*http.Response, error) {
	return e.send(method, path, query, nil, 0)
}

// send is do with a body of JSON or an archive, which it closes.
func (e *engine) send(method, path string, query url.Values, body io.ReadCloser, length int64) (*http.Response, error) {
	if body != nil {
		defer body.Close()
	}
	conn, err := e.dial()
	if err != nil {
		return nil, err
	}
	request := &http.Request{
		Method: method,
		URL:    &url.URL{Path: path, RawQuery: query.Encode()},
		Host:   "engine",
		Header: http.Header{},
		Body:   body, ContentLength: length,
	}
	if method == "POST" && body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := sendRequest(conn, request); err != nil {
		conn.Close()
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		conn.Close()
		return nil, err
	}
	response.Body = &bodyOf{response.Body, conn}
	if response.StatusCode >= 300 {
		defer response.Body.Close()
		return nil, &engineError{response.StatusCode, messageIn(response.Body)}
	}
	return response, nil
}

// bodyOf closes the connection together with the body.
type bodyOf struct {
	io.ReadCloser
	conn net.Conn
}

func (b *bodyOf) Close() error {
	// Closing the body first would read it to its end.
	err := b.conn.Close()
	b.ReadCloser.Close()
	return err
}

// messageIn returns the message of an error that the engine answered.
func messageIn(body io.Reader) string {
	text, _ := ioutil.ReadAll(io.LimitReader(body, 64<<10))
	var parsed struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(text, &parsed) == nil && parsed.Message != "" {
		return parsed.Message
	}
	return string(text)
}

// get reads an answer as JSON into a value; nil: the body does not matter.
func (e *engine) get(path string, into interface{}) (http.Header, error) {
	response, err := e.do("GET", path, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if into == nil {
		return response.Header, nil
	}
	return response.Header, json.NewDecoder(response.Body).Decode(into)
}

func (e *engine) versions() (engineVersions, error) {
	var answer struct {
		APIVersion    string `json:"ApiVersion"`
		MinAPIVersion string
	}
	if _, err := e.get("/version", &answer); err != nil {
		return engineVersions{}, err
	}
	max, err := parseVersion(answer.APIVersion)
	if err != nil {
		return engineVersions{}, err
	}
	min, err := parseVersion(answer.MinAPIVersion)
	if err != nil {
		// Old engines name no minimum.
		min = oldestAllowed
	}
	return engineVersions{min: min, max: max}, nil
}

func (e *engine) awaitVersions(limit time.Duration) (engineVersions, error) {
	end := time.Now().Add(limit)
	for {
		versions, err := e.versions()
		if err == nil || time.Now().After(end) {
			return versions, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// imageID returns the id of an image. An image that does not exist is an engineError with status 404.
func (e *engine) imageID(ref string) (string, error) {
	var image struct {
		ID string `json:"Id"`
	}
	_, err := e.get("/images/"+ref+"/json", &image)
	return image.ID, err
}

// containerInfo is what the gateway must know of a container.
type containerInfo struct {
	ID     string `json:"Id"`
	Image  string
	Config struct {
		Labels map[string]string
	}
}

func (e *engine) container(id string) (containerInfo, error) {
	var info containerInfo
	_, err := e.get("/containers/"+id+"/json", &info)
	return info, err
}
