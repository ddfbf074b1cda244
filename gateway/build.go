package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// gaveUp is why a build ended whose peer has hung up.
const gaveUp = "the peer gave up"

// imageBuild is a chaincode image that a peer builds.
type imageBuild struct {
	peer, image        string
	runtime, runtimeID string
	start              time.Time
	compile            *compile
	// message is the error that the engine reported while it built.
	message string
	// id is that of the image, as the engine reported it. The name of the image may be given to another one meanwhile.
	id string
}

// imageBuilds are the builds that have not ended.
type imageBuilds struct {
	mutex sync.Mutex
	open  []*imageBuild
}

func (b *imageBuilds) add(build *imageBuild) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.open = append(b.open, build)
}

func (b *imageBuilds) remove(build *imageBuild) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for index, other := range b.open {
		if other == build {
			b.open = append(b.open[:index:index], b.open[index+1:]...)
			return
		}
	}
}

// assign gives a compile to the build that it is for, and returns the name of the build's image. A peer says nothing
// about it: it is the peer's oldest build that has no compile yet, or else its newest.
func (b *imageBuilds) assign(c *compile) string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	var found *imageBuild
	for _, build := range b.open {
		if build.peer != c.peer {
			continue
		}
		found = build
		if build.compile == nil {
			break
		}
	}
	if found == nil {
		return ""
	}
	found.compile = c
	return found.image
}

// pair gives a build the compile that its context refers to.
func (b *imageBuilds) pair(build *imageBuild, c *compile) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	build.compile = c
}

// judgeBuild returns the parameters for the engine.
func (x *exchange) judgeBuild() (url.Values, *refusal) {
	// Peers never need an image from elsewhere. Version 1 is the builder that peers use.
	delete(x.query, "pull")
	if x.query["version"] == "1" {
		delete(x.query, "version")
	}
	result, refused := x.parameters("t", "networkmode", "nocache", "q", "rm", "forcerm")
	if refused != nil {
		return nil, refused
	}
	if !x.isOwnImage(x.query["t"]) {
		return nil, forbid("a peer may not build the image %q", x.query["t"])
	}
	if !isNetwork(x.query["networkmode"], x.gateway.cfg.Network) {
		return nil, forbid("a peer may not build in the network %q", x.query["networkmode"])
	}
	result.Set("networkmode", x.gateway.cfg.Network)
	// Fabric 2.5.15 and later ask to keep the containers of the build's steps, which nobody removes.
	result.Set("rm", "1")
	result.Set("forcerm", "1")
	return result, nil
}

func isZeroParameter(text string) bool {
	var value interface{}
	return text == "" || json.Unmarshal([]byte(text), &value) == nil && isZero(value)
}

// build passes on the build of a chaincode image. If an equal one has ended, its image gets another name.
func (x *exchange) build() bool {
	query, refused := x.judgeBuild()
	if refused != nil {
		return x.refuse(refused)
	}
	build := &imageBuild{peer: x.peer, image: x.query["t"], start: time.Now()}
	g := x.gateway
	g.builds.add(build)
	g.record.write(entry{Type: "build", Peer: x.peer, Image: build.image})
	ended := false
	var leading *sharedImage
	end := func(message string) {
		if !ended {
			ended = true
			g.builds.remove(build)
			g.recordBuild(build, message)
			if leading != nil {
				g.images.settle(leading, build, message == "")
			}
		}
	}
	source := &watchedReader{Reader: x.request.Body}
	context, err := g.keepContext(source)
	if source.err != nil {
		end(gaveUp)
		x.answer(http.StatusBadRequest, map[string]string{"message": "the body is not complete"}, true)
		return false
	}
	if err != nil {
		end(err.Error())
		return x.refuse(&refusal{http.StatusInternalServerError, fmt.Sprintf("the build context cannot be kept: %v", err)})
	}
	defer context.Close()
	compile, refused := x.referred(context)
	if refused != nil {
		end(refused.reason)
		return x.refuse(refused)
	}
	if compile != nil {
		g.builds.pair(build, compile)
		defer g.compiles.revoke(compile)
	}
	program, err := compile.keptProgram()
	if err != nil {
		end(err.Error())
		return x.unavailable(err)
	}
	defer program.Close()
	key := g.imageKey(context, query)
	for leading == nil {
		image, leads := g.images.assign(key)
		if leads {
			leading = image
			break
		}
		if !x.awaitImage(image) {
			end(gaveUp)
			return false
		}
		if image.message != "" {
			end(image.message)
			return x.answerBuilt(map[string]string{"error": image.message})
		}
		if image.id != "" && g.give(image, build) {
			end("")
			return x.answerBuilt(
				map[string]string{"stream": "Successfully built " + image.id + "\n"},
				map[string]string{"stream": "Successfully tagged " + build.image + "\n"},
			)
		}
		g.images.forget(image)
	}
	body := newBuildContext(context, program, func(dockerfile string) *refusal {
		base, refused := g.judgeDockerfile(dockerfile)
		if refused != nil {
			return refused
		}
		id, err := g.engine.imageID(base)
		if isNotFound(err) {
			g.record.write(entry{Type: "missing", Peer: x.peer, Image: base})
			return absent(base)
		}
		if err != nil {
			return &refusal{http.StatusBadGateway, fmt.Sprintf("the engine does not answer: %v", err)}
		}
		build.runtime, build.runtimeID = base, id
		return nil
	})
	usable := x.forward(change{
		query:  query,
		body:   body,
		length: -1,
		onAnswer: func(response *http.Response) {
			if response.StatusCode != http.StatusOK {
				text := readText(response.Body)
				response.Body, response.ContentLength = newBody(text), int64(len(text))
				end(text)
				return
			}
			progress := &buildProgress{build: build}
			response.Body = &atEnd{
				ReadCloser: &readCloser{io.TeeReader(response.Body, progress), response.Body.Close},
				ended:      func(error) { end(build.message) },
			}
		},
	})
	message := gaveUp
	if body.refused != nil {
		message = body.refused.reason
	}
	end(message)
	return usable
}

// recordBuild writes the end of a build.
func (g *gateway) recordBuild(build *imageBuild, message string) {
	e := entry{
		Type: "image", Peer: build.peer, Image: build.image, Runtime: build.runtime, RuntimeID: build.runtimeID,
		Seconds: secondsSince(build.start),
	}
	if c := build.compile; c != nil {
		e.Builder, e.BuilderID, e.Key, e.From, e.BuiltAt = c.builder, c.builderID, c.key(), c.from(), c.builtAt()
	}
	if message == "" {
		id, err := g.engine.imageID(build.image)
		if build.id != "" {
			id = build.id
		}
		if err == nil {
			e.ImageID = id
		} else {
			message = fmt.Sprintf("the image does not exist: %v", err)
		}
	}
	if message != "" {
		e.Type, e.Message = "build-failed", message
	}
	g.record.write(e)
}

// buildProgress finds the error and the id of the image in the messages of a build. They are JSON objects, one after another.
type buildProgress struct {
	build *imageBuild
	rest  []byte
}

func (p *buildProgress) Write(part []byte) (int, error) {
	p.rest = append(p.rest, part...)
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 {
			break
		}
		var message struct {
			Error string `json:"error"`
			Aux   struct{ ID string }
		}
		// What is not of this form is output.
		_ = json.Unmarshal(p.rest[:end], &message)
		if message.Error != "" {
			p.build.message = message.Error
		}
		if message.Aux.ID != "" {
			p.build.id = message.Aux.ID
		}
		p.rest = p.rest[end+1:]
	}
	if len(p.rest) > maxJSON {
		p.rest = nil
	}
	return len(part), nil
}
