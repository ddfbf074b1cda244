package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	// maxFrames is how much of what a builder wrote is given to other peers, in bytes.
	maxFrames = 256 << 10
	// outputPath is where Fabric's builders leave the program.
	outputPath = "/chaincode/output/."
)

// inputReader is an input on its way to a builder. ended gets its hash, or nothing if the engine did not take all of it.
type inputReader struct {
	source io.ReadCloser
	hash   hash.Hash
	ended  chan string
}

func (i *inputReader) Read(into []byte) (int, error) {
	count, err := i.source.Read(into)
	i.hash.Write(into[:count])
	if err == io.EOF {
		i.end(hex.EncodeToString(i.hash.Sum(nil)))
	}
	return count, err
}

func (i *inputReader) end(sum string) {
	select {
	case i.ended <- sum:
	default:
	}
}

func (i *inputReader) Close() error {
	i.end("")
	return i.source.Close()
}

// upload passes files into a container. For a builder they are part of what makes builds equal.
func (x *exchange) upload(c *compile) bool {
	query, refused := x.parameters("path", "noOverwriteDirNonDir", "copyUIDGID")
	if refused != nil {
		return x.refuse(refused)
	}
	if c == nil {
		return x.forward(change{query: query})
	}
	if !c.beginInput(x.request.ContentLength == 0) {
		return x.refuse(forbid("the input of a builder cannot change while it builds"))
	}
	if c.engineID() == "" {
		return x.keepInput(c, query)
	}
	input := &inputReader{source: x.request.Body, hash: sha256.New(), ended: make(chan string, 1)}
	if x.request.ContentLength == 0 {
		input.Read(nil)
	}
	known := ""
	isEnded := false
	end := func() {
		if !isEnded {
			isEnded = true
			c.endInput(known)
		}
	}
	defer end()
	return x.forward(change{
		query:  query,
		body:   input,
		length: x.request.ContentLength,
		onAnswer: func(response *http.Response) {
			// The engine may answer before it has read the end of the archive.
			select {
			case sum := <-input.ended:
				if sum != "" && response.StatusCode == http.StatusOK {
					known = query.Encode() + " " + sum
				}
			case <-time.After(drainTime):
			}
			end()
		},
	})
}

func (x *exchange) assign(c *compile) (*output, bool) {
	return x.gateway.compiles.assign(c, readControl(x.gateway.control))
}

// start starts a container; of a builder only if the peer does not get another peer's build.
func (x *exchange) start(c *compile) bool {
	if c == nil {
		return x.ask()
	}
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	g := x.gateway
	out, leads := x.assign(c)
	for !leads {
		if c.pretend(out) {
			return x.answer(http.StatusNoContent, nil, false)
		}
		// The leader's build has failed meanwhile.
		out, leads = x.assign(c)
	}
	if out.isDone() && !out.exited {
		out = g.compiles.renew(c, out)
	}
	out.markStarted()
	if err := g.make(c); err != nil {
		g.compiles.settle(out, result{message: "the builder did not start"})
		return x.failed(err)
	}
	x.direct(c)
	reached := false
	usable := x.askAnd(func(response *http.Response) {
		reached = true
		if response.StatusCode >= 400 {
			g.compiles.settle(out, result{message: "the builder did not start"})
			return
		}
		// The build is not the peer's alone, so it does not end with the peer's connection.
		go g.follow(c, out)
	})
	if !reached {
		g.compiles.settle(out, result{message: "the engine does not answer"})
	}
	return usable
}

// wait answers with the exit code of the build that a peer gets, its head at once.
func (x *exchange) wait(c *compile) bool {
	if _, refused := x.parameters("condition"); refused != nil {
		return x.refuse(refused)
	}
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	response := &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body: ioutil.NopCloser(&lazyReader{open: func() (io.Reader, error) {
			code, err := x.resultOf(c)
			return strings.NewReader(fmt.Sprintf("{\"StatusCode\":%d}\n", code)), err
		}}),
		ContentLength: -1, Close: x.request.Close,
	}
	return x.pass(response) && !response.Close
}

// lazyReader begins to read at the first call.
type lazyReader struct {
	open   func() (io.Reader, error)
	opened io.Reader
}

func (l *lazyReader) Read(into []byte) (int, error) {
	if l.opened == nil {
		opened, err := l.open()
		if err != nil {
			return 0, err
		}
		l.opened = opened
	}
	return l.opened.Read(into)
}

// resultOf waits for the exit code of the build that a peer gets. If the leader's build has no result, the peer's own
// container is run.
func (x *exchange) resultOf(c *compile) (int, error) {
	defer c.markFinished()
	for {
		out, leads := x.assign(c)
		if leads && c.mustRun() && !out.isDone() {
			x.gateway.runToEnd(c, out)
		}
		if leads {
			<-out.done
		} else {
			x.gateway.compiles.await(out)
		}
		if leads && !out.exited {
			return 0, errors.New(out.message)
		}
		if leads || out.isShared() {
			if !leads {
				x.gateway.recordCompile(c, out, out.result)
			}
			c.markFinished()
			if !leads || c.mustRun() {
				c.awaitShows()
			}
			return out.exitCode, nil
		}
		c.release(out)
	}
}

// runToEnd starts a builder container and waits for it, in place of its peer.
func (g *gateway) runToEnd(c *compile, out *output) {
	out.markStarted()
	err := g.make(c)
	var started *http.Response
	if err == nil {
		started, err = g.engine.do("POST", "/containers/"+c.engineID()+"/start", nil)
	}
	if err != nil {
		g.compiles.settle(out, result{message: err.Error()})
		return
	}
	started.Body.Close()
	g.follow(c, out)
}

// follow waits for the end of a builder container and takes its output.
func (g *gateway) follow(c *compile, out *output) {
	waited, err := g.engine.do("POST", "/containers/"+c.engineID()+"/wait", nil)
	if err != nil {
		g.compiles.settle(out, result{message: err.Error()})
		return
	}
	defer waited.Body.Close()
	var answer struct{ StatusCode *int }
	if json.Unmarshal([]byte(readText(waited.Body)), &answer) != nil || answer.StatusCode == nil {
		g.compiles.settle(out, result{message: "the engine does not say how the builder ended"})
		return
	}
	r := result{
		exited: true, exitCode: *answer.StatusCode, frames: g.logs(c.engineID()), hasSource: c.builds(),
	}
	if r.exitCode == 0 {
		g.keepOutput(c, &r)
	}
	if !c.mustRun() {
		// The last lines that the peer sees come before this entry.
		c.awaitShows()
	}
	g.recordCompile(c, out, r)
	var program io.ReadCloser
	if out.keptKey != "" && r.file != "" {
		// Opened now, because the file may be removed when the result is known.
		program, err = os.Open(r.file)
	}
	counts := g.compiles.settle(out, r)
	if program == nil || err != nil {
		return
	}
	if !counts {
		// A peer that has removed its builder could change a container that still runs.
		program.Close()
		return
	}
	g.keepProgram(c, out, r, program)
}

func (g *gateway) recordCompile(c *compile, out *output, r result) {
	from := ""
	if out.leader != c {
		from = out.leader.peer
	}
	g.record.write(entry{
		Type: "compiled", Peer: c.peer, Container: c.container, Key: out.shortKey(), Builder: c.builder,
		BuilderID: c.builderID, ExitCode: &r.exitCode, Seconds: secondsSince(out.start), From: from, BuiltAt: c.builtAt(),
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
func (g *gateway) keepOutput(c *compile, r *result) {
	query := url.Values{"path": {outputPath}}
	response, err := g.engine.do("GET", "/containers/"+c.engineID()+"/archive", query)
	if err != nil {
		r.message = err.Error()
		return
	}
	defer response.Body.Close()
	file, err := ioutil.TempFile(g.compiles.dir, "output-")
	if err != nil {
		r.message = fmt.Sprintf("the output of the builder cannot be kept: %v", err)
		return
	}
	_, sum, err := copyAndSum(file, response.Body)
	if err != nil {
		r.message = fmt.Sprintf("the output of the builder cannot be kept: %v", err)
		os.Remove(file.Name())
		return
	}
	r.file, r.sum = file.Name(), sum
	r.stat = response.Header.Get("X-Docker-Container-Path-Stat")
}
