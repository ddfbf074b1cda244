package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// chaincodeBody is what peers send to create a chaincode container.
const chaincodeBody = `{"Image":"dev-peer0-cc-1-abc","Cmd":["chaincode","-peer.address=peer0:7052"],"Env":["CORE_CHAINCODE_ID_NAME=cc:1"],
"HostConfig":{"NetworkMode":"fwnet","Memory":2147483648,"RestartPolicy":{},"LogConfig":{"Type":"json-file","Config":{"max-size":"50m","max-file":"5"}},
"MemorySwappiness":0,"OomKillDisable":false,"ConsoleSize":[0,0]},"AttachStdout":true,"AttachStderr":true}`

const builderBody = `{"Image":"hyperledger/fabric-ccenv:2.5","Env":["GOPROXY=https://proxy.golang.org"],"Cmd":["/bin/sh","-c","go build"],"AttachStdout":true,"AttachStderr":true}`

// mobyBody is what the clients of newer peers send: every field.
const mobyBody = `{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,
"Env":["A=b"],"Cmd":["/bin/sh"],"Image":"hyperledger/fabric-ccenv:2.5","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null,"ExposedPorts":null,
"HostConfig":{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":null},"NetworkMode":"fwnet","PortBindings":null,"RestartPolicy":{"Name":"","MaximumRetryCount":0},
"AutoRemove":false,"VolumeDriver":"","VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":null,"CapDrop":null,"CgroupnsMode":"","Dns":null,"DnsOptions":null,"DnsSearch":null,
"ExtraHosts":null,"GroupAdd":null,"IpcMode":"","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,
"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":0,"Isolation":"","CpuShares":0,"Memory":0,"NanoCpus":0,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":null,
"Devices":null,"DeviceCgroupRules":null,"DeviceRequests":null,"MemorySwappiness":null,"OomKillDisable":null,"PidsLimit":null,"Ulimits":null,"Mounts":null,"MaskedPaths":null,"ReadonlyPaths":null},
"NetworkingConfig":null}`

func TestRequestsOfAllReleases(t *testing.T) {
	b := newBench(t)
	defer b.close()
	_, created := b.ask("peer0", "POST", "/containers/create?", builderBody)
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal([]byte(created), &answer)
	b.engine.images["dev-peer0-cc-1-abc"] = "sha256:own"
	for _, request := range []struct {
		request, body string
		status        int
	}{
		{"HEAD /_ping", "", 200},
		{"GET /_ping", "", 200},
		{"GET /version", "", 200},
		{"POST /containers/dev-peer0-cc-1/stop?t=0", "", 204},
		{"POST /containers/dev-peer0-cc-1/kill?", "null", 204},
		{"POST /containers/dev-peer0-cc-1/kill?signal=SIGKILL", "", 204},
		{"DELETE /containers/dev-peer0-cc-1?force=1", "", 204},
		{"POST /containers/create?name=dev-peer0-cc-1", chaincodeBody, 201},
		{"POST /v1.44/containers/create", mobyBody, 201},
		{"GET /images/hyperledger/fabric-ccenv:2.5/json", "", 200},
		{"GET /v1.41/images/hyperledger/fabric-baseos:2.5/json", "", 200},
		{"GET /images/dev-peer0-cc-1-abc/json", "", 200},
		{"GET /images/dev-peer0-cc-1-none/json", "", 404},
		{"DELETE /images/dev-peer0-cc-1-abc?force=1", "", 204},
		{"PUT /containers/dev-peer0-cc-1/archive?path=%2F", "tar", 200},
		{"PUT /containers/dev-peer0-cc-1/archive?noOverwriteDirNonDir=0&path=/", "tar", 200},
		{"POST /containers/dev-peer0-cc-1/start", "", 204},
		{"POST /containers/dev-peer0-cc-1/start", "{}", 204},
		{"POST /containers/dev-peer0-cc-1/wait", "", 200},
		{"POST /v1.41/containers/dev-peer0-cc-1/wait?condition=not-running", "", 200},
		{"GET /containers/ID/archive?path=/chaincode/output/.", "", 204},
		{"DELETE /containers/ID?", "", 204},
		// The engine does not have it, and the peer may not fetch it.
		{"POST /images/create?fromImage=hyperledger%2Ffabric-ccenv&tag=2.5", "", 404},
	} {
		parts := strings.SplitN(strings.Replace(request.request, "ID", answer.ID, 1), " ", 2)
		if status, text := b.ask("peer0", parts[0], parts[1], request.body); status != request.status {
			t.Errorf("%s: %d %s", request.request, status, text)
		}
	}
	if refused := b.entries("refused"); len(refused) > 0 {
		t.Errorf("the record has %v", refused)
	}
}

func TestContainersAreMadeOfWhatIsAllowed(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.ask("peer0", "POST", "/containers/create?name=dev-peer0-cc-1", chaincodeBody)
	var got struct {
		Image      string
		Cmd        []string
		Labels     map[string]string
		HostConfig map[string]interface{}
	}
	json.Unmarshal([]byte(b.engine.lastBody()), &got)
	if got.Image != "dev-peer0-cc-1-abc" || len(got.Cmd) != 2 || got.Labels[ownerLabel] != "fw/peer0" ||
		got.HostConfig["NetworkMode"] != "fwnet" || got.HostConfig["Memory"] != float64(2147483648) {
		t.Errorf("the engine got %s", b.engine.lastBody())
	}
	b.ask("peer0", "POST", "/containers/create?platform=", mobyBody)
	if body := b.engine.lastBody(); strings.Contains(body, "Mounts") || strings.Contains(body, "Privileged") {
		t.Errorf("the engine got %s", body)
	}
	requests := b.engine.requests()
	if last := requests[len(requests)-1]; last != "POST /containers/create" {
		t.Errorf("the engine got %s", last)
	}
}

// withField adds a field to the body of a builder, at the top or in HostConfig.
func withField(inHost bool, name, value string) string {
	field := `"` + name + `":` + value
	if inHost {
		return `{"Image":"hyperledger/fabric-ccenv:2.5","HostConfig":{"NetworkMode":"fwnet",` + field + `}}`
	}
	return `{"Image":"hyperledger/fabric-ccenv:2.5",` + field + `}`
}

func TestContainersWithPrivileges(t *testing.T) {
	b := newBench(t)
	defer b.close()
	inHost := map[string]string{
		"Binds": `["/:/host"]`, "Mounts": `[{"Type":"bind","Source":"/","Target":"/host"}]`, "VolumesFrom": `["fw-peer1"]`,
		"Privileged": `true`, "CapAdd": `["SYS_ADMIN"]`, "Devices": `[{"PathOnHost":"/dev/sda"}]`, "DeviceRequests": `[{"Count":-1}]`,
		"DeviceCgroupRules": `["a *:* rwm"]`, "SecurityOpt": `["seccomp=unconfined"]`, "PidMode": `"host"`, "IpcMode": `"host"`,
		"UTSMode": `"host"`, "UsernsMode": `"host"`, "CgroupnsMode": `"host"`, "CgroupParent": `"/"`, "Cgroup": `"container:x"`,
		"Runtime": `"other"`, "Sysctls": `{"kernel.x":"1"}`, "PortBindings": `{"80/tcp":[{"HostPort":"80"}]}`, "PublishAllPorts": `true`,
		"NetworkMode": `"host"`, "Links": `["x:y"]`, "ExtraHosts": `["orderer:1.2.3.4"]`, "Dns": `["1.2.3.4"]`, "VolumeDriver": `"x"`,
		"GroupAdd": `["0"]`, "OomScoreAdj": `-1000`, "OomKillDisable": `true`, "MaskedPaths": `["x"]`, "ReadonlyPaths": `["x"]`, "StorageOpt": `{"size":"1G"}`,
		"Tmpfs": `{"/x":"y"}`, "ShmSize": `1`, "Ulimits": `[{"Name":"x","Hard":1}]`, "Isolation": `"x"`, "ContainerIDFile": `"/x"`, "Init": `true`,
		"Annotations": `{"x":"y"}`, "AutoRemove": `true`, "RestartPolicy": `{"Name":"always"}`, "LogConfig": `{"Type":"syslog"}`,
		"Unknown": `1`, "NetworkingConfig": `{"x":"y"}`,
	}
	for name, value := range inHost {
		for _, spelled := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			b.refused(spelled, "peer0", rawRequest("POST", "/containers/create", withField(true, spelled, value)), 403)
		}
	}
	for _, value := range []string{`"other"`, `"container:fw-peer1"`, `"none"`, `"fwnet2"`, `["fwnet"]`} {
		b.refused("network "+value, "peer0", rawRequest("POST", "/containers/create", withField(true, "NetworkMode", value)), 403)
	}
	for _, value := range []string{`{"Type":"json-file","Config":{"tag":"x"}}`, `{"type":"syslog"}`, `{"Type":"fluentd","Config":{}}`, `"x"`} {
		b.refused("log "+value, "peer0", rawRequest("POST", "/containers/create", withField(true, "LogConfig", value)), 403)
	}
	atTop := map[string]string{
		"Volumes": `{"/x":{"a":1}}`, "Labels": `{"io.fabric-wizard.gateway":"fw/peer1"}`, "ExposedPorts": `{"80/tcp":{"x":1}}`,
		"NetworkingConfig": `{"EndpointsConfig":{"other":{"Aliases":["orderer"]}}}`, "Hostname": `"orderer"`, "Domainname": `"example.com"`, "MacAddress": `"02:00:00:00:00:01"`, "Healthcheck": `{"Test":["x"]}`,
		"StopSignal": `"x"`, "Shell": `["x"]`, "OnBuild": `["x"]`, "hostconfig": `{"Privileged":true}`, "hostConfig": `{"Privileged":true}`,
		"HOSTCONFIG": `{"Privileged":true}`, "Tty": `true`, "OpenStdin": `true`, "StdinOnce": `true`, "AttachStdin": `true`, "image": `"alpine"`, "Privileged": `true`, "Binds": `["/:/x"]`, "host_config": `{"Privileged":true}`,
	}
	for name, value := range atTop {
		b.refused(name, "peer0", rawRequest("POST", "/containers/create", withField(false, name, value)), 403)
	}
	// The engine takes the last of equal fields, and so does the gateway.
	b.refused("HostConfig twice", "peer0", rawRequest("POST", "/containers/create",
		`{"Image":"hyperledger/fabric-ccenv:2.5","HostConfig":{},"HostConfig":{"Privileged":true}}`), 403)
	for what, body := range map[string]string{
		"two objects": builderBody + `{"HostConfig":{"Privileged":true}}`, "no JSON": `x`, "null": `null`, "list": `[]`, "nothing": ``,
		"long": `{"Image":"` + strings.Repeat("x", 64<<10) + `"}`,
	} {
		b.refused(what, "peer0", rawRequest("POST", "/containers/create", body), 400)
	}
}

// Fields that say nothing are not passed on in any spelling.
func TestEmptyFieldsAreDropped(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for _, body := range []string{
		withField(false, "Volumes", `{"/x":{}}`), withField(false, "ExposedPorts", `{"80/tcp":{}}`), withField(false, "hostconfig", `{"Privileged":false}`),
		withField(false, "HostConfig", `"text"`), withField(true, "Mounts", `[{}]`), withField(true, "Binds", `[""]`),
	} {
		if status, text := b.ask("peer0", "POST", "/containers/create", body); status != 201 {
			t.Errorf("%s: %d %s", body, status, text)
		}
		wanted := `{"HostConfig":{"NetworkMode":"fwnet"},"Image":"hyperledger/fabric-ccenv:2.5","Labels":{"io.fabric-wizard.gateway":"fw/peer0"}}`
		if got := b.engine.lastBody(); got != wanted {
			t.Errorf("%s: the engine got %s", body, got)
		}
	}
}

func TestHostConfigOfCoreYAML(t *testing.T) {
	b := newBench(t)
	defer b.close()
	b.gateway.cfg.HostConfig = map[string]interface{}{
		"Dns": []interface{}{"192.168.0.1"}, "Privileged": true, "ShmSize": 64, "NetworkMode": "host", "extrahosts": []interface{}{"a:1.2.3.4"},
	}
	for body, status := range map[string]int{
		withField(true, "Dns", `["192.168.0.1"]`):      201,
		withField(true, "Privileged", `true`):          201,
		withField(true, "ShmSize", `64`):               201,
		withField(true, "ExtraHosts", `["a:1.2.3.4"]`): 201,
		withField(true, "Dns", `["192.168.0.2"]`):      403,
		withField(true, "ShmSize", `65`):               403,
		withField(true, "NetworkMode", `"host"`):       403,
		withField(true, "CapAdd", `["SYS_ADMIN"]`):     403,
	} {
		if got, text := b.ask("peer0", "POST", "/containers/create", body); got != status {
			t.Errorf("%s: %d %s", body, got, text)
		}
	}
}

func TestImagesAndNamesOfContainers(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for _, ref := range []string{
		"alpine", "hyperledger/fabric-ccenv", "hyperledger/fabric-ccenv:2.4", "hyperledger/fabric-ccenv:2.5@sha256:" + strings.Repeat("a", 64),
		"hyperledger/fabric-baseos:2.5", "example.com/hyperledger/fabric-ccenv:2.5", "docker.io/library/hyperledger/fabric-ccenv:2.5",
		"library/hyperledger/fabric-ccenv:2.5", "Hyperledger/fabric-ccenv:2.5", "sha256:" + strings.Repeat("a", 64), strings.Repeat("a", 64), "abcdef",
		"hyperledger/fabric-ccenv:2.5 ", "dev-peer0-cc-1-abc", "",
	} {
		body, _ := json.Marshal(object{"Image": ref})
		b.refused("builder "+ref, "peer0", rawRequest("POST", "/containers/create", string(body)), 403)
	}
	for _, ref := range []string{
		"alpine", builderRef, runtimeRef, "dev-peer1-cc-1-abc", "dev-peer0", "dev-peer0-", "dev-peer0-cc:1", "dev-peer0-cc@sha256:" + strings.Repeat("a", 64),
		"example.com/dev-peer0-cc", "dev-peer0-cc/../x", "dev-peer0-cc/x", "DEV-PEER0-CC", "other-peer0-cc", "dev-peer10-cc",
	} {
		body, _ := json.Marshal(object{"Image": ref})
		b.refused("chaincode "+ref, "peer0", rawRequest("POST", "/containers/create?name=dev-peer0-cc-1", string(body)), 403)
	}
	for _, name := range []string{
		"dev-peer1-cc-1", "dev-peer10-cc-1", "dev-peer0", "dev-peer0-", "fw-orderer", "Dev-peer0-cc-1", "/dev-peer0-cc-1", "x-dev-peer0-cc", "%64ev-peer1-cc",
	} {
		b.refused("name "+name, "peer0", rawRequest("POST", "/containers/create?name="+name, chaincodeBody), 403)
	}
	b.refused("name of a builder", "peer0", rawRequest("POST", "/containers/create?name=dev-peer0-cc-1", builderBody), 403)
	b.refused("no name", "peer0", rawRequest("POST", "/containers/create", chaincodeBody), 403)
}

func TestNamesOfOtherPeers(t *testing.T) {
	b := newBench(t)
	defer b.close()
	_, text := b.ask("peer1", "POST", "/containers/create", builderBody)
	var answer struct {
		ID string `json:"Id"`
	}
	json.Unmarshal([]byte(text), &answer)
	for _, foreign := range []string{
		"dev-peer0-cc-1", "dev-peer10-cc-1", "dev-peer1-b-cc-1", "dev-peer1", "fw-peer1", "fw-orderer", "other-peer1-cc-1", "dev-peer1-",
		answer.ID[:12], answer.ID[:63], strings.ToUpper(answer.ID[:63]) + "A",
	} {
		for _, request := range []string{
			"POST /containers/%/stop", "POST /containers/%/kill", "DELETE /containers/%?force=1", "POST /containers/%/start", "POST /containers/%/wait",
			"GET /containers/%/archive?path=/", "PUT /containers/%/archive?path=/", "POST /v1.41/containers/%/attach?stream=1",
		} {
			parts := strings.SplitN(strings.Replace(request, "%", foreign, 1), " ", 2)
			b.refused(request+" "+foreign, "peer1", rawRequest(parts[0], parts[1], ""), 403)
		}
	}
	b.refused("id of another peer", "peer0", rawRequest("GET", "/containers/"+answer.ID+"/archive?path=/", ""), 403)
	b.refused("unknown id", "peer0", rawRequest("POST", "/containers/"+strings.Repeat("b", 64)+"/stop", ""), 404)
	for name, owner := range map[string]string{
		"dev-peer1-cc": "peer1", "dev-peer1-b-cc": "peer1-b", "dev-peer1-b": "peer1", "dev-peer10-cc": "peer10", "dev-peer2-cc": "", "dev-peer1": "", "dev": "",
	} {
		if got := b.gateway.ownerOf(name, b.gateway.prefixOf); got != owner {
			t.Errorf("%s is of %q", name, got)
		}
	}
}

// The engine's container may have a label of a peer of the same name in another project.
func TestContainersOfAnotherProject(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for id, labels := range map[string]map[string]string{
		strings.Repeat("c", 64): {ownerLabel: "other/peer0"}, strings.Repeat("d", 64): nil, strings.Repeat("e", 64): {ownerLabel: "fw/peer1"},
	} {
		b.engine.created[id] = fakeContainer{builderRef, labels}
		b.refused(id, "peer0", rawRequest("DELETE", "/containers/"+id+"?force=1", ""), 403)
	}
}

func TestRequestsThatPeersDoNotNeed(t *testing.T) {
	b := newBench(t)
	defer b.close()
	own := "/containers/dev-peer0-cc-1"
	for _, request := range []string{
		"GET /info", "GET /events", "GET /containers/json", "GET /images/json", "POST /auth", "GET /system/df",
		"POST " + own + "/exec", "POST /exec/abc/start", "GET " + own + "/json", "GET " + own + "/top", "GET " + own + "/logs?stdout=1", "GET " + own + "/export", "GET " + own + "/changes",
		"POST " + own + "/update", "POST " + own + "/rename?name=x", "POST " + own + "/pause", "POST " + own + "/resize", "POST " + own + "/restart", "HEAD " + own + "/archive", "GET " + own + "/attach/ws",
		"POST /containers/prune", "POST /commit?container=dev-peer0-cc-1", "POST /images/load", "GET /images/get?names=x", "GET /images/dev-peer0-cc-1-abc/get", "POST /images/dev-peer0-cc-1-abc/push",
		"POST /images/dev-peer0-cc-1-abc/tag?repo=alpine", "GET /images/dev-peer0-cc-1-abc/history", "GET /images/search?term=x", "POST /images/prune", "DELETE /images/" + builderRef, "DELETE /images/alpine",
		"DELETE /images/dev-peer1-cc-1-abc", "GET /images/alpine/json", "GET /images/dev-peer1-cc-1-abc/json", "GET /images/sha256:" + strings.Repeat("a", 64) + "/json",
		"POST /images/create?fromImage=alpine", "POST /images/create?fromImage=hyperledger/fabric-ccenv&tag=2.4", "POST /images/create?fromSrc=-", "POST /images/create?fromSrc=http://x/&repo=" + builderRef,
		"GET /volumes", "POST /volumes/create", "DELETE /volumes/x", "GET /networks", "POST /networks/create", "POST /networks/fwnet/connect", "DELETE /networks/fwnet",
		"GET /swarm", "POST /swarm/init", "GET /plugins", "POST /plugins/pull?remote=x", "POST /session", "POST /grpc", "POST /build/prune", "POST /build/cancel?id=x", "GET /distribution/alpine/json",
		"GET /secrets", "GET /services", "POST /services/create", "GET /nodes", "GET /tasks", "GET /configs", "GET /libpod/info", "POST /libpod/containers/create", "GET /v4.0.0/libpod/info",
		"POST " + own + "/kill?signal=STOP", "POST " + own + "/start?checkpoint=x", "DELETE " + own + "?link=1", "POST " + own + "/wait?x=y", "GET " + own, "DELETE /containers/", "GET /", "POST /_ping", "POST /version",
		"CONNECT /x", "TRACE /_ping", "POST " + own + "/attach?stdin=1&stream=1", "POST " + own + "/attach?stream=1",
	} {
		parts := strings.SplitN(request, " ", 2)
		text := rawRequest(parts[0], parts[1], "")
		l := b.dial("peer0")
		l.send(text)
		if status, body := l.answer(parts[0]); status != 403 && status != 400 {
			t.Errorf("%s: %d %s", request, status, body)
		}
		l.Close()
	}
	for _, protocol := range []string{"h2c", "websocket", "tcp"} {
		for _, path := range []string{"/session", "/grpc", "/_ping", "/build?t=dev-peer0-cc-1-abc", own + "/start"} {
			b.refused(protocol+" "+path, "peer0", "POST "+path+" HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: "+protocol+"\r\n\r\n", 403)
		}
	}
	if requests := b.engine.requests(); len(requests) > 0 {
		t.Errorf("the engine got %v", requests)
	}
}

func TestParametersOfBuilds(t *testing.T) {
	b := newBench(t)
	defer b.close()
	for _, query := range []string{
		"t=dev-peer0-cc-1-abc&remote=http://x/", "t=dev-peer0-cc-1-abc&dockerfile=other", "t=dev-peer0-cc-1-abc&extrahosts=a:b", "t=dev-peer0-cc-1-abc&cachefrom=[%22x%22]",
		"t=dev-peer0-cc-1-abc&outputs=[{%22Type%22:%22local%22}]", "t=dev-peer0-cc-1-abc&version=2", "t=dev-peer0-cc-1-abc&buildargs={%22a%22:%22b%22}", "t=dev-peer0-cc-1-abc&session=x",
		"t=dev-peer0-cc-1-abc&target=x", "t=dev-peer0-cc-1-abc&labels={%22a%22:%22b%22}", "t=dev-peer0-cc-1-abc&networkmode=host", "t=dev-peer0-cc-1-abc&networkmode=container:x",
		"t=dev-peer0-cc-1-abc&cgroupparent=x", "t=dev-peer0-cc-1-abc&platform=x", "t=dev-peer0-cc-1-abc&squash=1", "t=dev-peer0-cc-1-abc&securityopt=[%22x%22]", "t=dev-peer0-cc-1-abc&ulimits=[{%22Name%22:%22x%22}]",
		"t=" + builderRef, "t=alpine", "t=dev-peer1-cc-1-abc", "t=dev-peer10-cc", "t=dev-peer0-", "t=dev-peer0-cc:2", "t=example.com/dev-peer0-cc", "t=", "",
	} {
		b.refused(query, "peer0", rawRequest("POST", "/build?"+query, ""), 403)
	}
	b.refused("tag twice", "peer0", rawRequest("POST", "/build?t=dev-peer0-cc-1-abc&t=alpine", ""), 400)
	var got url.Values
	b.engine.script("POST /build", func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.Query()
		b.engine.keepBody(r)
		io.WriteString(w, "{\"stream\":\"ok\"}\r\n")
	})
	context := tarOf(tarFile("Dockerfile", "FROM "+runtimeRef+"\n"))
	for _, query := range []string{
		"t=dev-peer0-cc-1-abc", "networkmode=fwnet&t=dev-peer0-cc-1-abc", "networkmode=fwnet&rm=0&t=dev-peer0-cc-1-abc&version=1&pull=1",
		"t=dev-peer0-cc-1-abc:latest&buildargs=null&cachefrom=null&labels=null&cpuperiod=0&remote=&dockerfile=",
	} {
		if status, text := b.ask("peer0", "POST", "/v1.25/build?"+query, context); status != 200 {
			t.Errorf("%s: %d %s", query, status, text)
		}
		if got.Get("networkmode") != "fwnet" || got.Get("rm") != "1" || got.Get("forcerm") != "1" || got.Get("pull") != "" || !strings.HasPrefix(got.Get("t"), "dev-peer0-cc-1-abc") {
			t.Errorf("%s: the engine got %v", query, got)
		}
	}
}

func TestMissingBuilderIsRecorded(t *testing.T) {
	b := newBench(t)
	defer b.close()
	delete(b.engine.images, builderRef)
	if status, _ := b.ask("peer0", "GET", "/images/"+builderRef+"/json", ""); status != 404 {
		t.Errorf("status %d", status)
	}
	if status, text := b.ask("peer0", "POST", "/images/create?fromImage="+builderRef, ""); status != 404 || !strings.Contains(text, "No such image: "+builderRef) {
		t.Errorf("%d %s", status, text)
	}
	if missing := b.entries("missing"); len(missing) != 1 || missing[0].Image != builderRef {
		t.Errorf("the record has %v", missing)
	}
}
