// Package shim is the API of a chaincode. A chaincode has one connection to its peer.
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

// The status codes of a response.
const (
	OK             = 200
	ERRORTHRESHOLD = 400
	ERROR          = 500
)

// Chaincode is implemented by every chaincode.
type Chaincode interface {
	// Init is called at instantiation and upgrade.
	Init(stub ChaincodeStubInterface) pb.Response
	// Invoke is called for every invocation and query.
	Invoke(stub ChaincodeStubInterface) pb.Response
}

// ChaincodeStubInterface gives a transaction access to its arguments and to the ledger.
type ChaincodeStubInterface interface {
	// GetArgs and GetStringArgs return all arguments.
	GetArgs() [][]byte
	GetStringArgs() []string
	// GetFunctionAndParameters returns the first argument as the name of a function.
	GetFunctionAndParameters() (string, []string)
	GetTxID() string
	GetChannelID() string
	// GetState returns the committed value, or nil. It does not return writes of the same transaction.
	GetState(key string) ([]byte, error)
	PutState(key string, value []byte) error
	DelState(key string) error
}

// Success returns a response with status 200.
func Success(payload []byte) pb.Response { return pb.Response{Status: OK, Payload: payload} }

// Error returns a response with status 500.
func Error(msg string) pb.Response { return pb.Response{Status: ERROR, Message: msg} }

var peerAddress = flag.String("peer.address", "", "peer address")

// Start registers with the peer at -peer.address and serves requests until the connection ends.
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

// handler runs transactions concurrently and passes the responses of the peer to them.
type handler struct {
	cc      Chaincode
	conn    *comm.Conn
	mutex   sync.Mutex
	waiting map[string]chan pb.ChaincodeMessage // channel and transaction -> channel of the responses
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
	// if this fails, the connection is lost and serve returns
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

// GetFunctionAndParameters returns the first argument and the others.
func (s *ChaincodeStub) GetFunctionAndParameters() (string, []string) {
	args := s.GetStringArgs()
	if len(args) == 0 {
		return "", []string{}
	}
	return args[0], args[1:]
}

// GetTxID returns the ID of the transaction.
func (s *ChaincodeStub) GetTxID() string { return s.msg.TxID }

// GetChannelID returns the name of the channel.
func (s *ChaincodeStub) GetChannelID() string { return s.msg.ChannelID }

// GetState reads the committed value of a key.
func (s *ChaincodeStub) GetState(key string) ([]byte, error) { return s.ask(pb.GetState, key, nil) }

// PutState adds a write to the transaction.
func (s *ChaincodeStub) PutState(key string, value []byte) error {
	if key == "" {
		return errors.New("key must not be an empty string")
	}
	_, err := s.ask(pb.PutState, key, value)
	return err
}

// DelState adds a deletion to the transaction.
func (s *ChaincodeStub) DelState(key string) error {
	_, err := s.ask(pb.DelState, key, nil)
	return err
}
