// Command hub lets one process of a chaincode answer all its peers. To the process it is the peer at which Fabric's
// shim registers. To each peer it is the chaincode, through the connection of a relay. When the process restarts, the
// peers notice nothing: their calls wait for the next process.
package main

import (
	"fmt"
	"net"
	"os"
	"reflect"
	"sync"
	"time"

	pb "github.com/hyperledger/fabric/protos/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	relayAddress = ":9999"
	// patience is shorter than the 30 seconds for which a peer waits for an answer.
	patience = 25 * time.Second
	// largest is the limit of a message in Fabric.
	largest = 100 * 1024 * 1024
	waiting = 1024
)

// line is one side of a conversation. Sending does not wait for the other side.
type line struct {
	out  chan *pb.ChaincodeMessage
	done chan struct{}
	once sync.Once
}

func newLine() *line {
	return &line{out: make(chan *pb.ChaincodeMessage, waiting), done: make(chan struct{})}
}

func (l *line) send(msg *pb.ChaincodeMessage) {
	select {
	case l.out <- msg:
	case <-l.done:
	}
}

func (l *line) close() {
	l.once.Do(func() { close(l.done) })
}

type stream interface {
	Send(*pb.ChaincodeMessage) error
	Recv() (*pb.ChaincodeMessage, error)
}

// talk sends what is to be sent, and hands over what arrives, until one side ends.
func (l *line) talk(with stream, heard func(*pb.ChaincodeMessage)) {
	defer l.close()
	go func() {
		defer l.close()
		for {
			msg, err := with.Recv()
			if err != nil {
				return
			}
			heard(msg)
		}
	}()
	for {
		select {
		case msg := <-l.out:
			if with.Send(msg) != nil {
				return
			}
		case <-l.done:
			return
		}
	}
}

// call is a transaction or a query on its way through the process.
type call struct {
	first *pb.ChaincodeMessage
	peer  *line
	// process is nil until there is one.
	process *line
	timer   *time.Timer
}

// hub connects the peers with the process that registered last.
type hub struct {
	mutex   sync.Mutex
	process *line
	// calls are the calls of one transaction. Peers can ask for the same one: the process has to answer one after the other.
	calls  map[string][]*call
	relays net.Listener
}

// keyOf returns what a process knows a transaction by. Messages of 1.0 do not name the channel.
func keyOf(msg *pb.ChaincodeMessage) string {
	channel := reflect.ValueOf(msg).Elem().FieldByName("ChannelId")
	if channel.IsValid() {
		return channel.String() + " " + msg.Txid
	}
	return msg.Txid
}

func failed(msg *pb.ChaincodeMessage, why string) *pb.ChaincodeMessage {
	answer := *msg
	answer.Type = pb.ChaincodeMessage_ERROR
	answer.Payload = []byte(why)
	return &answer
}

// Register serves a process.
func (h *hub) Register(with pb.ChaincodeSupport_RegisterServer) error {
	first, err := with.Recv()
	if err != nil {
		return err
	}
	if first.Type != pb.ChaincodeMessage_REGISTER {
		return fmt.Errorf("expected REGISTER and got %s", first.Type)
	}
	process := newLine()
	process.send(&pb.ChaincodeMessage{Type: pb.ChaincodeMessage_REGISTERED})
	process.send(&pb.ChaincodeMessage{Type: pb.ChaincodeMessage_READY})
	if err := h.take(process); err != nil {
		return err
	}
	defer h.lose(process)
	process.talk(with, func(msg *pb.ChaincodeMessage) { h.fromProcess(process, msg) })
	return nil
}

// take makes a process the one that answers.
func (h *hub) take(process *line) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if before := h.process; before != nil {
		h.end(before)
	}
	if h.relays == nil {
		listener, err := net.Listen("tcp", relayAddress)
		if err != nil {
			return err
		}
		h.relays = listener
		go h.accept(listener)
	}
	h.process = process
	for _, calls := range h.calls {
		if calls[0].process == nil {
			h.start(calls[0])
		}
	}
	return nil
}

func (h *hub) lose(process *line) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.process == process {
		h.end(process)
		h.relays.Close()
		h.relays = nil
	}
}

// end answers the calls that a process has not answered.
func (h *hub) end(process *line) {
	process.close()
	h.process = nil
	for key, calls := range h.calls {
		if calls[0].process == process {
			calls[0].peer.send(failed(calls[0].first, "the process of the chaincode ended before it answered"))
			h.next(key)
		}
	}
}

// start passes a call to the process, or lets it wait for one.
func (h *hub) start(c *call) {
	if c.timer != nil {
		c.timer.Stop()
	}
	if h.process == nil {
		c.timer = time.AfterFunc(patience, func() { h.giveUp(c) })
		return
	}
	c.process = h.process
	c.process.send(c.first)
}

func (h *hub) giveUp(c *call) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key := keyOf(c.first)
	if calls := h.calls[key]; c.process == nil && len(calls) > 0 && calls[0] == c {
		c.peer.send(failed(c.first, "no process of the chaincode is registered"))
		h.next(key)
	}
}

// next ends the first call of a transaction.
func (h *hub) next(key string) {
	calls := h.calls[key][1:]
	if len(calls) == 0 {
		delete(h.calls, key)
		return
	}
	h.calls[key] = calls
	h.start(calls[0])
}

func (h *hub) fromProcess(process *line, msg *pb.ChaincodeMessage) {
	if msg.Type == pb.ChaincodeMessage_KEEPALIVE {
		return
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key := keyOf(msg)
	calls := h.calls[key]
	if len(calls) == 0 || calls[0].process != process {
		return
	}
	calls[0].peer.send(msg)
	if msg.Type == pb.ChaincodeMessage_COMPLETED || msg.Type == pb.ChaincodeMessage_ERROR {
		h.next(key)
	}
}

func (h *hub) fromPeer(peer *line, msg *pb.ChaincodeMessage) {
	switch msg.Type {
	case pb.ChaincodeMessage_REGISTERED, pb.ChaincodeMessage_READY:
		return
	case pb.ChaincodeMessage_KEEPALIVE:
		peer.send(msg)
		return
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key := keyOf(msg)
	calls := h.calls[key]
	if msg.Type == pb.ChaincodeMessage_INIT || msg.Type == pb.ChaincodeMessage_TRANSACTION {
		c := &call{first: msg, peer: peer}
		h.calls[key] = append(calls, c)
		if len(calls) == 0 {
			h.start(c)
		}
		return
	}
	if len(calls) > 0 && calls[0].peer == peer && calls[0].process != nil {
		calls[0].process.send(msg)
	}
}

// accept serves relays until the listener is closed.
func (h *hub) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			if err := h.serve(conn); err != nil {
				fmt.Fprintln(os.Stderr, "A peer cannot be served:", err)
			}
		}()
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "Usage: hub ADDRESS, where the process registers")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err == nil {
		server := grpc.NewServer(
			grpc.MaxRecvMsgSize(largest),
			grpc.MaxSendMsgSize(largest),
			// The shim asks every minute whether its peer is there.
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
		)
		pb.RegisterChaincodeSupportServer(server, &hub{calls: map[string][]*call{}})
		err = server.Serve(listener)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
