package main

import (
	"bytes"
	"encoding/json"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// maxBody is the largest JSON body of a request, in bytes. Bodies of peers have a few thousand. The values in a body take
// many times its size in memory.
const maxBody = 64 << 10

type object map[string]interface{}

// Fields of a container that may have any value. Those that only the engine's owner may use are not among them. Labels
// are not, for they say whose a container is, nor is the host name, for newer engines let others find it under this name.
// Nor is the terminal: the gateway would take what is written to it for frames.
var (
	freeFields = set("AttachStderr", "AttachStdout", "Cmd", "Entrypoint", "Env", "Image", "NetworkDisabled", "User",
		"WorkingDir")
	// freeLimits limit a container and give it nothing.
	freeLimits = set("BlkioWeight", "CapDrop", "CpuCount", "CpuPeriod", "CpuPercent", "CpuQuota",
		"CpuShares", "KernelMemory", "Memory", "MemoryReservation", "MemorySwap", "MemorySwappiness", "NanoCpus",
		"PidsLimit", "ReadonlyRootfs")
	freeLogOptions = set("max-file", "max-size")
)

func set(names ...string) map[string]bool {
	result := map[string]bool{}
	for _, name := range names {
		result[name] = true
	}
	return result
}

// isZero tells whether a JSON value says nothing: null, false, 0, "", and lists and objects of such values.
func isZero(value interface{}) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v
	case float64:
		return v == 0
	case json.Number:
		number, err := v.Float64()
		return err == nil && number == 0
	case string:
		return v == ""
	case []interface{}:
		for _, item := range v {
			if !isZero(item) {
				return false
			}
		}
		return true
	case map[string]interface{}:
		for _, item := range v {
			if !isZero(item) {
				return false
			}
		}
		return true
	}
	return false
}

// judgeContainer returns the body of the request that creates the container: only fields that are allowed, and this
// network. The engine reads names of fields in any case, so a field that is not known exactly is left out if it says
// nothing, and refused otherwise.
func (x *exchange) judgeContainer(body object) (object, *refusal) {
	result := object{}
	for name, value := range body {
		switch {
		case freeFields[name]:
			result[name] = value
		case name == "HostConfig":
		case !isZero(value):
			return nil, forbid("a container of a peer may not have %s", name)
		}
	}
	host, _ := body["HostConfig"].(map[string]interface{})
	limits, refused := x.judgeHostConfig(host)
	if refused != nil {
		return nil, refused
	}
	result["HostConfig"] = limits
	return result, nil
}

func (x *exchange) judgeHostConfig(host map[string]interface{}) (object, *refusal) {
	result := object{}
	for name, value := range host {
		switch {
		case freeLimits[name], x.isConfigured(name, value):
			result[name] = value
		case name == "NetworkMode" && isNetwork(value, x.gateway.cfg.Network):
		case name == "LogConfig" && isPlainLog(value):
			result[name] = value
		case name == "RestartPolicy" && isNoRestart(value):
		case !isZero(value):
			return nil, forbid("a container of a peer may not have HostConfig.%s %s", name, shortJSON(value))
		}
	}
	result["NetworkMode"] = x.gateway.cfg.Network
	return result, nil
}

// isConfigured tells whether core.yaml of the network gives its chaincode containers this value. The network is the
// gateway's to choose.
func (x *exchange) isConfigured(name string, value interface{}) bool {
	if strings.EqualFold(name, "NetworkMode") {
		return false
	}
	for known, configured := range x.gateway.cfg.HostConfig {
		if strings.EqualFold(known, name) && !isZero(value) && sameJSON(configured, value) {
			return true
		}
	}
	return false
}

func sameJSON(a, b interface{}) bool {
	plain := func(value interface{}) (result interface{}) {
		text, err := json.Marshal(value)
		if err != nil || json.Unmarshal(text, &result) != nil {
			return &result
		}
		return result
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

func isNetwork(value interface{}, network string) bool {
	return value == network || value == "" || value == "default" || value == "bridge"
}

func isPlainLog(value interface{}) bool {
	log, ok := value.(map[string]interface{})
	if !ok {
		return false
	}
	for name, part := range log {
		switch name {
		case "Type":
			if part != "" && part != "json-file" && part != "local" && part != "none" {
				return false
			}
		case "Config":
			options, _ := part.(map[string]interface{})
			for option := range options {
				if !freeLogOptions[option] {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

func isNoRestart(value interface{}) bool {
	policy, ok := value.(map[string]interface{})
	if !ok {
		return false
	}
	for name, part := range policy {
		if !isZero(part) && !(name == "Name" && part == "no") {
			return false
		}
	}
	return true
}

// shortJSON shows a value in a message.
func shortJSON(value interface{}) string {
	text, _ := json.Marshal(value)
	if len(text) > 80 {
		return string(text[:77]) + "..."
	}
	return string(text)
}

func readObject(body io.Reader) (object, *refusal) {
	text, err := ioutil.ReadAll(io.LimitReader(body, maxBody+1))
	if err != nil {
		return nil, malformed("the body cannot be read")
	}
	if len(text) > maxBody {
		return nil, malformed("the body is too long")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var result object
	if err := decoder.Decode(&result); err != nil || result == nil {
		return nil, malformed("the body is not a JSON object")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, malformed("the body has more than one JSON object")
	}
	return result, nil
}

// create makes a container: a builder, which has no name, or a chaincode, whose name begins with the peer's.
func (x *exchange) create() bool {
	body, refused := readObject(x.request.Body)
	if refused != nil {
		return x.refuse(refused)
	}
	image, _ := body["Image"].(string)
	name, isNamed := x.query["name"]
	query := url.Values{}
	switch {
	case isNamed && name != "" && x.isOwnName(name) && x.isOwnImage(image):
		query.Set("name", name)
	case name == "" && x.gateway.isBuilder(image):
		name = ""
	default:
		return x.refuse(forbid("a peer may not create a container %q of the image %q", name, image))
	}
	judged, refused := x.judgeContainer(body)
	if refused != nil {
		return x.refuse(refused)
	}
	// Equal chaincode of two peers differs in the label only.
	equal, err := json.Marshal(judged)
	if err != nil {
		return x.refuse(malformed("%v", err))
	}
	judged["Labels"] = object{ownerLabel: x.owner()}
	x.request.Header.Set("Content-Type", "application/json")
	request := creation{image: image, query: query, equal: string(equal), body: judged}
	if name == "" {
		return x.createBuilder(request)
	}
	return x.createNow(request, func(info containerInfo) {
		x.gateway.record.write(entry{Type: "chaincode", Peer: x.peer, Container: name, Image: image, ImageID: info.Image})
	})
}

// createNow lets the engine make a container. onCreated learns its id, and its image unless the engine does not tell.
func (x *exchange) createNow(r creation, onCreated func(containerInfo)) bool {
	body, err := json.Marshal(r.body)
	if err != nil {
		return x.refuse(malformed("%v", err))
	}
	return x.forward(change{
		query:  r.query,
		body:   newBody(string(body)),
		length: int64(len(body)),
		onAnswer: func(response *http.Response) {
			if response.StatusCode != http.StatusCreated {
				return
			}
			text, id := idIn(response.Body)
			response.Body = newBody(text)
			response.ContentLength = int64(len(text))
			info, _ := x.gateway.engine.container(id)
			info.ID = id
			onCreated(info)
		},
	})
}

// idIn reads the answer to the creation of a container.
func idIn(body io.Reader) (text, id string) {
	var answer struct {
		ID string `json:"Id"`
	}
	text = readText(body)
	_ = json.Unmarshal([]byte(text), &answer)
	return text, answer.ID
}
