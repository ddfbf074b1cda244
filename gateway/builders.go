package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
)

// keptKinds is the number of kinds of builders that are known.
const keptKinds = 64

// builderKind is a request for a builder that the engine has got in this run.
type builderKind struct {
	key string
	// done is closed when the engine has answered. Nobody may read imageID before.
	done chan struct{}
	// imageID is that of the builder's image; empty if the engine made no container.
	imageID string
}

// builderKinds are the kinds of builders by the hash of the request.
type builderKinds struct {
	mutex sync.Mutex
	known map[string]*builderKind
}

// assign returns the kind of a request, and whether the caller has to ask the engine. Otherwise the caller waits until it is done.
func (k *builderKinds) assign(key string) (kind *builderKind, leads bool) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if kind := k.known[key]; kind != nil {
		return kind, false
	}
	if k.known == nil || len(k.known) >= keptKinds {
		k.known = map[string]*builderKind{}
	}
	kind = &builderKind{key: key, done: make(chan struct{})}
	k.known[key] = kind
	return kind, true
}

// settle notes what the engine has answered. If it has refused, the next request goes to the engine too.
func (k *builderKinds) settle(kind *builderKind, imageID string) {
	select {
	case <-kind.done:
		return
	default:
	}
	kind.imageID = imageID
	close(kind.done)
	if imageID == "" {
		k.forget(kind)
	}
}

func (k *builderKinds) forget(kind *builderKind) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.known[kind.key] == kind {
		delete(k.known, kind.key)
	}
}

// deferred is a builder that the engine does not have yet. Most are never needed, because the peer gets the program of
// another peer.
type deferred struct {
	// path and body of the request that creates it
	path, body string

	mutex  sync.Mutex
	inputs []keptInput
	// isRemoved tells that the peer has removed it.
	isRemoved bool
}

// keptInput is an archive for a builder.
type keptInput struct {
	query url.Values
	file  string
	size  int64
}

// creation is a request for a container that was judged.
type creation struct {
	image string
	query url.Values
	// equal is the body as it is for all peers.
	equal string
	body  object
}

// createBuilder makes a builder; later, if the engine has accepted an equal request already.
func (x *exchange) createBuilder(r creation) bool {
	g := x.gateway
	if !readControl(g.control).Share {
		return x.createNow(r, func(info containerInfo) {
			x.addCompile(newCompile(x.peer, info.ID, info.Image, r))
		})
	}
	for {
		kind, leads := g.builderKinds.assign(hashOf([]byte(r.image + "\n" + r.equal)))
		if leads {
			defer g.builderKinds.settle(kind, "")
			return x.createNow(r, func(info containerInfo) {
				// Without its image, a builder is not shared.
				x.addCompile(newCompile(x.peer, info.ID, info.Image, r))
				g.builderKinds.settle(kind, info.Image)
			})
		}
		<-kind.done
		if kind.imageID == "" {
			continue
		}
		if id, err := g.engine.imageID(r.image); err == nil && id == kind.imageID {
			return x.createLater(r, id)
		}
		g.builderKinds.forget(kind)
	}
}

// createLater answers as an engine that has made a builder.
func (x *exchange) createLater(r creation, imageID string) bool {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return x.unavailable(err)
	}
	// The reference can name another image when the builder is made.
	r.body["Image"] = imageID
	body, err := json.Marshal(r.body)
	if err != nil {
		return x.refuse(malformed("%v", err))
	}
	id := hex.EncodeToString(random)
	c := newCompile(x.peer, id, imageID, r)
	c.real = ""
	c.deferred = &deferred{path: x.gateway.versions.pathFor(x.version, x.path), body: string(body)}
	x.addCompile(c)
	return x.answer(http.StatusCreated, object{"Id": id, "Warnings": []string{}}, false)
}

// addCompile records a builder.
func (x *exchange) addCompile(c *compile) {
	x.gateway.compiles.add(c)
	x.gateway.record.write(entry{
		Type: "compile", Peer: x.peer, Container: c.container, Builder: c.builder, BuilderID: c.builderID,
		Image: x.gateway.builds.assign(c),
	})
}

// engineID is the builder's id on the engine; empty if the engine does not have it.
func (c *compile) engineID() string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.real
}

// keepInput keeps the files for a builder that the engine does not have.
func (x *exchange) keepInput(c *compile, query url.Values) bool {
	source := &watchedReader{Reader: x.request.Body}
	input, sum, err := x.gateway.compiles.newInput(source)
	if err != nil {
		c.endInput("")
		if source.err == nil {
			return x.unavailable(err)
		}
		x.answer(http.StatusBadRequest, map[string]string{"message": "the body is not complete"}, true)
		return false
	}
	input.query = query
	c.deferred.add(input)
	c.endInput(query.Encode() + " " + sum)
	return x.answer(http.StatusOK, nil, false)
}

// newInput writes an archive to a file, and returns its hash too.
func (s *compiles) newInput(source io.Reader) (input keptInput, sum string, err error) {
	file, err := ioutil.TempFile(s.dir, "input-")
	if err != nil {
		return input, "", err
	}
	input.file = file.Name()
	input.size, sum, err = copyAndSum(file, source)
	if err != nil {
		os.Remove(input.file)
	}
	return input, sum, err
}

func (d *deferred) add(input keptInput) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.inputs = append(d.inputs, input)
	if d.isRemoved {
		d.discard()
	}
}

// make lets the engine create a builder that it does not have.
func (g *gateway) make(c *compile) error {
	d := c.deferred
	if d == nil {
		return nil
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.isRemoved {
		return errors.New("the builder was removed")
	}
	if c.engineID() != "" {
		return nil
	}
	created, err := g.engine.send("POST", d.path, nil, newBody(d.body), int64(len(d.body)))
	if err != nil {
		return err
	}
	_, id := idIn(created.Body)
	created.Body.Close()
	// A builder can find out its id and tell its peer.
	g.compiles.alias(id, c)
	if err := g.fill(id, d.inputs); err != nil {
		if removed, failed := g.engine.do("DELETE", "/containers/"+id, nil); failed == nil {
			removed.Body.Close()
		}
		return err
	}
	d.discard()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.real = id
	return nil
}

// fill passes the inputs to a builder.
func (g *gateway) fill(id string, inputs []keptInput) error {
	for _, input := range inputs {
		file, err := os.Open(input.file)
		if err != nil {
			return err
		}
		answer, err := g.engine.send("PUT", "/containers/"+id+"/archive", input.query, file, input.size)
		if err != nil {
			return err
		}
		answer.Body.Close()
	}
	return nil
}

// discard removes the inputs. The caller holds the mutex.
func (d *deferred) discard() {
	for _, input := range d.inputs {
		os.Remove(input.file)
	}
	d.inputs = nil
}

// removeBuilder removes a builder that its peer does not need any more.
func (x *exchange) removeBuilder(c *compile) bool {
	x.gateway.compiles.forget(c)
	if d := c.deferred; d != nil {
		d.mutex.Lock()
		d.isRemoved = true
		d.discard()
		d.mutex.Unlock()
	}
	if x.direct(c) {
		return x.ask("force", "v")
	}
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	return x.answer(http.StatusNoContent, nil, false)
}

// direct lets the request name a builder as the engine does. It returns false if the engine does not have it.
func (x *exchange) direct(c *compile) bool {
	id := c.engineID()
	x.path = strings.Replace(x.path, c.container, id, 1)
	return id != ""
}

// failed passes on why a builder could not be made.
func (x *exchange) failed(err error) bool {
	answer, isAnswer := err.(*engineError)
	if !isAnswer {
		return x.unavailable(err)
	}
	x.answer(answer.status, map[string]string{"message": answer.message}, true)
	x.drain()
	return false
}
