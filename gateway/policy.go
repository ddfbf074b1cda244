package main

import (
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxJSON is the largest JSON body of a request, in bytes.
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
		return x.ask()
	}
	if match := containerPath.FindStringSubmatch(x.path); match != nil {
		return x.container(match[1], match[2])
	}
	return x.refuse(forbid("a peer does not need %s %s", x.request.Method, x.path))
}

// ask passes on a request that has no body.
func (x *exchange) ask() bool {
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	return x.forward(change{})
}

// requireNoBody reads the body. The client of go-dockerclient sends the JSON value null in some places.
func (x *exchange) requireNoBody() *refusal {
	text, err := ioutil.ReadAll(io.LimitReader(x.request.Body, 16))
	if err != nil {
		return malformed("the body cannot be read")
	}
	if body := strings.TrimSpace(string(text)); body != "" && body != "null" && body != "{}" {
		return forbid("%s has a body", x.describe())
	}
	x.request.ContentLength = 0
	return nil
}

func (x *exchange) ping() bool {
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	return x.forward(change{onAnswer: func(response *http.Response) {
		response.Header.Set("Api-Version", x.gateway.versions.shown())
	}})
}

// prefix begins the names of the peer's images and containers.
func (x *exchange) prefix() string {
	return x.gateway.cfg.NetworkID + "-" + x.peer + "-"
}

func (x *exchange) isOwnName(name string) bool {
	return strings.HasPrefix(name, x.prefix()) && len(name) > len(x.prefix())
}

// isOwnImage tells whether a reference is that of a chaincode image of this peer.
func (x *exchange) isOwnImage(ref string) bool {
	name := strings.TrimSuffix(ref, ":latest")
	return imageTag.MatchString(name) && strings.HasPrefix(name, strings.ToLower(x.prefix()))
}

// plainRef writes references of the same image in the same way.
func plainRef(ref string) string {
	ref = strings.TrimPrefix(ref, "docker.io/")
	ref = strings.TrimPrefix(ref, "library/")
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
	if refused := x.requireNoBody(); refused != nil {
		return x.refuse(refused)
	}
	return x.forward(change{onAnswer: func(response *http.Response) {
		if response.StatusCode == http.StatusNotFound && !own {
			x.gateway.record.write(entry{Type: "missing", Peer: x.peer, Image: ref})
		}
	}})
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
	owned, err := x.owns(name)
	if err != nil {
		return x.unavailable(err)
	}
	if !owned {
		return x.refuse(forbid("the container %s is not of this peer", name))
	}
	compile := x.gateway.compiles.of(name)
	switch x.request.Method + " " + action {
	case "PUT archive":
		return x.upload(compile)
	case "GET archive":
		if compile != nil {
			return x.download(compile)
		}
		return x.ask()
	case "POST attach":
		return x.attach(name, compile)
	case "POST start":
		if refused := x.requireNoBody(); refused != nil {
			return x.refuse(refused)
		}
		if compile != nil {
			return x.start(compile)
		}
		return x.forward(change{query: url.Values{}})
	case "POST wait":
		if refused := x.requireNoBody(); refused != nil {
			return x.refuse(refused)
		}
		if compile != nil {
			return x.wait(compile)
		}
		return x.forward(change{})
	case "POST stop", "POST kill":
		return x.ask()
	case "DELETE ":
		if compile != nil {
			x.gateway.compiles.forget(compile)
		}
		return x.ask()
	}
	return x.refuse(forbid("a peer does not need %s %s", x.request.Method, x.path))
}

// owns tells whether a container is of this peer: by its name, or by the label that the gateway gave it.
// A name of ours has a hyphen, so the engine cannot take it for the beginning of an id.
func (x *exchange) owns(name string) (bool, error) {
	if x.isOwnName(name) {
		return true, nil
	}
	if !containerID.MatchString(name) {
		return false, nil
	}
	info, err := x.gateway.engine.container(name)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return info.Config.Labels[ownerLabel] == x.owner(), nil
}

// owner is the value of ownerLabel for this peer.
func (x *exchange) owner() string { return x.gateway.cfg.Project + "/" + x.peer }
