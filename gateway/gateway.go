package main

import (
	"net"
	"time"
)

// gateway serves the peers of one network.
type gateway struct {
	cfg          config
	engine       *engine
	versions     engineVersions
	record       *recorder
	compiles     *compiles
	builderKinds builderKinds
	builds       imageBuilds
	images       sharedImages
	control      string
}

func newGateway(cfg config, engine *engine, versions engineVersions, record *recorder, outputs, control, kept string) *gateway {
	return &gateway{
		cfg:      cfg,
		engine:   engine,
		versions: versions,
		record:   record,
		compiles: newCompiles(outputs, &keptPrograms{dir: kept, project: cfg.Project}),
		control:  control,
	}
}

const (
	// maxConnections is how many connections a peer may have.
	maxConnections = 200
	// acceptPause is how long the gateway waits if it cannot accept a connection for now.
	acceptPause = 50 * time.Millisecond
)

// accept serves a peer's connections until the socket fails. A peer with too many connections waits, and only that peer.
func (g *gateway) accept(peer string, listener *net.UnixListener) error {
	places := make(chan struct{}, maxConnections)
	for {
		places <- struct{}{}
		client, err := listener.AcceptUnix()
		if temporary, ok := err.(net.Error); ok && temporary.Temporary() {
			<-places
			time.Sleep(acceptPause)
			continue
		}
		if err != nil {
			return err
		}
		go func() {
			defer func() { <-places }()
			g.serve(peer, client)
		}()
	}
}
