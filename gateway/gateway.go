package main

import (
	"net"
)

// gateway serves the peers of one network.
type gateway struct {
	cfg      config
	engine   *engine
	versions engineVersions
	record   *recorder
	compiles *compiles
	builds   imageBuilds
	control  string
}

func newGateway(cfg config, engine *engine, versions engineVersions, record *recorder, outputs, control string) *gateway {
	return &gateway{
		cfg:      cfg,
		engine:   engine,
		versions: versions,
		record:   record,
		compiles: newCompiles(outputs),
		control:  control,
	}
}

// accept serves a peer's connections until the socket fails.
func (g *gateway) accept(peer string, listener *net.UnixListener) error {
	for {
		client, err := listener.AcceptUnix()
		if err != nil {
			return err
		}
		go g.serve(peer, client)
	}
}
