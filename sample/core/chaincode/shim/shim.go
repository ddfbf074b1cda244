// Package shim is what a chaincode is written against. It speaks to its peer over one connection.
package shim

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"sync"

	"github.com/hyperledger/fabric/core/comm"
	pb "github.com/hyperledger/fabric/protos/peer"
)

// The statuses of a response.
const (
	OK             = 200
	ERRORTHRESHOLD = 400
	ERROR          = 500
)

// Chaincode is what a program hands to Start.
type Chaincode interface {
	// Init runs at instantiation and upgrade.
	Init(stub ChaincodeStubInterface) pb.Response
	// Invoke runs at every invocation and query.
	Invoke(stub ChaincodeStubInterface) pb.Response
}

// ChaincodeStubInterface is a transaction's view of the ledger.
type ChaincodeStubInterface interface {
	// GetArgs returns all arguments, GetStringArgs the same as text.
	GetArgs() [][]byte
	GetStringArgs() []string
	// GetFunctionAndParameters takes the first argument for a function's name.
	GetFunctionAndParameters() (string, []string)
	GetTxID() string
	GetChannelID() string
	// GetState returns the committed value, nil where there is none; it does not see this transaction's writes.
	GetState(key string) ([]byte, error)
	PutState(key string, value []byte) error
	DelState(key string) error
}

// Success is a response of status 200.
func Success(payload []byte) pb.Response { return pb.Response{Status: OK, Payload: payload} }

// Error is a response of status 500.
func Error(msg string) pb.Response { return pb.Response{Status: ERROR, Message: msg} }

var peerAddress = flag.String("peer.address", "", "peer address")

// Start registers at the peer named by -peer.address and serves until the connection ends.
func Start(cc Chaincode) error {
	flag.Parse()
	name := os.Getenv("CORE_CHAINCODE_ID_NAME")
	if name == "" {
		return errors.New("error chaincode id not provided")
	}
	endpoint := comm.Endpoint{Address: *peerAddress}
	if os.Getenv("CORE_PEER_TLS_ENABLED") == "true" {
		tlsConfig, err := clientTLS()
		if err != nil {
			return fmt.Errorf("error trying to connect to local peer: %s", err)
		}
		endpoint.TLS = tlsConfig
	}
	var conn *comm.Conn
	err := errors.New("no attempt was made")
	for attempt := 0; err != nil && attempt < 3; attempt++ {
		conn, err = endpoint.Dial()
	}
	if err != nil {
		return fmt.Errorf("error trying to connect to local peer: %s", err)
	}
	defer conn.Close()
	h := &handler{cc: cc, conn: conn, waiting: map[string]chan pb.ChaincodeMessage{}}
	if err := conn.Send(pb.ChaincodeMessage{Type: pb.Register, Name: name}); err != nil {
		return fmt.Errorf("error sending chaincode REGISTER: %s", err)
	}
	return h.serve()
}

func clientTLS() (*tls.Config, error) {
	root, err := ioutil.ReadFile(os.Getenv("CORE_PEER_TLS_ROOTCERT_FILE"))
	if err != nil {
		return nil, err
	}
	config, err := comm.ClientTLS([]string{string(root)}, "")
	if err != nil {
		return nil, err
	}
	cert, err := tls.LoadX509KeyPair(os.Getenv("CORE_TLS_CLIENT_CERT_PATH"), os.Getenv("CORE_TLS_CLIENT_KEY_PATH"))
	config.Certificates = []tls.Certificate{cert}
	return config, err
}

// handler runs transactions, several at a time, and matches the peer's answers to their questions.
type handler struct {
	cc      Chaincode
	conn    *comm.Conn
	mutex   sync.Mutex
	waiting map[string]chan pb.ChaincodeMessage // channel and transaction -> where its answers go
}

func (h *handler) serve() error {
	for {
		msg := pb.ChaincodeMessage{}
		if err := h.conn.Recv(&msg); err != nil {
			return fmt.Errorf("received EOF, ending chaincode stream: %s", err)
		}
		switch msg.Type {
		case pb.Init, pb.Transact:
			answers := make(chan pb.ChaincodeMessage, 1)
			h.mutex.Lock()
			h.waiting[msg.ChannelID+" "+msg.TxID] = answers
			h.mutex.Unlock()
			go h.run(msg, answers)
		case pb.StateResult:
			h.mutex.Lock()
			answers := h.waiting[msg.ChannelID+" "+msg.TxID]
			h.mutex.Unlock()
			if answers != nil {
				answers <- msg
			}
		}
	}
}

func (h *handler) run(msg pb.ChaincodeMessage, answers chan pb.ChaincodeMessage) {
	stub := &ChaincodeStub{msg: msg, handler: h, answers: answers}
	var response pb.Response
	if msg.Type == pb.Init {
		response = h.cc.Init(stub)
	} else {
		response = h.cc.Invoke(stub)
	}
	h.mutex.Lock()
	delete(h.waiting, msg.ChannelID+" "+msg.TxID)
	h.mutex.Unlock()
	// when this cannot be sent, serve ends as well
	_ = h.conn.Send(pb.ChaincodeMessage{Type: pb.Completed, ChannelID: msg.ChannelID, TxID: msg.TxID, Response: &response})
}

// ChaincodeStub implements ChaincodeStubInterface.
type ChaincodeStub struct {
	msg     pb.ChaincodeMessage
	handler *handler
	answers chan pb.ChaincodeMessage
}

func (s *ChaincodeStub) ask(kind, key string, value []byte) ([]byte, error) {
	question := pb.ChaincodeMessage{Type: kind, ChannelID: s.msg.ChannelID, TxID: s.msg.TxID, Key: key, Value: value}
	if err := s.handler.conn.Send(question); err != nil {
		return nil, err
	}
	answer := <-s.answers
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.Value, nil
}

// GetArgs returns all arguments.
func (s *ChaincodeStub) GetArgs() [][]byte { return s.msg.Args }

// GetStringArgs returns all arguments as text.
func (s *ChaincodeStub) GetStringArgs() []string {
	args := make([]string, 0, len(s.msg.Args))
	for _, arg := range s.msg.Args {
		args = append(args, string(arg))
	}
	return args
}

// GetFunctionAndParameters splits the arguments.
func (s *ChaincodeStub) GetFunctionAndParameters() (string, []string) {
	args := s.GetStringArgs()
	if len(args) == 0 {
		return "", []string{}
	}
	return args[0], args[1:]
}

// GetTxID returns the transaction's id.
func (s *ChaincodeStub) GetTxID() string { return s.msg.TxID }

// GetChannelID returns the channel's name.
func (s *ChaincodeStub) GetChannelID() string { return s.msg.ChannelID }

// GetState reads the committed value of a key.
func (s *ChaincodeStub) GetState(key string) ([]byte, error) { return s.ask(pb.GetState, key, nil) }

// PutState notes a write.
func (s *ChaincodeStub) PutState(key string, value []byte) error {
	if key == "" {
		return errors.New("key must not be an empty string")
	}
	_, err := s.ask(pb.PutState, key, value)
	return err
}

// DelState notes the end of a key.
func (s *ChaincodeStub) DelState(key string) error {
	_, err := s.ask(pb.DelState, key, nil)
	return err
}
