package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/msp"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

// list is a flag that may be repeated. Each value may be a comma-separated list.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(text string) error {
	*l = append(*l, strings.Split(text, ",")...)
	return nil
}

// options are the flags of all client commands.
type options struct {
	orderer, ordererName, cafile            string
	tls                                     bool
	channel, file, outputBlock, blockPath   string
	timeout, eventTimeout                   time.Duration
	name, version, path, lang, ctor, policy string
	peers, roots                            list
	waitForEvent, installed, instantiated   bool
}

func ordererFlags(o *options, set *flag.FlagSet) {
	text(set, &o.orderer, "ordering service endpoint", "o", "orderer")
	text(set, &o.cafile, "PEM file with the CA of the ordering service's TLS certificate", "cafile")
	text(set, &o.ordererName, "server name of the ordering service's TLS certificate", "ordererTLSHostnameOverride")
	set.BoolVar(&o.tls, "tls", false, "use TLS to the ordering service")
}

func text(set *flag.FlagSet, into *string, help string, names ...string) {
	for _, name := range names {
		set.StringVar(into, name, "", help)
	}
}

// client acts as the identity in CORE_PEER_MSPCONFIGPATH.
type client struct {
	conf   *config.Config
	signer common.Signer
}

func newClient() (*client, error) {
	conf, err := config.Load("core", "CORE")
	if err != nil {
		return nil, err
	}
	signer, err := msp.LoadSigner(conf.Path("peer.mspConfigPath"), conf.String("peer.localMspId"))
	if err != nil {
		return nil, err
	}
	return &client{conf, signer}, nil
}

// peer returns the endpoint of a peer. The defaults are CORE_PEER_ADDRESS and CORE_PEER_TLS_ROOTCERT_FILE.
func (c *client) peer(address, root string) (comm.Endpoint, error) {
	endpoint := comm.Endpoint{Address: address}
	if address == "" {
		endpoint.Address = c.conf.String("peer.address")
	}
	if endpoint.Address == "" {
		return endpoint, errors.New("peer address must be set")
	}
	if !c.conf.Bool("peer.tls.enabled") {
		return endpoint, nil
	}
	if root == "" {
		root = c.conf.Path("peer.tls.rootcert.file")
	}
	if root == "" {
		return endpoint, errors.New("tls root cert file must be set")
	}
	var err error
	endpoint.TLS, err = comm.ClientTLSFile(root, c.conf.String("peer.tls.serverhostoverride"))
	return endpoint, err
}

func (c *client) orderer(o *options) (comm.Endpoint, error) {
	endpoint := comm.Endpoint{Address: o.orderer}
	if o.orderer == "" {
		return endpoint, errors.New("orderer is required, but no ordering endpoint or endorser client supplied")
	}
	var err error
	if o.tls {
		endpoint.TLS, err = comm.ClientTLSFile(c.conf.Resolve(o.cafile), o.ordererName)
	}
	return endpoint, err
}

// propose sends a proposal to a peer.
func (c *client) propose(to comm.Endpoint, env common.Envelope, doing string) (pb.ProposalResponse, error) {
	answer := pb.ProposalResponse{}
	conn, err := to.Dial()
	if err != nil {
		return answer, fmt.Errorf("error getting endorser client for %s: endorser client failed to connect to %s: %s", doing, to.Address, err)
	}
	defer conn.Close()
	if err := conn.Request("ProcessProposal", env); err != nil {
		return answer, fmt.Errorf("error endorsing %s: %s", doing, err)
	}
	if err := conn.Next(&answer); err != nil {
		return answer, fmt.Errorf("error endorsing %s: %s", doing, err)
	}
	return answer, nil
}

// ask runs a function of a system chaincode on one peer and returns the response.
func (c *client) ask(to comm.Endpoint, channel, chaincode, doing string, args ...[]byte) (pb.Response, error) {
	env, _, err := common.SealNew(c.signer, common.Proposal, channel, pb.Proposal{Chaincode: chaincode, Args: args})
	if err != nil {
		return pb.Response{}, err
	}
	answer, err := c.propose(to, env, doing)
	return answer.Response, err
}

// broadcast sends an envelope to the orderer.
func broadcast(to comm.Endpoint, env common.Envelope) error {
	conn, err := to.Dial()
	if err != nil {
		return fmt.Errorf("failed to create deliver client: orderer client failed to connect to %s: %s", to.Address, err)
	}
	defer conn.Close()
	answer := common.BroadcastResponse{}
	if err := conn.Request("Broadcast", env); err != nil {
		return err
	}
	if err := conn.Next(&answer); err != nil {
		return err
	}
	if answer.Status != common.Success {
		return fmt.Errorf("got unexpected status: %s -- %s", answer.Status, answer.Info)
	}
	return nil
}

// block fetches one block ("oldest", "newest" or a number) from the orderer.
func (c *client) block(from comm.Endpoint, channel, position string) (*common.Block, error) {
	env, _, err := common.SealNew(c.signer, common.Seek, channel, common.SeekInfo{Start: position, Stop: position})
	if err != nil {
		return nil, err
	}
	conn, err := from.Dial()
	if err != nil {
		return nil, fmt.Errorf("failed to create deliver client: orderer client failed to connect to %s: %s", from.Address, err)
	}
	defer conn.Close()
	if err := conn.Request("Deliver", env); err != nil {
		return nil, err
	}
	answer := common.DeliverResponse{}
	if err := conn.Next(&answer); err != nil {
		return nil, err
	}
	if answer.Block == nil {
		return nil, fmt.Errorf("can't read the block: &{%s}", answer.Status)
	}
	return answer.Block, nil
}
