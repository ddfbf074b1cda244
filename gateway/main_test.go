package main

import (
	"net"
	"os"
	"testing"
	"time"
)

func TestConfig(t *testing.T) {
	defer os.Unsetenv("GATEWAY_CONFIG")
	for text, valid := range map[string]bool{
		"": false, "x": false, "{}": false, `{"project":"p","network":"n","networkId":"i","peers":[]}`: false,
		`{"project":"p","network":"n","networkId":"i","peers":["peer0"],"hostConfig":{}}`: true,
	} {
		os.Setenv("GATEWAY_CONFIG", text)
		if _, err := readConfig(); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRefsOfTheSameImage(t *testing.T) {
	known := []string{"hyperledger/fabric-ccenv", "node:18", "example.com:5000/x"}
	for ref, wanted := range map[string]bool{
		"hyperledger/fabric-ccenv": true, "hyperledger/fabric-ccenv:latest": true, "docker.io/hyperledger/fabric-ccenv": true,
		"node:18": true, "library/node:18": true, "docker.io/library/node:18": true, "example.com:5000/x:latest": true,
		"node": false, "library/hyperledger/fabric-ccenv": false, "docker.io/library/hyperledger/fabric-ccenv": false,
		"example.com:5000/library/x": false, "docker.io/docker.io/node:18": false, "library/library/node:18": false, "": false, ":latest": false,
	} {
		if contains(known, ref) != wanted {
			t.Errorf("%s", ref)
		}
	}
}

// The peer could put a link in the place of its socket, so the mode is not changed after the socket was made.
func TestSocketsAreOpenToAllUsers(t *testing.T) {
	b := newBench(t)
	defer b.close()
	path := b.dir + "/docker.sock"
	for _, left := range []func(){
		func() {},
		// What an earlier gateway or the peer has left.
		func() { os.Symlink("/nowhere", path) },
		func() { os.MkdirAll(path+"/folder", 0700) },
	} {
		os.Remove(path)
		left()
		listener, err := listenAt(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&os.ModeSocket == 0 || info.Mode().Perm() != 0777 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		listener.Close()
	}
}

// A peer could put a socket of its own in the place of the gateway's.
func TestSocketThatDoesNotAnswer(t *testing.T) {
	b := newBench(t)
	defer b.close()
	path := b.dir + "/silent.sock"
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := checkSocket(path, time.Millisecond); err == nil {
		t.Error("the check finds nothing wrong")
	}
	if err := checkSocket(b.dir+"/peer0", patience); err != nil {
		t.Error(err)
	}
}
