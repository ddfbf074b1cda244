package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"time"

	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/policies"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var chaincodeLogger = flogging.MustGetLogger("chaincodeCmd")

func chaincodeFlags(o *options, set *flag.FlagSet) {
	ordererFlags(o, set)
	text(set, &o.channel, "channel", "C", "channelID")
	text(set, &o.name, "name of the chaincode", "n", "name")
	text(set, &o.version, "version of the chaincode", "v", "version")
	text(set, &o.path, "path of the chaincode under $GOPATH/src", "p", "path")
	text(set, &o.lang, "language (golang)", "l", "lang")
	text(set, &o.ctor, "arguments as JSON", "c", "ctor")
	text(set, &o.policy, "endorsement policy", "P", "policy")
	set.Var(&o.peers, "peerAddresses", "addresses of the endorsing peers")
	set.Var(&o.roots, "tlsRootCertFiles", "TLS root certificate of each of peerAddresses")
	set.BoolVar(&o.waitForEvent, "waitForEvent", false, "wait until every endorsing peer has committed")
	set.DurationVar(&o.eventTimeout, "waitForEventTimeout", 30*time.Second, "how long to wait for that")
	set.BoolVar(&o.installed, "installed", false, "list what is installed on the peer")
	set.BoolVar(&o.instantiated, "instantiated", false, "list what is instantiated on the channel")
}

// constructor reads {"Args":["f","a"]} or {"Function":"f","Args":["a"]}.
func constructor(text string) ([][]byte, error) {
	if text == "" {
		text = "{}"
	}
	input := struct {
		Function string
		Args     []string
	}{}
	if err := json.Unmarshal([]byte(text), &input); err != nil {
		return nil, fmt.Errorf("chaincode argument error: %s", err)
	}
	if input.Args == nil {
		return nil, errors.New("empty JSON chaincode parameters must contain the following keys: 'Args' or 'Function' and 'Args'")
	}
	if input.Function != "" {
		input.Args = append([]string{input.Function}, input.Args...)
	}
	args := [][]byte{}
	for _, arg := range input.Args {
		args = append(args, []byte(arg))
	}
	return args, nil
}

// check reports missing and invalid flags.
func (o *options) check(doing string, channel, version bool, rest []string) error {
	switch {
	case len(rest) > 0:
		return noMore(rest)
	case channel && o.channel == "":
		return errors.New("The required parameter 'channelID' is empty. Rerun the command with -C flag")
	case o.name == "":
		return fmt.Errorf("must supply value for chaincode name parameter")
	case version && o.version == "":
		return fmt.Errorf("chaincode version is not provided for %s", doing)
	case o.lang != "" && o.lang != "golang":
		return fmt.Errorf("this practice peer runs chaincode in golang only, not in %s", o.lang)
	}
	return nil
}

// call checks the flags of a command that runs a chaincode, and returns the chaincode's arguments.
func (o *options) call(doing string, version bool, rest []string) ([][]byte, error) {
	if err := o.check(doing, true, version, rest); err != nil {
		return nil, err
	}
	return constructor(o.ctor)
}

// connect returns the client and its endorsing peers. A command that accepts one peer only passes its name as single.
func (o *options) connect(single string) (*client, []comm.Endpoint, error) {
	c, err := newClient()
	if err != nil {
		return nil, nil, err
	}
	peers, err := c.endorsers(o, single)
	return c, peers, err
}

// endorsers returns the peers of --peerAddresses, by default the peer of CORE_PEER_ADDRESS.
func (c *client) endorsers(o *options, single string) ([]comm.Endpoint, error) {
	if single != "" && len(o.peers) > 1 {
		return nil, fmt.Errorf("'%s' command can only be executed against one peer. received %d", single, len(o.peers))
	}
	if len(o.peers) == 0 {
		endpoint, err := c.peer("", "")
		return []comm.Endpoint{endpoint}, err
	}
	if c.conf.Bool("peer.tls.enabled") && len(o.peers) != len(o.roots) {
		return nil, fmt.Errorf("number of peer addresses (%d) does not match the number of TLS root cert files (%d)", len(o.peers), len(o.roots))
	}
	endpoints := []comm.Endpoint{}
	for i, address := range o.peers {
		root := ""
		if i < len(o.roots) {
			root = o.roots[i]
		}
		endpoint, err := c.peer(address, root)
		if err != nil {
			return nil, err
		}
		endpoints = append(endpoints, endpoint)
	}
	return endpoints, nil
}

// installFile installs what another peer has in its folder of chaincodes.
func installFile(o *options, file string) error {
	pkg, err := ioutil.ReadFile(file)
	if err != nil {
		return err
	}
	c, peers, err := o.connect("install")
	if err != nil {
		return err
	}
	_, err = c.lscc(peers[0], "", "install", []byte("install"), pkg)
	return err
}

func chaincodeInstall(o *options, args []string) error {
	if len(args) == 1 && o.name == "" {
		return installFile(o, args[0])
	}
	if o.name == "" || o.version == "" || o.path == "" {
		return errors.New("Must supply value for chaincode name, path and version parameters.")
	}
	if err := o.check("install", false, true, args); err != nil {
		return err
	}
	c, peers, err := o.connect("install")
	if err != nil {
		return err
	}
	code, err := pack(o.path)
	if err != nil {
		return fmt.Errorf("error getting chaincode code %s: %s", o.name, err)
	}
	pkg, err := json.Marshal(pb.ChaincodePackage{Name: o.name, Version: o.version, Path: o.path, Code: code})
	if err != nil {
		return err
	}
	payload, err := c.lscc(peers[0], "", "install", []byte("install"), pkg)
	if err != nil {
		return err
	}
	chaincodeLogger.Infof("Installed remotely response:<status:200 payload:%q > ", payload)
	return nil
}

// lscc runs a function of the lifecycle system chaincode on one peer.
func (c *client) lscc(peer comm.Endpoint, channel, doing string, args ...[]byte) ([]byte, error) {
	answer, err := c.ask(peer, channel, "lscc", doing, args...)
	if err == nil && answer.Status != 200 {
		err = fmt.Errorf("Bad response: %d - %s", answer.Status, answer.Message)
	}
	return answer.Payload, err
}

// endorse sends one proposal to all given peers.
func (c *client) endorse(peers []comm.Endpoint, channel, chaincode, doing string, args [][]byte) ([]pb.ProposalResponse, common.Header, error) {
	env, header, err := common.SealNew(c.signer, common.Proposal, channel, pb.Proposal{Chaincode: chaincode, Args: args})
	if err != nil {
		return nil, header, err
	}
	answers := []pb.ProposalResponse{}
	for _, peer := range peers {
		answer, err := c.propose(peer, env, doing)
		if err != nil {
			return nil, header, err
		}
		answers = append(answers, answer)
	}
	return answers, header, nil
}

// order sends the endorsed result to the orderer as a transaction.
func (c *client) order(to comm.Endpoint, answers []pb.ProposalResponse, header common.Header) error {
	tx := pb.Transaction{}
	for _, answer := range answers {
		if answer.Response.Status != 200 || answer.Endorsement == nil {
			return fmt.Errorf("could not assemble transaction, err proposal response was not successful, error code %d, msg %s", answer.Response.Status, answer.Response.Message)
		}
		if tx.Result != nil && !bytes.Equal(tx.Result, answer.Result) {
			return errors.New("could not assemble transaction: ProposalResponsePayloads do not match")
		}
		tx.Result = answer.Result
		tx.Endorsements = append(tx.Endorsements, *answer.Endorsement)
	}
	header.Type = common.EndorserTransaction
	env, err := common.Seal(c.signer, header, tx)
	if err != nil {
		return err
	}
	return broadcast(to, env)
}

func chaincodeDeploy(o *options, function string) error {
	doing := map[string]string{"deploy": "instantiate", "upgrade": "upgrade"}[function]
	args, err := o.call(doing, true, nil)
	if err != nil {
		return err
	}
	if o.policy != "" {
		if _, err := policies.Parse(o.policy); err != nil {
			return fmt.Errorf("invalid policy %s", o.policy)
		}
	} else {
		chaincodeLogger.Infof("Using default escc and vscc")
	}
	c, peers, err := o.connect(doing)
	if err != nil {
		return err
	}
	orderer, err := c.orderer(o)
	if err != nil {
		return err
	}
	spec, err := json.Marshal(pb.DeploySpec{Name: o.name, Version: o.version, Path: o.path, Policy: o.policy, Args: args})
	if err != nil {
		return err
	}
	answers, header, err := c.endorse(peers, o.channel, "lscc", doing, [][]byte{[]byte(function), spec})
	if err != nil {
		return err
	}
	return c.order(orderer, answers, header)
}

func describe(r pb.Response) string {
	text := fmt.Sprintf("status:%d ", r.Status)
	if r.Message != "" {
		text += fmt.Sprintf("message:%q ", r.Message)
	}
	if r.Payload != nil {
		text += fmt.Sprintf("payload:%q ", r.Payload)
	}
	return text
}

func chaincodeInvoke(o *options, rest []string) error {
	args, err := o.call("invoke", false, rest)
	if err != nil {
		return err
	}
	c, peers, err := o.connect("")
	if err != nil {
		return err
	}
	orderer, err := c.orderer(o)
	if err != nil {
		return err
	}
	answers, header, err := c.endorse(peers, o.channel, o.name, "invoke", args)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if answer.Response.Status >= 400 {
			return fmt.Errorf("endorsement failure during invoke. response: %s", describe(answer.Response))
		}
	}
	if err := c.order(orderer, answers, header); err != nil {
		return fmt.Errorf("error sending transaction for invoke: %s - proposal response: %s", err, describe(answers[0].Response))
	}
	if o.waitForEvent {
		if err := c.await(peers, o, header.TxID); err != nil {
			return err
		}
	}
	chaincodeLogger.Infof("Chaincode invoke successful. result: %s", describe(answers[0].Response))
	return nil
}

// await waits until every peer has committed the transaction.
func (c *client) await(peers []comm.Endpoint, o *options, txID string) error {
	type outcome struct {
		peer    comm.Endpoint
		verdict string
		err     error
	}
	outcomes := make(chan outcome, len(peers))
	for _, peer := range peers {
		go func(peer comm.Endpoint) {
			env, _, err := common.SealNew(c.signer, common.Seek, o.channel, pb.TxQuery{TxID: txID})
			verdict := ""
			if err == nil {
				err = peer.Call("WaitTx", env, &verdict)
			}
			outcomes <- outcome{peer, verdict, err}
		}(peer)
	}
	deadline := time.After(o.eventTimeout)
	for range peers {
		select {
		case one := <-outcomes:
			if one.err != nil {
				return fmt.Errorf("error receiving from deliver filtered at %s: %s", one.peer.Address, one.err)
			}
			chaincodeLogger.Infof("txid [%s] committed with status (%s) at %s", txID, one.verdict, one.peer.Address)
			if one.verdict != pb.Valid {
				return fmt.Errorf("transaction invalidated with status (%s)", one.verdict)
			}
		case <-deadline:
			return errors.New("timed out waiting for txid on all peers")
		}
	}
	return nil
}

func chaincodeQuery(o *options, rest []string) error {
	args, err := o.call("query", false, rest)
	if err != nil {
		return err
	}
	c, peers, err := o.connect("query")
	if err != nil {
		return err
	}
	answers, _, err := c.endorse(peers, o.channel, o.name, "query", args)
	if err != nil {
		return err
	}
	answer := answers[0].Response
	if answer.Status >= 400 {
		return fmt.Errorf("endorsement failure during query. response: %s", describe(answer))
	}
	fmt.Println(string(answer.Payload))
	return nil
}

func chaincodeList(o *options, rest []string) error {
	if err := noMore(rest); err != nil {
		return err
	}
	function, title := "getinstalledchaincodes", "Get installed chaincodes on peer:"
	switch {
	case o.installed == o.instantiated:
		return errors.New("Must explicitly specify \"--installed\" or \"--instantiated\"")
	case o.instantiated && o.channel == "":
		return errors.New("The required parameter 'channelID' is empty. Rerun the command with -C flag")
	case o.installed:
		o.channel = ""
	default:
		function, title = "getchaincodes", "Get instantiated chaincodes on channel "+o.channel+":"
	}
	c, peers, err := o.connect("list")
	if err != nil {
		return err
	}
	payload, err := c.lscc(peers[0], o.channel, "list", []byte(function))
	if err != nil {
		return err
	}
	list := []pb.ChaincodeDefinition{}
	if err := json.Unmarshal(payload, &list); err != nil {
		return err
	}
	fmt.Println(title)
	for _, one := range list {
		if o.installed {
			fmt.Printf("Name: %s, Version: %s, Path: %s, Id: %x\n", one.Name, one.Version, one.Path, one.ID)
		} else {
			fmt.Printf("Name: %s, Version: %s, Path: %s, Escc: escc, Vscc: vscc\n", one.Name, one.Version, one.Path)
		}
	}
	return nil
}
