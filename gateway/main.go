// Command gateway stands between the peers of a network and the container engine. Only the gateway has the engine's
// socket. Each peer gets a socket of its own, where the gateway lets it build and run its chaincode, and nothing else.
// The gateway translates API versions, builds equal chaincode once for all peers, and writes a record to its standard
// output, one JSON object a line.
//
// It uses the standard library only, as of Go 1.7, because any builder image of Fabric must be able to compile it.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"
)

const (
	engineSocket = "/engine.sock"
	socketsDir   = "/sockets"
	controlFile  = "/control.json"
	outputsDir   = "/outputs/now" // /outputs is in the image: Podman makes the root folder read-only
	keptDir      = "/kept"
	// engineWait is how long the gateway waits for the engine when it starts.
	engineWait = 30 * time.Second
	// checkLimit is how long a socket may take to answer the check. A peer can have taken all its connections, or the
	// place of the socket.
	checkLimit = 5 * time.Second
)

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == "-check" {
		err = check()
	} else {
		err = run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

// config is the content of the environment variable GATEWAY_CONFIG.
type config struct {
	// Project is written into a label of every container that is created.
	Project string `json:"project"`
	// Network is the only network that containers get.
	Network string `json:"network"`
	// NetworkID is CORE_PEER_NETWORKID. The names of a peer's images and containers begin with it and the peer's name.
	NetworkID string   `json:"networkId"`
	Peers     []string `json:"peers"`
	// Builders are the references of the images that compile chaincode.
	Builders []string `json:"builders"`
	// Runtimes are the references of the images that chaincode images are based on.
	Runtimes []string `json:"runtimes"`
	// HostConfig is vm.docker.hostConfig of core.yaml: what its owner allows chaincode containers to have.
	HostConfig map[string]interface{} `json:"hostConfig"`
}

func readConfig() (config, error) {
	var cfg config
	if err := json.Unmarshal([]byte(os.Getenv("GATEWAY_CONFIG")), &cfg); err != nil {
		return cfg, fmt.Errorf("GATEWAY_CONFIG is not valid: %v", err)
	}
	if cfg.Project == "" || cfg.Network == "" || cfg.NetworkID == "" || len(cfg.Peers) == 0 {
		return cfg, fmt.Errorf("GATEWAY_CONFIG has no project, network, networkId or peers")
	}
	return cfg, nil
}

func socketOf(peer string) string {
	return filepath.Join(socketsDir, peer, "docker.sock")
}

// listenAt makes a socket. One that an earlier gateway left is replaced.
func listenAt(path string) (*net.UnixListener, error) {
	if err := os.RemoveAll(path); err != nil {
		return nil, err
	}
	// All users may connect: the volume is mounted in this peer only. The mode is not changed afterwards, because the
	// peer could put a link in the place of the socket.
	defer syscall.Umask(syscall.Umask(0))
	return net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
}

func run() error {
	cfg, err := readConfig()
	if err != nil {
		return err
	}
	endWhenStopped()
	// Little memory is worth more here than a fast garbage collection.
	debug.SetGCPercent(20)
	// An earlier run of the same container leaves outputs that nobody knows.
	if err := os.RemoveAll(outputsDir); err != nil {
		return err
	}
	if err := os.MkdirAll(outputsDir, 0700); err != nil {
		return err
	}
	record := newRecorder(os.Stdout)
	engine := &engine{socket: engineSocket}
	versions, err := engine.awaitVersions(engineWait)
	if err != nil {
		return err
	}
	record.write(entry{Type: "started", API: versions.max.String(), MinAPI: versions.min.String()})
	gateway := newGateway(cfg, engine, versions, record, outputsDir, controlFile, keptDir)
	var listening []string
	ended := make(chan error)
	for _, peer := range cfg.Peers {
		listener, failed := listenAt(socketOf(peer))
		if failed != nil {
			// A peer can fill its volume with anything. The others must not suffer from it.
			record.write(entry{Type: "socket-lost", Peer: peer, Message: failed.Error()})
			err = failed
			continue
		}
		listening = append(listening, peer)
		go func(peer string) { ended <- gateway.accept(peer, listener) }(peer)
	}
	if len(listening) == 0 {
		return err
	}
	record.write(entry{Type: "listening", Peers: listening})
	return <-ended
}

// check asks every socket for an answer of the engine.
func check() error {
	cfg, err := readConfig()
	if err != nil {
		return err
	}
	for _, peer := range cfg.Peers {
		if err := checkSocket(socketOf(peer), checkLimit); err != nil {
			return fmt.Errorf("the socket of %s does not answer: %v", peer, err)
		}
	}
	return nil
}

func checkSocket(path string, limit time.Duration) error {
	through := engine{socket: path, limit: limit}
	_, err := through.get("/_ping", nil)
	return err
}
