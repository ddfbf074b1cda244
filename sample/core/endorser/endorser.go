// Package endorser processes proposals: it runs chaincodes and signs their results. It implements the system chaincodes.
package endorser

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/policies"
	"github.com/hyperledger/fabric/core/chaincode"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/core/ledger"
	"github.com/hyperledger/fabric/core/peer"
	"github.com/hyperledger/fabric/msp"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var logger = flogging.MustGetLogger("endorser")

// Endorser serves the requests of clients.
type Endorser struct {
	Signer    common.Signer
	Local     msp.Org
	Channels  *peer.Channels
	Chaincode *chaincode.Support
}

// Handle serves one request: ProcessProposal, or WaitTx, which responds when a transaction is committed.
func (e *Endorser) Handle(conn *comm.Conn, request comm.Request) {
	env := common.Envelope{}
	if err := json.Unmarshal(request.Body, &env); err != nil {
		logger.Warningf("Bad request from %s: %s", conn.RemoteAddr(), err)
		return
	}
	var answer interface{}
	var failure error
	switch request.Method {
	case "ProcessProposal":
		answer, failure = e.process(env)
	case "WaitTx":
		answer, failure = e.wait(conn, env)
	default:
		failure = errors.New("unknown method " + request.Method)
	}
	if failure != nil {
		logger.Warningf("%s from %s: %s", request.Method, conn.RemoteAddr(), failure)
	}
	if err := conn.Reply(answer, failure); err != nil {
		logger.Debugf("%s: %s", conn.RemoteAddr(), err)
	}
}

// authenticate checks the creator: against the organisations of the channel, or without a channel against that of the peer.
func (e *Endorser) authenticate(env common.Envelope, header common.Header) (*peer.Channel, error) {
	id := header.Creator
	denied := fmt.Errorf("access denied: channel [%s] creator org [%s]", header.ChannelID, id.MSPID)
	if header.ChannelID == "" {
		if err := e.Local.Verify(id, env.Payload, env.Signature); err != nil {
			logger.Warningf("%s", err)
			return nil, denied
		}
		return nil, nil
	}
	channel, joined := e.Channels.Get(header.ChannelID)
	if !joined {
		return nil, denied
	}
	member, known := channel.Config().Member(id.MSPID)
	if !known {
		return nil, denied
	}
	if err := member.Verify(id, env.Payload, env.Signature); err != nil {
		logger.Warningf("%s", err)
		return nil, denied
	}
	return channel, nil
}

func (e *Endorser) process(env common.Envelope) (pb.ProposalResponse, error) {
	proposal := pb.Proposal{}
	header, err := env.Open(&proposal)
	if err != nil {
		return pb.ProposalResponse{}, err
	}
	if header.Type != common.Proposal {
		return pb.ProposalResponse{}, fmt.Errorf("invalid header type %s", header.Type)
	}
	channel, err := e.authenticate(env, header)
	if err != nil {
		return pb.ProposalResponse{}, err
	}
	fail := func(err error) (pb.ProposalResponse, error) {
		logger.Errorf("[%s][%.8s] failed to invoke chaincode %s, error: %s", header.ChannelID, header.TxID, proposal.Chaincode, err)
		return pb.ProposalResponse{Response: pb.Response{Status: 500, Message: err.Error()}}, nil
	}
	if channel == nil {
		answer, err := e.local(proposal, header)
		if err != nil {
			return fail(err)
		}
		return pb.ProposalResponse{Response: pb.Response{Status: 200, Payload: answer}}, nil
	}
	simulator := channel.Ledger.NewSimulator()
	response, version, err := e.simulate(channel, simulator, proposal, header)
	if err != nil {
		return fail(err)
	}
	if response.Status >= 400 {
		return pb.ProposalResponse{Response: *response}, nil
	}
	result, err := json.Marshal(pb.Result{ChannelID: channel.ID, TxID: header.TxID, Chaincode: proposal.Chaincode,
		Version: version, Response: *response, RWSet: simulator.RWSet()})
	if err != nil {
		return fail(err)
	}
	signature, err := e.Signer.Sign(result)
	if err != nil {
		return fail(err)
	}
	return pb.ProposalResponse{Response: *response, Result: result,
		Endorsement: &pb.Endorsement{Endorser: e.Signer.Serialize(), Signature: signature}}, nil
}

func argument(args [][]byte, i int) []byte {
	if i < len(args) {
		return args[i]
	}
	return nil
}

// local processes proposals without a channel: cscc, and the functions of lscc for installed chaincodes.
func (e *Endorser) local(proposal pb.Proposal, header common.Header) ([]byte, error) {
	function := string(argument(proposal.Args, 0))
	if !e.Local.HasRole(header.Creator, "admin") && function != "GetChannels" {
		return nil, fmt.Errorf("access denied for [%s]: Failed verifying that proposal's creator satisfies local MSP principal during channelless check policy with policy [Admins]: [This identity is not an admin]", function)
	}
	switch proposal.Chaincode + "." + function {
	case "cscc.JoinChain":
		genesis := &common.Block{}
		if err := json.Unmarshal(argument(proposal.Args, 1), genesis); err != nil {
			return nil, fmt.Errorf("Failed to reconstruct the genesis block, %s", err)
		}
		return nil, e.Channels.Join(genesis)
	case "cscc.GetChannels":
		return json.Marshal(e.Channels.IDs())
	case "lscc.install":
		pkg := pb.ChaincodePackage{}
		if err := json.Unmarshal(argument(proposal.Args, 1), &pkg); err != nil {
			return nil, err
		}
		logger.Infof("Installing chaincode [%s] Version [%s]", pkg.Name, pkg.Version)
		return []byte("OK"), e.Chaincode.Packages.Install(pkg)
	case "lscc.getinstalledchaincodes":
		list, err := e.Chaincode.Packages.List()
		if err != nil {
			return nil, err
		}
		return json.Marshal(list)
	}
	return nil, fmt.Errorf("invalid function %s of %s", function, proposal.Chaincode)
}

// simulate runs a proposal on a channel. The version is empty for system chaincodes.
func (e *Endorser) simulate(channel *peer.Channel, sim *ledger.Simulator, proposal pb.Proposal, header common.Header) (*pb.Response, string, error) {
	function := string(argument(proposal.Args, 0))
	var payload []byte
	var err error
	switch proposal.Chaincode {
	case "qscc":
		if function != "GetChainInfo" {
			return nil, "", fmt.Errorf("Requested function %s not found.", function)
		}
		payload, err = json.Marshal(channel.Ledger.Info())
	case "lscc":
		switch function {
		case "deploy", "upgrade":
			response, err := e.deploy(channel, sim, argument(proposal.Args, 1), header, function == "upgrade")
			return response, "", err
		case "getchaincodes":
			payload, err = instantiated(channel)
		default:
			err = fmt.Errorf("invalid function to lscc: %s", function)
		}
	default:
		definition, err := channel.Definition(proposal.Chaincode)
		if err != nil {
			return nil, "", fmt.Errorf("make sure the chaincode %s has been successfully instantiated and try again: %s", proposal.Chaincode, err)
		}
		response, err := e.Chaincode.Execute(chaincode.Call{Name: definition.Name, Version: definition.Version, ChannelID: channel.ID,
			TxID: header.TxID, Args: proposal.Args, Simulator: sim})
		return response, definition.Version, err
	}
	return &pb.Response{Status: 200, Payload: payload}, "", err
}

func instantiated(channel *peer.Channel) ([]byte, error) {
	names := channel.Ledger.Keys("lscc")
	sort.Strings(names)
	list := []*pb.ChaincodeDefinition{}
	for _, name := range names {
		definition, err := channel.Definition(name)
		if err != nil {
			return nil, err
		}
		list = append(list, definition)
	}
	return json.Marshal(list)
}

// deploy writes the definition and runs Init, which builds and starts the container.
func (e *Endorser) deploy(channel *peer.Channel, sim *ledger.Simulator, raw []byte, header common.Header, upgrade bool) (*pb.Response, error) {
	spec := pb.DeploySpec{}
	if err := json.Unmarshal(raw, &spec); err != nil {
		return nil, err
	}
	config := channel.Config()
	if member, known := config.Member(header.Creator.MSPID); !known || !member.HasRole(header.Creator, "admin") {
		return nil, errors.New("instantiation policy violation: signature set did not satisfy policy")
	}
	switch old, err := channel.Definition(spec.Name); {
	case err == nil && !upgrade:
		return nil, fmt.Errorf("chaincode with name '%s' already exists", spec.Name)
	case err != nil && upgrade:
		return nil, fmt.Errorf("chaincode with name '%s' does not exist", spec.Name)
	case err == nil && old.Version == spec.Version:
		return nil, fmt.Errorf("chaincode already exists with version '%s'", spec.Version)
	}
	pkg, err := e.Chaincode.Packages.Load(spec.Name, spec.Version)
	if err != nil {
		return nil, fmt.Errorf("cannot get package for chaincode (%s:%s)", spec.Name, spec.Version)
	}
	if spec.Policy == "" {
		spec.Policy = policies.AnyMemberOf(config.MemberIDs())
	}
	if _, err := policies.Parse(spec.Policy); err != nil {
		return nil, err
	}
	definition, err := json.Marshal(pb.ChaincodeDefinition{Name: spec.Name, Version: spec.Version, Path: pkg.Path, Policy: spec.Policy, ID: pkg.ID})
	if err != nil {
		return nil, err
	}
	sim.Get("lscc", spec.Name)
	sim.Put("lscc", spec.Name, definition)
	response, err := e.Chaincode.Execute(chaincode.Call{Name: spec.Name, Version: spec.Version, ChannelID: channel.ID,
		TxID: header.TxID, Args: spec.Args, Init: true, Simulator: sim})
	if err == nil && response.Status >= 400 {
		err = fmt.Errorf("transaction returned with failure: %s", response.Message)
	}
	return response, err
}

// wait blocks until the transaction is committed or the client disconnects.
func (e *Endorser) wait(conn *comm.Conn, env common.Envelope) (string, error) {
	query := pb.TxQuery{}
	header, err := env.Open(&query)
	if err != nil {
		return "", err
	}
	channel, err := e.authenticate(env, header)
	if err != nil {
		return "", err
	}
	if channel == nil {
		return "", errors.New("no channel")
	}
	gone := make(chan struct{})
	go func() { // the client sends no further messages: Recv fails when it disconnects
		var nothing json.RawMessage
		for conn.Recv(&nothing) == nil {
		}
		close(gone)
	}()
	for {
		verdict, commit := channel.Ledger.TxVerdict(query.TxID)
		if verdict != "" {
			return verdict, nil
		}
		select {
		case <-commit:
		case <-gone:
			return "", errors.New("the client has gone")
		}
	}
}
