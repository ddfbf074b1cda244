package main

import (
	"bytes"
	"context"
	"errors"
	"io/ioutil"
	"log"
	"net"
	"time"

	"github.com/golang/protobuf/proto"
	pb "github.com/hyperledger/fabric/protos/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/grpclog"
)

const (
	greeting  = 10 * time.Second
	longestID = 1024
)

func init() {
	// Every relay that ends would be an error.
	grpclog.SetLogger(log.New(ioutil.Discard, "", 0))
}

// serve registers as the chaincode at the peer behind a relay, and passes its calls on until the relay ends.
func (h *hub) serve(conn net.Conn) error {
	name, err := firstLine(conn)
	if err != nil {
		return err
	}
	used := make(chan net.Conn, 1)
	used <- conn
	client, err := grpc.Dial(
		"peer",
		grpc.WithInsecure(),
		grpc.WithBlock(),
		grpc.WithTimeout(greeting),
		grpc.WithDialer(func(string, time.Duration) (net.Conn, error) {
			select {
			case one := <-used:
				return one, nil
			default:
				return nil, errors.New("the relay has ended")
			}
		}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largest), grpc.MaxCallSendMsgSize(largest)),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	with, err := pb.NewChaincodeSupportClient(client).Register(context.Background())
	if err != nil {
		return err
	}
	id, err := proto.Marshal(&pb.ChaincodeID{Name: name})
	if err != nil {
		return err
	}
	peer := newLine()
	peer.send(&pb.ChaincodeMessage{Type: pb.ChaincodeMessage_REGISTER, Payload: id})
	peer.talk(with, func(msg *pb.ChaincodeMessage) { h.fromPeer(peer, msg) })
	return nil
}

// firstLine reads the name and version of the chaincode, and nothing of what the peer sends after it.
func firstLine(conn net.Conn) (string, error) {
	if err := conn.SetReadDeadline(time.Now().Add(greeting)); err != nil {
		return "", err
	}
	defer conn.SetReadDeadline(time.Time{})
	var text bytes.Buffer
	one := make([]byte, 1)
	for text.Len() < longestID {
		if _, err := conn.Read(one); err != nil {
			return "", err
		}
		if one[0] == '\n' {
			return text.String(), nil
		}
		text.WriteByte(one[0])
	}
	return "", errors.New("the name of the chaincode does not end")
}
