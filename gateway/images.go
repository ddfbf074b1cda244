package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// keptImages is the number of images that are known for peers that build later.
const keptImages = 64

// sharedImage is the image of equal builds.
type sharedImage struct {
	key string
	// done is closed when the build of the leader has ended. Nobody may read what follows before.
	done chan struct{}
	// id is empty if the build failed.
	id                 string
	runtime, runtimeID string
	// message is the error that the engine reported while it built; empty also if the build failed for another reason.
	message string
}

// sharedImages are the images that were built from equal contexts.
type sharedImages struct {
	mutex sync.Mutex
	known map[string]*sharedImage
	// order of the keys, the oldest first
	order []string
}

// assign returns the image of a build, and whether the caller has to build it. Otherwise the caller waits until it is done.
func (s *sharedImages) assign(key string) (image *sharedImage, leads bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if image := s.known[key]; image != nil {
		return image, false
	}
	if s.known == nil {
		s.known = map[string]*sharedImage{}
	}
	image = &sharedImage{key: key, done: make(chan struct{})}
	s.known[key] = image
	s.order = append(s.order, key)
	if len(s.order) > keptImages {
		delete(s.known, s.order[0])
		s.order = s.order[1:]
	}
	return image, true
}

// settle makes the result of a build known. If it failed, or if the engine did not report the id, the next one builds.
func (s *sharedImages) settle(image *sharedImage, build *imageBuild, isBuilt bool) {
	image.message, image.runtime, image.runtimeID = build.message, build.runtime, build.runtimeID
	if isBuilt {
		image.id = build.id
	}
	close(image.done)
	if image.id == "" {
		s.forget(image)
	}
}

// forget lets the next build of this key build anew.
func (s *sharedImages) forget(image *sharedImage) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.known[image.key] != image {
		return
	}
	delete(s.known, image.key)
	for index, key := range s.order {
		if key == image.key {
			s.order = append(s.order[:index:index], s.order[index+1:]...)
			break
		}
	}
}

// keptContext is a build context on disk, as the peer has sent it.
type keptContext struct {
	*os.File
	sum  string
	size int64
}

// Close removes the file.
func (k *keptContext) Close() error {
	os.Remove(k.Name())
	return k.File.Close()
}

// keepContext reads a context to its end.
func (g *gateway) keepContext(from io.Reader) (*keptContext, error) {
	file, err := ioutil.TempFile(g.compiles.dir, "context-")
	if err != nil {
		return nil, err
	}
	kept := &keptContext{File: file}
	hash := sha256.New()
	kept.size, err = io.Copy(io.MultiWriter(file, hash), from)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		kept.Close()
		return nil, err
	}
	kept.sum = hex.EncodeToString(hash.Sum(nil))
	return kept, nil
}

// imageKey is equal for builds that the engine would answer with the same image, as long as their runtime image is the same.
// If builds are not shared, it is that of this one alone.
func (g *gateway) imageKey(context *keptContext, query url.Values) string {
	settings := readControl(g.control)
	parts := []string{settings.Token, context.sum}
	if noCache := query.Get("nocache"); !settings.Share || !isZeroParameter(noCache) {
		parts = append(parts, context.Name())
	}
	text, _ := json.Marshal(parts)
	return hashOf(text)
}

// give names the image of an equal build for a peer. It returns false if the image or its runtime image has changed since.
func (g *gateway) give(image *sharedImage, build *imageBuild) bool {
	id, err := g.engine.imageID(image.runtime)
	if err != nil || id != image.runtimeID || g.engine.tag(image.id, build.image) != nil {
		return false
	}
	build.id, build.runtime, build.runtimeID = image.id, image.runtime, id
	return true
}

// tag gives an image another name. Peers give their images no other tag than the standard one.
func (e *engine) tag(id, name string) error {
	query := url.Values{"repo": {strings.TrimSuffix(name, ":latest")}, "tag": {"latest"}}
	response, err := e.do("POST", "/images/"+id+"/tag", query)
	if err == nil {
		response.Body.Close()
	}
	return err
}

// awaitImage waits for the end of an equal build. It returns false if the peer hangs up meanwhile.
func (x *exchange) awaitImage(image *sharedImage) bool {
	ended := make(chan error, 1)
	go func() {
		_, err := x.reader.Peek(1)
		ended <- err
	}()
	select {
	case <-image.done:
		x.interrupt()
		<-ended
		x.client.SetReadDeadline(time.Time{})
		return true
	case err := <-ended:
		if err == nil {
			// The next request.
			<-image.done
		}
		return err == nil
	}
}

// answerBuilt tells a peer how the build of its image has ended: each line is a stream or an error of the engine.
func (x *exchange) answerBuilt(lines ...map[string]string) bool {
	var body strings.Builder
	for _, line := range lines {
		text, _ := json.Marshal(line)
		body.Write(append(text, "\r\n"...))
	}
	response := &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: newBody(body.String()), ContentLength: -1, Close: x.request.Close,
	}
	return x.pass(response) && !response.Close
}
