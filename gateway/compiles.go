package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	// maxFrames is how much of what a builder wrote is given to other peers, in bytes.
	maxFrames = 256 << 10
	// outputPath is where Fabric's builders leave the program.
	outputPath = "/chaincode/output/."
	// keptOutputs is the number of outputs that are kept for peers that ask later.
	keptOutputs = 8
)

// control is what fabric-wizard may change while the gateway runs.
type control struct {
	// Token separates builds: only those of one token are shared.
	Token string `json:"token"`
	// Share tells whether equal chaincode is built once for all peers.
	Share bool `json:"share"`
}

func readControl(path string) control {
	result := control{Share: true}
	if text, err := ioutil.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, &result)
	}
	return result
}

// output is what a builder container leaves. Several peers may wait for it.
type output struct {
	key    string
	leader *compile
	start  time.Time
	// done is closed when the fields below are known.
	done chan struct{}
	// ended tells whether the builder ran to its end. If not, somebody else must build.
	ended    bool
	exitCode int
	// frames is what the builder wrote, as the engine sends it to those who attach; at most maxFrames bytes.
	frames []byte
	// file has the program as a tar archive; empty if there is none.
	file string
	// stat describes the program's folder, as the engine does.
	stat string
	// message is why there is no program.
	message string
}

// compile is the builder container of one peer. Only that of the leader is started.
type compile struct {
	peer, container, builder, builderID string
	// body is the request that created the container, without the label of its owner.
	body string

	mutex  sync.Mutex
	inputs []string
	out    *output
	// finished is closed when the peer has its result.
	finished chan struct{}
}

func newCompile(peer, container, builder, builderID, body string) *compile {
	return &compile{
		peer: peer, container: container, builder: builder, builderID: builderID, body: body,
		finished: make(chan struct{}),
	}
}

func (c *compile) output() *output {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.out
}

func (c *compile) addInput(input string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.inputs = append(c.inputs, input)
}

// key is short enough to read.
func (c *compile) key() string {
	if out := c.output(); out != nil {
		return out.key[:12]
	}
	return ""
}

// from returns the peer whose build was given; empty if it is the peer's own.
func (c *compile) from() string {
	if out := c.output(); out != nil && out.leader != c {
		return out.leader.peer
	}
	return ""
}

// compiles are the builder containers, and the outputs of equal ones.
type compiles struct {
	dir        string
	mutex      sync.Mutex
	containers map[string]*compile
	outputs    map[string]*output
	// order of the outputs, the oldest first
	order []string
}

func newCompiles(dir string) *compiles {
	return &compiles{dir: dir, containers: map[string]*compile{}, outputs: map[string]*output{}}
}

func (s *compiles) add(c *compile) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.containers[c.container] = c
}

func (s *compiles) of(container string) *compile {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.containers[container]
}

// assign decides whose build a peer gets: that of an equal one, or its own.
func (s *compiles) assign(c *compile, settings control) (out *output, leads bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.out != nil {
		return c.out, c.out.leader == c
	}
	parts := append([]string{settings.Token, c.builderID, c.body}, c.inputs...)
	if !settings.Share {
		parts = append(parts, c.container)
	}
	text, _ := json.Marshal(parts)
	hash := sha256.Sum256(text)
	key := hex.EncodeToString(hash[:])
	out = s.outputs[key]
	if out == nil {
		out = &output{key: key, leader: c, start: time.Now(), done: make(chan struct{})}
		s.outputs[key] = out
		s.order = append(s.order, key)
		s.prune()
	}
	c.out = out
	return out, out.leader == c
}

// release lets a peer look for another build, after the one that it waited for has failed.
func (c *compile) release() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.out = nil
}

// prune removes the oldest outputs.
func (s *compiles) prune() {
	for len(s.order) > keptOutputs {
		old := s.outputs[s.order[0]]
		s.order = s.order[1:]
		if old != nil {
			delete(s.outputs, old.key)
			os.Remove(s.fileOf(old))
		}
	}
}

func (s *compiles) fileOf(out *output) string { return filepath.Join(s.dir, out.key+".tar") }

// settle makes an output known. Only a success is given to peers that ask later.
func (s *compiles) settle(out *output, ended bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	select {
	case <-out.done:
		return
	default:
	}
	out.ended = ended
	if (!ended || out.exitCode != 0) && s.outputs[out.key] == out {
		delete(s.outputs, out.key)
	}
	close(out.done)
}

// forget removes a container that its peer deletes. If others wait for it, one of them builds.
func (s *compiles) forget(c *compile) {
	s.mutex.Lock()
	delete(s.containers, c.container)
	s.mutex.Unlock()
	if out := c.output(); out != nil && out.leader == c {
		s.settle(out, false)
	}
	c.finish()
}

func (c *compile) finish() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	select {
	case <-c.finished:
	default:
		close(c.finished)
	}
}

// upload passes files into a container. For a builder they are part of what makes builds equal.
func (x *exchange) upload(c *compile) bool {
	if c == nil {
		return x.forward(change{})
	}
	hash := sha256.New()
	body := &readCloser{io.TeeReader(x.request.Body, hash), x.request.Body.Close}
	return x.forward(change{
		body:   body,
		length: x.request.ContentLength,
		onAnswer: func(response *http.Response) {
			if response.StatusCode == http.StatusOK {
				c.addInput(x.query["path"] + " " + hex.EncodeToString(hash.Sum(nil)))
			}
		},
	})
}

func (x *exchange) assign(c *compile) (*output, bool) {
	return x.gateway.compiles.assign(c, readControl(x.gateway.control))
}

// start starts the builder, unless another peer's build is given.
func (x *exchange) start(c *compile) bool {
	out, leads := x.assign(c)
	if !leads {
		return x.answer(http.StatusNoContent, nil, false)
	}
	return x.forward(change{query: url.Values{}, onAnswer: func(response *http.Response) {
		if response.StatusCode >= 400 {
			x.gateway.compiles.settle(out, false)
		}
	}})
}

// wait answers when the build has ended. Before the leader learns it, the gateway has taken the output.
func (x *exchange) wait(c *compile) bool {
	out, leads := x.assign(c)
	if !leads {
		return x.waitForOther(c)
	}
	return x.forward(change{onAnswer: func(response *http.Response) {
		if response.StatusCode != http.StatusOK {
			x.gateway.compiles.settle(out, false)
			return
		}
		body := response.Body
		response.ContentLength = -1
		response.Body = &readCloser{&lazyReader{func() io.Reader {
			text := readText(body)
			x.gateway.finish(c, out, text)
			return strings.NewReader(text)
		}, nil}, body.Close}
	}})
}

// lazyReader begins to read at the first call.
type lazyReader struct {
	open   func() io.Reader
	opened io.Reader
}

func (l *lazyReader) Read(into []byte) (int, error) {
	if l.opened == nil {
		l.opened = l.open()
	}
	return l.opened.Read(into)
}

// waitForOther answers with the result of another peer's build.
func (x *exchange) waitForOther(c *compile) bool {
	response := &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body: ioutil.NopCloser(&lazyReader{func() io.Reader {
			code := x.resultOf(c)
			return strings.NewReader(fmt.Sprintf("{\"StatusCode\":%d}\n", code))
		}, nil}),
		ContentLength: -1, TransferEncoding: []string{"chunked"},
		Request: x.request, Close: x.request.Close,
	}
	return response.Write(x.client) == nil && !response.Close
}

// resultOf waits for the exit code of the build that a peer gets. If the leader's build does not end, the peer builds.
func (x *exchange) resultOf(c *compile) int {
	for {
		out, leads := x.assign(c)
		if leads {
			x.gateway.runToEnd(c, out)
		}
		<-out.done
		if out.ended {
			if !leads {
				x.gateway.recordCompile(c, out, secondsSince(out.start))
			}
			c.finish()
			return out.exitCode
		}
		if leads {
			c.finish()
			return 1
		}
		c.release()
	}
}

// runToEnd starts a builder container and waits for it, in place of its peer.
func (g *gateway) runToEnd(c *compile, out *output) {
	defer g.compiles.settle(out, false)
	started, err := g.engine.do("POST", "/containers/"+c.container+"/start", nil)
	if err != nil {
		out.message = err.Error()
		return
	}
	started.Body.Close()
	waited, err := g.engine.do("POST", "/containers/"+c.container+"/wait", nil)
	if err != nil {
		out.message = err.Error()
		return
	}
	defer waited.Body.Close()
	g.finish(c, out, readText(waited.Body))
}

// finish takes the output of a builder that has ended. The text is the engine's answer to waiting.
func (g *gateway) finish(c *compile, out *output, text string) {
	defer c.finish()
	var answer struct{ StatusCode *int }
	if json.Unmarshal([]byte(text), &answer) != nil || answer.StatusCode == nil {
		g.compiles.settle(out, false)
		return
	}
	out.exitCode = *answer.StatusCode
	out.frames = g.logs(c.container)
	if out.exitCode == 0 {
		g.keepOutput(c, out)
	}
	g.recordCompile(c, out, secondsSince(out.start))
	g.compiles.settle(out, true)
}

func (g *gateway) recordCompile(c *compile, out *output, seconds *float64) {
	code := out.exitCode
	from := ""
	if out.leader != c {
		from = out.leader.peer
	}
	g.record.write(entry{
		Type: "compiled", Peer: c.peer, Container: c.container, Key: out.key[:12], Builder: c.builder,
		BuilderID: c.builderID, ExitCode: &code, Seconds: seconds, From: from,
	})
}

// logs returns what a container wrote, as the engine sends it to those who attach.
func (g *gateway) logs(container string) []byte {
	query := url.Values{"stdout": {"1"}, "stderr": {"1"}}
	response, err := g.engine.do("GET", "/containers/"+container+"/logs", query)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	text, _ := ioutil.ReadAll(io.LimitReader(response.Body, maxFrames))
	return text
}

// keepOutput copies the program out of the builder.
func (g *gateway) keepOutput(c *compile, out *output) {
	query := url.Values{"path": {outputPath}}
	response, err := g.engine.do("GET", "/containers/"+c.container+"/archive", query)
	if err != nil {
		out.message = err.Error()
		return
	}
	defer response.Body.Close()
	path := g.compiles.fileOf(out)
	file, err := os.Create(path)
	if err == nil {
		_, err = io.Copy(file, response.Body)
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		out.message = fmt.Sprintf("the output of the builder cannot be kept: %v", err)
		os.Remove(path)
		return
	}
	out.file, out.stat = path, response.Header.Get("X-Docker-Container-Path-Stat")
}

// download gives a peer the program that was built for it.
func (x *exchange) download(c *compile) bool {
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	out := c.output()
	if out == nil || out.leader == c && x.query["path"] != outputPath {
		return x.forward(change{})
	}
	<-out.done
	if x.query["path"] != outputPath || out.file == "" {
		if out.leader == c {
			return x.forward(change{})
		}
		return x.refuse(&refusal{http.StatusNotFound, "the build of " + out.leader.peer + " has no such output: " + out.message})
	}
	file, err := os.Open(out.file)
	if err != nil {
		return x.unavailable(err)
	}
	defer file.Close()
	size := int64(-1)
	if info, err := file.Stat(); err == nil {
		size = info.Size()
	}
	header := http.Header{"Content-Type": {"application/x-tar"}}
	if out.stat != "" {
		header.Set("X-Docker-Container-Path-Stat", out.stat)
	}
	response := &http.Response{
		StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Header: header,
		Body: file, ContentLength: size, Request: x.request, Close: x.request.Close,
	}
	return response.Write(x.client) == nil && !response.Close
}
