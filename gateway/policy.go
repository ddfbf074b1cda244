package main

import (
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxEmpty is the largest body that can be an empty one, in bytes.
const maxEmpty = 16

// maxJSON is the largest part of an engine's answer that is read as a whole, in bytes.
const maxJSON = 1 << 20

// ownerLabel tells which peer of which project has created a container. Peers cannot set labels.
const ownerLabel = "io.fabric-wizard.gateway"

var (
	imagePath     = regexp.MustCompile(`^/images/(.+)/json$`)
	removeImage   = regexp.MustCompile(`^/images/([^/]+)$`)
	containerPath = regexp.MustCompile(`^/containers/([a-zA-Z0-9][a-zA-Z0-9_.-]*)(?:/(archive|attach|start|wait|stop|kill))?$`)
	containerID   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	imageTag      = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
)

// handle decides about a request. Whatever is not allowed here is refused.
// It returns whether the connection can be used again.
func (x *exchange) handle() bool {
	if x.request.Header.Get("Upgrade") != "" && !strings.HasSuffix(x.path, "/attach") {
		return x.refuse(forbid("only attaching may upgrade the connection"))
	}
	switch x.request.Method + " " + x.path {
	case "GET /_ping", "HEAD /_ping":
		return x.ping()
	case "GET /version":
		return x.ask()
	case "POST /build":
		return x.build()
	case "POST /containers/create":
		return x.create()
	case "POST /images/create":
		return x.pull()
	}
	if match := imagePath.FindStringSubmatch(x.path); match != nil && x.request.Method == "GET" {
		return x.inspectImage(match[1])
	}
	if match := removeImage.FindStringSubmatch(x.path); match != nil && x.request.Method == "DELETE" {
		if !x.isOwnImage(match[1]) {
			return x.refuse(forbid("the image %s is not of this peer", match[1]))
		}
		return x.ask("force", "noprune")
	}
	if match := containerPath.FindStringSubmatch(x.path); match != nil {
		return x.container(match[1], match[2])
	}
	return x.refuse(forbid("a peer does not need %s %s", x.request.Method, x.path))
}

// ask passes on a request that has no body, with the parameters that are named.
func (x *exchange) ask(parameters ...string) bool {
	return x.askAnd(nil, parameters...)
}

// askAnd is ask with a function that sees the answer.
func (x *exchange) askAnd(onAnswer func(*http.Response), parameters ...string) bool {
	query, refused := x.parameters(parameters...)
	if refused == nil {
		refused = x.requireNoBody()
	}
	if refused != nil {
		return x.refuse(refused)
	}
	return x.forward(change{query: query, onAnswer: onAnswer})
}

// parameters returns those parameters of the request that may be passed on. Others must say nothing.
func (x *exchange) parameters(names ...string) (url.Values, *refusal) {
	allowed := set(names...)
	result := url.Values{}
	for name, value := range x.query {
		switch {
		case allowed[name]:
			result.Set(name, value)
		case !isZeroParameter(value):
			return nil, forbid("a peer may not use %s=%s", name, value)
		}
	}
	return result, nil
}

// requireNoBody reads the body. The client of go-dockerclient sends the JSON value null in some places.
func (x *exchange) requireNoBody() *refusal {
	text, err := ioutil.ReadAll(io.LimitReader(x.request.Body, maxEmpty+1))
	if err != nil {
		return malformed("the body cannot be read")
	}
	body := strings.TrimSpace(string(text))
	if len(text) > maxEmpty || body != "" && body != "null" && body != "{}" {
		return forbid("%s has a body", x.describe())
	}
	x.request.ContentLength = 0
	return nil
}

func (x *exchange) ping() bool {
	return x.askAnd(func(response *http.Response) {
		response.Header.Set("Api-Version", x.gateway.versions.shown())
	})
}

// notInNames is what Fabric replaces in the names of its containers and images.
var notInNames = regexp.MustCompile("[^a-zA-Z0-9-_.]")

// prefixOf begins the names of a peer's containers.
func (g *gateway) prefixOf(peer string) string {
	return notInNames.ReplaceAllString(g.cfg.NetworkID+"-"+peer+"-", "-")
}

// ownerOf returns the peer that a name belongs to. If a name begins with the prefixes of several peers, the longest
// one decides: with peers p and p-2, the name NETWORK-p-2-cc is of p-2.
func (g *gateway) ownerOf(name string, prefixOf func(peer string) string) string {
	owner, longest := "", 0
	for _, peer := range g.cfg.Peers {
		prefix := prefixOf(peer)
		if strings.HasPrefix(name, prefix) && len(name) > len(prefix) && len(prefix) > longest {
			owner, longest = peer, len(prefix)
		}
	}
	return owner
}

func (x *exchange) isOwnName(name string) bool {
	return x.gateway.ownerOf(name, x.gateway.prefixOf) == x.peer
}

// isOwnImage tells whether a reference is that of a chaincode image of this peer.
func (x *exchange) isOwnImage(ref string) bool {
	name := strings.TrimSuffix(ref, ":latest")
	lower := func(peer string) string { return strings.ToLower(x.gateway.prefixOf(peer)) }
	return imageTag.MatchString(name) && x.gateway.ownerOf(name, lower) == x.peer
}

// plainRef writes references of the same image in the same way.
func plainRef(ref string) string {
	ref = strings.TrimPrefix(ref, "docker.io/")
	if rest := strings.TrimPrefix(ref, "library/"); !strings.Contains(rest, "/") {
		ref = rest
	}
	if !strings.Contains(ref, "@") && !strings.Contains(ref[strings.LastIndex(ref, "/")+1:], ":") {
		ref += ":latest"
	}
	return ref
}

func contains(refs []string, ref string) bool {
	for _, known := range refs {
		if plainRef(known) == plainRef(ref) {
			return true
		}
	}
	return false
}

func (g *gateway) isBuilder(ref string) bool { return contains(g.cfg.Builders, ref) }
func (g *gateway) isRuntime(ref string) bool { return contains(g.cfg.Runtimes, ref) }

func (x *exchange) inspectImage(ref string) bool {
	own := x.isOwnImage(ref)
	if !own && !x.gateway.isBuilder(ref) && !x.gateway.isRuntime(ref) {
		return x.refuse(forbid("the image %s is neither a builder nor a runtime of this network", ref))
	}
	return x.askAnd(func(response *http.Response) {
		if response.StatusCode == http.StatusNotFound && !own {
			x.gateway.record.write(entry{Type: "missing", Peer: x.peer, Image: ref})
		}
	})
}

// pull answers as an engine that does not find the image. fabric-wizard makes the images before the network starts;
// a peer never needs one from elsewhere.
func (x *exchange) pull() bool {
	ref := x.query["fromImage"]
	if tag := x.query["tag"]; tag != "" {
		ref += ":" + tag
	}
	if ref == "" || !x.gateway.isBuilder(ref) && !x.gateway.isRuntime(ref) {
		return x.refuse(forbid("peers may not pull images (%s)", ref))
	}
	return x.refuse(absent(ref))
}

// container decides about a request to one container.
func (x *exchange) container(name, action string) bool {
	compile := x.gateway.compiles.of(name)
	if compile == nil || compile.peer != x.peer {
		if refused, err := x.mustOwn(name); err != nil {
			return x.unavailable(err)
		} else if refused != nil {
			return x.refuse(refused)
		}
	}
	switch x.request.Method + " " + action {
	case "PUT archive":
		return x.upload(compile)
	case "GET archive":
		if compile != nil {
			return x.download(compile)
		}
		return x.ask("path")
	case "POST attach":
		return x.attach(name, compile)
	case "POST start":
		return x.start(compile)
	case "POST wait":
		if compile != nil {
			return x.wait(compile)
		}
		return x.ask("condition")
	}
	if compile != nil && x.request.Method == "DELETE" {
		return x.removeBuilder(compile)
	}
	if compile != nil && !x.direct(compile) {
		return x.refuse(&refusal{http.StatusConflict, "the builder is not running"})
	}
	switch x.request.Method + " " + action {
	case "POST stop":
		return x.ask("t")
	case "POST kill":
		if signal := x.query["signal"]; signal != "" && !killSignals[strings.ToUpper(signal)] {
			return x.refuse(forbid("a peer may not send the signal %s", signal))
		}
		return x.ask("signal")
	case "DELETE ":
		return x.ask("force", "v")
	}
	return x.refuse(forbid("a peer does not need %s %s", x.request.Method, x.path))
}

var killSignals = set("9", "15", "KILL", "SIGKILL", "TERM", "SIGTERM")

// mustOwn refuses a container that is not of this peer: by its name, or by the label that the gateway gave it.
// A name of ours has a hyphen, so the engine cannot take it for the beginning of an id.
func (x *exchange) mustOwn(name string) (*refusal, error) {
	if x.isOwnName(name) {
		return nil, nil
	}
	if !containerID.MatchString(name) {
		return forbid("the container %s is not of this peer", name), nil
	}
	info, err := x.gateway.engine.container(name)
	if isNotFound(err) {
		return &refusal{http.StatusNotFound, "No such container: " + name}, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Config.Labels[ownerLabel] != x.owner() {
		return forbid("the container %s is not of this peer", name), nil
	}
	return nil, nil
}

// owner is the value of ownerLabel for this peer.
func (x *exchange) owner() string { return x.gateway.cfg.Project + "/" + x.peer }
