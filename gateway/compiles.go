package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/ioutil"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	// keptOutputs is the number of outputs that are kept for peers that ask later.
	keptOutputs = 8
	// startLimit is how long others wait for a peer whose builder is created but not started.
	startLimit = 2 * time.Minute
	// pulseTime is how often the gateway looks whether an attached client is still there.
	pulseTime = 20 * time.Second
	// firstSignal is the first exit code of a program that was ended by a signal.
	firstSignal = 128
)

// control is what fabric-wizard may change while the gateway runs.
type control struct {
	// Token separates builds: only those of one token are shared.
	Token string `json:"token"`
	// Share tells whether equal chaincode is built once for all peers.
	Share bool `json:"share"`
	// Fresh tells that programs of earlier runs do not count.
	Fresh bool `json:"fresh"`
}

func readControl(path string) control {
	result := control{Share: true}
	if text, err := ioutil.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, &result)
	}
	return result
}

// result is how a builder ended.
type result struct {
	// exited tells whether there is an exit code.
	exited   bool
	exitCode int
	// frames is what the builder wrote, as the engine sends it to those who attach; at most maxFrames bytes.
	frames []byte
	// file has the program as a tar archive; empty if there is none.
	file string
	// sum is the SHA-256 sum of the file.
	sum string
	// stat describes the program's folder, as the engine does.
	stat string
	// message is why there is no exit code, or no program.
	message string
	// hasSource tells whether the builder got files, from which it makes a program.
	hasSource bool
}

// isShared tells whether other peers get this result. A builder that was killed says nothing about the chaincode, and one that
// was disturbed can end well without the program.
func (r result) isShared() bool {
	return r.exited && r.exitCode < firstSignal && (r.exitCode != 0 || r.file != "" || !r.hasSource)
}

// output is what a builder container leaves. Several peers may wait for it.
type output struct {
	key string
	// keptKey names the program among those that are kept; empty if it is not kept.
	keptKey string
	// kept describes the earlier build that the program is from; nil: it is built now.
	kept   *keptProgramInfo
	leader *compile
	start  time.Time
	// started is closed when the leader's peer has started the builder.
	started chan struct{}
	startup sync.Once
	// isAlone tells that it is for one peer only.
	isAlone bool
	// done is closed when the result is known. Nobody may read the result before.
	done chan struct{}
	result
}

func newOutput(key string, leader *compile) *output {
	return &output{
		key: key, leader: leader, start: time.Now(), started: make(chan struct{}), done: make(chan struct{}),
	}
}

func (o *output) isDone() bool {
	select {
	case <-o.done:
		return true
	default:
		return false
	}
}

// shortKey names an earlier build as the volume does.
func (o *output) shortKey() string {
	if o.kept != nil {
		return o.keptKey[:12]
	}
	return o.key[:12]
}

func (o *output) markStarted() { o.startup.Do(func() { close(o.started) }) }

// compile is the builder container of one peer. Only that of the leader is started.
type compile struct {
	peer, container, builder, builderID string
	// deferred is what the engine needs to make the container later; nil: it was made at once.
	deferred *deferred
	// body is the hash of the request that created the container, without the label of its owner.
	body string
	// compilesGo tells whether a Go program is made.
	compilesGo bool

	mutex sync.Mutex
	// real is the id of the container on the engine; empty if the engine does not have it.
	real   string
	inputs []string
	// uploading tells whether an input is on its way.
	uploading bool
	// hasSource tells whether an input has files.
	hasSource bool

	// isAlone tells that the input is not known for certain, so that nothing is shared.
	isAlone bool
	out     *output
	// isPretended tells whether the peer believes that it has started the container.
	isPretended bool
	// shows has a channel for each attached client, which is closed when the client has got everything.
	shows []chan struct{}
	// finished is closed when the peer has its result.
	finished chan struct{}
	finish   sync.Once
}

func newCompile(peer, container, builderID string, r creation) *compile {
	return &compile{
		peer: peer, container: container, real: container, builder: r.image, builderID: builderID,
		body: hashOf([]byte(r.equal)), compilesGo: strings.Contains(r.equal, "go build"),
		finished: make(chan struct{}),
	}
}

func hashOf(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

func hashOfAll(parts []string) string {
	text, _ := json.Marshal(parts)
	return hashOf(text)
}

func (c *compile) markFinished() { c.finish.Do(func() { close(c.finished) }) }

func (c *compile) output() *output {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.out
}

// beginInput reserves the container for one upload. When it is known whose build the peer gets, the input may not
// change any more, because others get what is built from it.
func (c *compile) beginInput(isEmpty bool) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.uploading || c.out != nil {
		return false
	}
	c.uploading = true
	c.hasSource = c.hasSource || !isEmpty

	return true
}

// endInput adds an input; empty if it is not known what the engine got.
func (c *compile) endInput(input string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.uploading = false
	if input == "" {
		c.isAlone = true
	}
	c.inputs = append(c.inputs, input)
}

// pretend notes that the peer was told that its container runs. It returns false if the container must really start.
func (c *compile) pretend(out *output) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.out != out || out.leader == c {
		return false
	}
	c.isPretended = true
	return true
}

// release lets a peer look for another build after the one that it waited for has failed.
func (c *compile) release(out *output) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.out == out {
		c.out = nil
	}
}

func (c *compile) builds() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.hasSource
}

func (c *compile) mustRun() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.isPretended
}

// addShow announces an attached client.
func (c *compile) addShow() chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	show := make(chan struct{})
	c.shows = append(c.shows, show)
	return show
}

// awaitShows waits until the attached clients have got everything, so that a peer knows what the builder wrote when it
// learns the exit code.
func (c *compile) awaitShows() {
	c.mutex.Lock()
	shows := c.shows
	c.mutex.Unlock()
	limit := time.NewTimer(drainTime)
	defer limit.Stop()
	for _, show := range shows {
		select {
		case <-show:
		case <-limit.C:
			return
		}
	}
}

// key is short enough to read.
func (c *compile) key() string {
	if out := c.output(); out != nil {
		return out.shortKey()
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

// builtAt is when the program was compiled; empty if that is now.
func (c *compile) builtAt() string {
	if out := c.output(); out != nil && out.kept != nil {
		return out.kept.Time
	}
	return ""
}

// compiles are the builder containers, and the outputs of equal ones.
type compiles struct {
	dir  string
	kept *keptPrograms
	// tooLate returns a channel that gives something when a builder ought to have started.
	tooLate func() <-chan time.Time
	// pulse returns a channel that gives something when an attached client must be looked after.
	pulse      func() <-chan time.Time
	mutex      sync.Mutex
	containers map[string]*compile
	outputs    map[string]*output
	// order of the outputs, the oldest first
	order []*output
	// granted are the compiles whose peers may refer to the program, the oldest first.
	granted []*compile
}

func newCompiles(dir string, kept *keptPrograms) *compiles {
	return &compiles{
		dir:        dir,
		kept:       kept,
		tooLate:    func() <-chan time.Time { return time.After(startLimit) },
		pulse:      func() <-chan time.Time { return time.After(pulseTime) },
		containers: map[string]*compile{},
		outputs:    map[string]*output{},
	}
}

func (s *compiles) add(c *compile) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.containers[c.container] = c
}

// alias adds the id that a builder got later.
func (s *compiles) alias(id string, c *compile) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.containers[id] = c
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
	isAlone := !settings.Share || c.builderID == "" || c.isAlone || c.uploading
	if isAlone {
		parts = append(parts, c.container)
	}
	key := hashOfAll(parts)
	out = s.outputs[key]
	if out == nil {
		out = newOutput(key, c)
		out.isAlone = isAlone
		if !isAlone && c.isKeepable() {
			out.keptKey = hashOfAll(append([]string{c.builderID, c.body}, c.inputs...))
			if !settings.Fresh {
				s.restore(out)
			}
		}
		s.outputs[key] = out
		s.order = append(s.order, out)
	}
	c.out = out
	return out, out.leader == c
}

// restore gives an output the program of an earlier run, if it is kept. Then the peer does not build.
func (s *compiles) restore(out *output) {
	info, r := s.kept.restore(out.keptKey, s.dir)
	if info == nil {
		return
	}
	out.kept, out.result = info, *r
	// Nobody builds it now.
	out.leader = &compile{}
	out.markStarted()
	close(out.done)
}

// renew gives a peer a build of its own in place of one that others have given up.
func (s *compiles) renew(c *compile, given *output) *output {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.out = newOutput(given.key, c)
	c.out.keptKey = given.keptKey
	s.order = append(s.order, c.out)
	return c.out
}

// await waits for a result.
func (s *compiles) await(out *output) {
	select {
	case <-out.started:
	case <-out.done:
	case <-s.tooLate():
		s.settle(out, result{message: "the peer did not start its builder"})
	}
	<-out.done
}

// settle makes a result known, unless another one is. Only a success is given to peers that ask later.
// It returns whether this result counts.
func (s *compiles) settle(out *output, r result) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if out.isDone() {
		if r.file != "" {
			os.Remove(r.file)
		}
		return false
	}
	out.result = r
	close(out.done)
	if r.exitCode != 0 || !r.isShared() {
		s.drop(out)
	}
	s.prune()
	return true
}

// drop removes an output. The caller holds the mutex.
func (s *compiles) drop(out *output) {
	if s.outputs[out.key] == out {
		delete(s.outputs, out.key)
	}
	for index, other := range s.order {
		if other == out {
			s.order = append(s.order[:index:index], s.order[index+1:]...)
			break
		}
	}
	if out.file != "" {
		os.Remove(out.file)
	}
}

// prune removes the oldest outputs that nobody waits for or is about to read.
func (s *compiles) prune() {
	used := map[*output]bool{}
	for _, c := range s.granted {
		used[c.output()] = true
	}
	for _, c := range s.containers {
		used[c.output()] = true
	}
	surplus := len(s.order) - keptOutputs
	for _, out := range append([]*output(nil), s.order...) {
		if surplus > 0 && out.isDone() && !used[out] {
			s.drop(out)
			surplus--
		}
	}
}

// forget removes a container that its peer deletes. If others wait for it, one of them builds.
func (s *compiles) forget(c *compile) {
	s.mutex.Lock()
	delete(s.containers, c.container)
	delete(s.containers, c.engineID())
	s.mutex.Unlock()
	if out := c.output(); out != nil && out.leader == c {
		s.settle(out, result{message: "the builder was removed"})
	}
	c.markFinished()
	s.mutex.Lock()
	s.prune()
	s.mutex.Unlock()
}
