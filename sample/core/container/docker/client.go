// Package docker is a small client of the Docker Engine's HTTP API. Like the client in Fabric 1.4, it sends no API version.
package docker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/ioutil"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// ErrNoSuchImage means that the image of a new container does not exist.
var ErrNoSuchImage = errors.New("no such image")

// Error is an error response of the engine.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("API error (%d): %s", e.Status, e.Message) }

// Client is a client of one engine.
type Client struct {
	http *http.Client
	base string
	dial func() (net.Conn, error)
}

// NewClient accepts unix:///path, tcp://host:port and http://host:port.
func NewClient(endpoint string) (*Client, error) {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	switch parsed.Scheme {
	case "unix":
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", parsed.Path)
		}
		attach := func() (net.Conn, error) { return net.Dial("unix", parsed.Path) }
		return &Client{&http.Client{Transport: &http.Transport{DialContext: dial}}, "http://unix.sock", attach}, nil
	case "tcp", "http":
		attach := func() (net.Conn, error) { return net.Dial("tcp", parsed.Host) }
		return &Client{&http.Client{}, "http://" + parsed.Host, attach}, nil
	}
	return nil, fmt.Errorf("invalid endpoint %q", endpoint)
}

// Container is the body of CreateContainer.
type Container struct {
	Image        string
	Cmd          []string
	Env          []string `json:",omitempty"`
	AttachStdout bool
	AttachStderr bool
	HostConfig   HostConfig
}

// HostConfig has the fields of vm.docker.hostConfig.
type HostConfig struct {
	NetworkMode string    `json:",omitempty"`
	Memory      int64     `json:",omitempty"`
	DNS         []string  `json:"Dns,omitempty"`
	LogConfig   LogConfig `json:",omitempty"`
}

// LogConfig is the log driver of a container.
type LogConfig struct {
	Type   string            `json:",omitempty"`
	Config map[string]string `json:",omitempty"`
}

// do sends a request. The caller must close the body of the response.
func (c *Client) do(method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequest(method, target, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < 400 {
		return response, nil
	}
	defer response.Body.Close()
	text, err := ioutil.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	failure := struct{ Message string }{}
	if json.Unmarshal(text, &failure) != nil || failure.Message == "" {
		failure.Message = strings.TrimSpace(string(text))
	}
	return nil, &Error{response.StatusCode, failure.Message}
}

// call sends in as JSON and decodes the response into out. Both may be nil.
func (c *Client) call(method, path string, query url.Values, in, out interface{}) error {
	var body io.Reader
	contentType := ""
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body, contentType = bytes.NewReader(raw), "application/json"
	}
	response, err := c.do(method, path, query, contentType, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		_, err = io.Copy(ioutil.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// Ping fails if the engine does not respond.
func (c *Client) Ping() error { return c.call("GET", "/_ping", nil, nil, nil) }

// InspectImage fails if the image does not exist.
func (c *Client) InspectImage(name string) error {
	return c.call("GET", "/images/"+name+"/json", nil, nil, nil)
}

// PullImage pulls an image.
func (c *Client) PullImage(name string) error {
	response, err := c.do("POST", "/images/create", url.Values{"fromImage": {name}}, "", nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return streamError(response.Body)
}

// BuildImage sends a build context (a tar) to the classic builder.
func (c *Client) BuildImage(query url.Values, context io.Reader) error {
	response, err := c.do("POST", "/build", query, "application/tar", context)
	if wrapped, ok := err.(*url.Error); ok {
		// why the context could not be sent: like Fabric's client, without the request
		return wrapped.Err
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return streamError(response.Body)
}

// streamError reads a stream of progress messages and returns the error in it.
func streamError(stream io.Reader) error {
	decoder := json.NewDecoder(stream)
	for {
		message := struct{ Error string }{}
		if err := decoder.Decode(&message); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if message.Error != "" {
			return errors.New(message.Error)
		}
	}
}

// CreateContainer returns the ID of the container. Any 404 means that the image is missing.
func (c *Client) CreateContainer(name string, container Container) (string, error) {
	query := url.Values{}
	if name != "" {
		query.Set("name", name)
	}
	created := struct{ ID string }{}
	err := c.call("POST", "/containers/create", query, container, &created)
	if refusal, ok := err.(*Error); ok && refusal.Status == http.StatusNotFound {
		return "", ErrNoSuchImage
	}
	return created.ID, err
}

// StartContainer starts a container.
func (c *Client) StartContainer(id string) error {
	return c.call("POST", "/containers/"+id+"/start", nil, nil, nil)
}

// WaitContainer waits for a container and returns its exit code.
func (c *Client) WaitContainer(id string) (int, error) {
	result := struct{ StatusCode int }{}
	err := c.call("POST", "/containers/"+id+"/wait", nil, nil, &result)
	return result.StatusCode, err
}

// RemoveContainer kills and removes a container and its anonymous volumes.
func (c *Client) RemoveContainer(id string) error {
	return c.call("DELETE", "/containers/"+id, url.Values{"force": {"1"}, "v": {"1"}}, nil, nil)
}

// Upload unpacks a tar in a container. The tar may be gzipped.
func (c *Client) Upload(id, path string, tar io.Reader) error {
	response, err := c.do("PUT", "/containers/"+id+"/archive", url.Values{"path": {path}}, "application/x-tar", tar)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// Download returns a path of a container as a tar.
func (c *Client) Download(id, path string) ([]byte, error) {
	response, err := c.do("GET", "/containers/"+id+"/archive", url.Values{"path": {path}}, "", nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return ioutil.ReadAll(response.Body)
}

// Output is what a container without a terminal writes.
type Output struct {
	conn   net.Conn
	frames io.Reader
}

// Attach connects to the output of a container, which need not have started.
func (c *Client) Attach(id string) (*Output, error) {
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	query := url.Values{"logs": {"1"}, "stream": {"1"}, "stdout": {"1"}, "stderr": {"1"}}
	reader := bufio.NewReader(conn)
	var response *http.Response
	_, err = fmt.Fprintf(conn, "POST /containers/%s/attach?%s HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\n"+
		"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n", id, query.Encode())
	if err == nil {
		response, err = http.ReadResponse(reader, nil)
	}
	if err == nil && response.StatusCode != http.StatusSwitchingProtocols {
		err = &Error{response.StatusCode, "the engine does not show the output of a container"}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &Output{conn, reader}, nil
}

// Close ends the connection.
func (o *Output) Close() error { return o.conn.Close() }

// Text returns stdout and stderr when the container has ended.
func (o *Output) Text() (string, error) {
	text := &bytes.Buffer{}
	for frame := make([]byte, 8); ; {
		if _, err := io.ReadFull(o.frames, frame); err == io.EOF {
			return text.String(), nil
		} else if err != nil {
			return text.String(), err
		}
		if _, err := io.CopyN(text, o.frames, int64(binary.BigEndian.Uint32(frame[4:]))); err != nil {
			return text.String(), err
		}
	}
}
