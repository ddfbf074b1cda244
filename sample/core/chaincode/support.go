// Package chaincode builds and runs chaincodes. Each runs in a container and registers with the peer.
package chaincode

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/core/container/docker"
	"github.com/hyperledger/fabric/core/ledger"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var logger = flogging.MustGetLogger("chaincode")

// Support manages the running chaincodes of a peer. The keys of its maps are "name:version".
type Support struct {
	Packages Packages
	vm       *vm
	conf     *config.Config
	ca       *authority
	address  string
	mutex    sync.Mutex
	handlers map[string]*handler
	launches map[string]*launch
}

// launch is a chaincode that is being started.
type launch struct {
	registered chan struct{}
	done       chan struct{}
	handler    *handler
	err        error
}

// NewSupport listens on the port that chaincodes connect to.
func NewSupport(conf *config.Config, packages Packages) (*Support, error) {
	client, err := docker.NewClient(conf.String("vm.endpoint"))
	if err != nil {
		return nil, err
	}
	s := &Support{Packages: packages, vm: &vm{conf, client}, conf: conf, handlers: map[string]*handler{}, launches: map[string]*launch{}}
	listen := ""
	if listen, s.address, err = addresses(conf); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, err
	}
	if conf.Bool("peer.tls.enabled") {
		if s.ca, err = newAuthority(); err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(s.address)
		if err != nil {
			return nil, err
		}
		server, err := s.ca.server(host)
		if err != nil {
			return nil, err
		}
		listener = tls.NewListener(listener, server)
	}
	go s.accept(listener)
	return s, nil
}

// addresses returns the address that the peer listens on for chaincodes, and the one that they connect to. The default
// port is 7052.
func addresses(conf *config.Config) (listen, tell string, err error) {
	listen, tell = conf.String("peer.chaincodeListenAddress"), conf.String("peer.chaincodeAddress")
	host, _, err := net.SplitHostPort(conf.String("peer.listenAddress"))
	if err != nil {
		return "", "", fmt.Errorf("peer.listenAddress: %s", err)
	}
	if listen == "" {
		listen = net.JoinHostPort(host, "7052")
	}
	if tell != "" {
		return listen, tell, nil
	}
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host, _, err = net.SplitHostPort(conf.String("peer.address"))
	}
	return listen, net.JoinHostPort(host, port), err
}

// Healthy reports whether the engine responds.
func (s *Support) Healthy() error {
	if err := s.vm.client.Ping(); err != nil {
		return fmt.Errorf("failed to ping to Docker daemon: %s", err)
	}
	return nil
}

func (s *Support) accept(listener net.Listener) {
	for {
		raw, err := listener.Accept()
		if err != nil {
			logger.Fatalf("the chaincode port: %s", err)
		}
		go func() {
			defer raw.Close()
			if err := s.register(comm.NewConn(raw)); err != nil {
				logger.Debugf("chaincode stream from %s ended: %s", raw.RemoteAddr(), err)
			}
		}()
	}
}

// register serves one chaincode. It accepts only a chaincode that the peer is starting.
func (s *Support) register(conn *comm.Conn) error {
	hello := pb.ChaincodeMessage{}
	if err := conn.Recv(&hello); err != nil {
		return err
	}
	if hello.Type != pb.Register {
		return fmt.Errorf("expected %s, received %s", pb.Register, hello.Type)
	}
	if secure, ok := conn.Conn.(*tls.Conn); ok && secure.ConnectionState().PeerCertificates[0].Subject.CommonName != hello.Name {
		return fmt.Errorf("%s shows the certificate of another chaincode", hello.Name)
	}
	h := &handler{name: strings.SplitN(hello.Name, ":", 2)[0], conn: conn, running: map[string]*execution{}}
	s.mutex.Lock()
	start := s.launches[hello.Name]
	if start == nil || start.handler != nil {
		s.mutex.Unlock()
		return fmt.Errorf("%s was not expected", hello.Name)
	}
	start.handler = h
	s.handlers[hello.Name] = h
	s.mutex.Unlock()
	close(start.registered)
	logger.Infof("chaincode %s has registered", hello.Name)
	err := h.serve()
	s.mutex.Lock()
	if s.handlers[hello.Name] == h {
		delete(s.handlers, hello.Name)
	}
	s.mutex.Unlock()
	return err
}

// running returns the handler of a chaincode. It starts the container if necessary, once for all concurrent callers.
func (s *Support) running(name, version string) (*handler, error) {
	id := name + ":" + version
	s.mutex.Lock()
	if h := s.handlers[id]; h != nil {
		s.mutex.Unlock()
		return h, nil
	}
	start := s.launches[id]
	if start == nil {
		start = &launch{registered: make(chan struct{}), done: make(chan struct{})}
		s.launches[id] = start
		go func() {
			start.err = s.start(start, name, version)
			s.mutex.Lock()
			delete(s.launches, id)
			s.mutex.Unlock()
			close(start.done)
		}()
	}
	s.mutex.Unlock()
	<-start.done
	return start.handler, start.err
}

func (s *Support) start(l *launch, name, version string) error {
	pkg, err := s.Packages.Load(name, version)
	if err != nil {
		return err
	}
	id := name + ":" + version
	env := []string{"CORE_CHAINCODE_ID_NAME=" + id}
	for _, key := range []string{"level", "shim", "format"} {
		env = append(env, "CORE_CHAINCODE_LOGGING_"+strings.ToUpper(key)+"="+s.conf.String("chaincode.logging."+key))
	}
	files := map[string][]byte{}
	if s.ca == nil {
		env = append(env, "CORE_PEER_TLS_ENABLED=false")
	} else {
		const at = "/etc/hyperledger/fabric/"
		cert, key, err := s.ca.issue(id, "")
		if err != nil {
			return fmt.Errorf("failed to acquire TLS certificates for %s: %s", id, err)
		}
		files[at+"client.crt"], files[at+"client.key"], files[at+"peer.crt"] = cert, key, s.ca.pem
		env = append(env, "CORE_PEER_TLS_ENABLED=true", "CORE_TLS_CLIENT_KEY_PATH="+at+"client.key",
			"CORE_TLS_CLIENT_CERT_PATH="+at+"client.crt", "CORE_PEER_TLS_ROOTCERT_FILE="+at+"peer.crt")
	}
	failed := make(chan error, 1)
	go func() {
		if err := s.vm.start(pkg, []string{"chaincode", "-peer.address=" + s.address}, env, files); err != nil {
			failed <- fmt.Errorf("error starting container: error starting container: %s", err)
			return
		}
		container, _, err := s.vm.names(name, version)
		if err != nil {
			failed <- err
			return
		}
		code, err := s.vm.client.WaitContainer(container)
		if err != nil {
			failed <- fmt.Errorf("chaincode registration failed: failed to wait on container exit: %s", err)
			return
		}
		failed <- fmt.Errorf("chaincode registration failed: container exited with %d", code)
	}()
	select {
	case <-l.registered:
		return nil
	case err := <-failed:
		return err
	case <-time.After(s.conf.Duration("chaincode.startuptimeout", 300*time.Second)):
		return fmt.Errorf("error starting container: timeout expired while starting chaincode %s for transaction", id)
	}
}

// Call is one invocation of a chaincode.
type Call struct {
	Name, Version   string
	ChannelID, TxID string
	Args            [][]byte
	Init            bool
	Simulator       *ledger.Simulator
}

// Execute runs Init or Invoke and returns the response of the chaincode, which may be a failure.
func (s *Support) Execute(call Call) (*pb.Response, error) {
	h, err := s.running(call.Name, call.Version)
	if err != nil {
		if !call.Init {
			err = fmt.Errorf("[channel %s] could not launch chaincode %s:%s: %s", call.ChannelID, call.Name, call.Version, err)
		}
		return nil, err
	}
	response, err := h.execute(call, s.conf.Duration("chaincode.executetimeout", 30*time.Second))
	if err != nil {
		return nil, fmt.Errorf("failed to execute transaction %s: %s", call.TxID, err)
	}
	return response, nil
}

// handler is the connection of a chaincode.
type handler struct {
	name    string
	conn    *comm.Conn
	mutex   sync.Mutex
	ended   bool
	running map[string]*execution
}

type execution struct {
	simulator *ledger.Simulator
	done      chan *pb.Response // nil: the connection ended
}

func (h *handler) execute(call Call, timeout time.Duration) (*pb.Response, error) {
	key := call.ChannelID + " " + call.TxID
	run := &execution{call.Simulator, make(chan *pb.Response, 1)}
	h.mutex.Lock()
	_, twice := h.running[key]
	if !twice && !h.ended {
		h.running[key] = run
	}
	ended := h.ended
	h.mutex.Unlock()
	if twice {
		return nil, errors.New("txid exists: " + call.TxID)
	}
	if ended {
		return nil, errors.New("chaincode stream terminated")
	}
	defer func() {
		h.mutex.Lock()
		delete(h.running, key)
		h.mutex.Unlock()
	}()
	kind := pb.Transact
	if call.Init {
		kind = pb.Init
	}
	if err := h.conn.Send(pb.ChaincodeMessage{Type: kind, ChannelID: call.ChannelID, TxID: call.TxID, Args: call.Args}); err != nil {
		return nil, err
	}
	select {
	case response := <-run.done:
		if response == nil {
			return nil, errors.New("chaincode stream terminated")
		}
		return response, nil
	case <-time.After(timeout):
		return nil, errors.New("timeout expired while executing transaction")
	}
}

// serve handles the requests of the chaincode until the connection ends.
func (h *handler) serve() error {
	defer func() {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		h.ended = true
		for _, run := range h.running {
			run.done <- nil
		}
		h.running = map[string]*execution{}
	}()
	if err := h.conn.Send(pb.ChaincodeMessage{Type: pb.Registered}); err != nil {
		return err
	}
	for {
		msg := pb.ChaincodeMessage{}
		if err := h.conn.Recv(&msg); err != nil {
			return err
		}
		key := msg.ChannelID + " " + msg.TxID
		h.mutex.Lock()
		run := h.running[key]
		if run != nil && msg.Type == pb.Completed {
			delete(h.running, key)
		}
		h.mutex.Unlock()
		answer := pb.ChaincodeMessage{Type: pb.StateResult, ChannelID: msg.ChannelID, TxID: msg.TxID}
		switch {
		case run == nil:
			answer.Error = "no ledger context"
		case msg.Type == pb.Completed && msg.Response != nil:
			run.done <- msg.Response
			continue
		case msg.Type == pb.GetState:
			answer.Value = run.simulator.Get(h.name, msg.Key)
		case msg.Type == pb.PutState:
			run.simulator.Put(h.name, msg.Key, msg.Value)
		case msg.Type == pb.DelState:
			run.simulator.Delete(h.name, msg.Key)
		default:
			return fmt.Errorf("unexpected %s", msg.Type)
		}
		if err := h.conn.Send(answer); err != nil {
			return err
		}
	}
}
