package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/hyperledger/fabric/common/configtx"
	"github.com/hyperledger/fabric/common/ledger/blockfile"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/protos/common"
)

var channelName = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,248}$`)

// chain is one channel.
type chain struct {
	store  *blockfile.Store
	config *configtx.Config
}

// registrar holds all channels. Its mutex serialises all writes.
type registrar struct {
	dir    string
	signer common.Signer
	mutex  sync.Mutex
	chains map[string]*chain
	system string
}

func openRegistrar(dir string, signer common.Signer) (*registrar, error) {
	reg := &registrar{dir: dir, signer: signer, chains: map[string]*chain{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.blocks"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".blocks")
		c, err := reg.open(id)
		if err != nil {
			return nil, err
		}
		if c.config == nil { // the process ended before it wrote the first block
			if err := os.Remove(file); err != nil {
				return nil, err
			}
			continue
		}
		reg.add(id, c)
	}
	return reg, nil
}

func (r *registrar) open(id string) (*chain, error) {
	c := &chain{}
	store, err := blockfile.Open(filepath.Join(r.dir, id+".blocks"), func(block *common.Block) error {
		if config, _, err := configtx.FromBlock(block); err == nil {
			c.config = config
		}
		return nil
	})
	c.store = store
	return c, err
}

func (r *registrar) add(id string, c *chain) {
	r.chains[id] = c
	if c.config.Consortiums != nil {
		r.system = id
		logger.Infof("Starting system channel '%s' and orderer type solo", id)
		return
	}
	logger.Infof("Created and starting new chain %s", id)
}

// start creates a channel from its first block.
func (r *registrar) start(genesis *common.Block) error {
	config, id, err := configtx.FromBlock(genesis)
	if err != nil {
		return err
	}
	c, err := r.open(id)
	if err != nil {
		return err
	}
	if err := c.store.Append(genesis); err != nil {
		return err
	}
	c.config = config
	r.add(id, c)
	return nil
}

// order appends a block with one envelope.
func (r *registrar) order(c *chain, env common.Envelope, isConfig bool) error {
	last := c.store.Last()
	block := common.NewBlock(last.Header.Number+1, last.Header.Hash(), []common.Envelope{env})
	block.Metadata.LastConfig = last.Metadata.LastConfig
	if isConfig {
		block.Metadata.LastConfig = block.Header.Number
	}
	if err := r.sign(block); err != nil {
		return err
	}
	return c.store.Append(block)
}

func (r *registrar) sign(block *common.Block) (err error) {
	block.Metadata.Orderer = r.signer.Serialize()
	block.Metadata.Signature, err = r.signer.Sign(block.Header.Hash())
	return err
}

// handle serves one request: Broadcast accepts an envelope, Deliver streams blocks.
func (r *registrar) handle(conn *comm.Conn, request comm.Request) {
	env := common.Envelope{}
	if err := json.Unmarshal(request.Body, &env); err != nil {
		logger.Warningf("Bad request from %s: %s", conn.RemoteAddr(), err)
		return
	}
	var err error
	switch request.Method {
	case "Broadcast":
		status, problem := r.broadcast(env)
		answer := common.BroadcastResponse{Status: status}
		if problem != nil {
			answer.Info = problem.Error()
			logger.Warningf("Rejecting broadcast from %s with %s: %s", conn.RemoteAddr(), status, problem)
		}
		err = conn.Reply(answer, nil)
	case "Deliver":
		err = r.deliver(conn, env)
	default:
		err = conn.Reply(nil, errors.New("unknown method "+request.Method))
	}
	if err != nil {
		logger.Debugf("%s: %s", conn.RemoteAddr(), err)
	}
}

func (r *registrar) broadcast(env common.Envelope) (common.Status, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	header, err := env.Open(nil)
	if err != nil {
		return common.BadRequest, err
	}
	c, exists := r.chains[header.ChannelID]
	judge := c
	if !exists {
		judge = r.chains[r.system]
		if header.Type != common.ConfigUpdate {
			return common.NotFound, fmt.Errorf("channel %s not found", header.ChannelID)
		}
	}
	if err := judge.config.Verify(header.Creator, env.Payload, env.Signature); err != nil {
		logger.Warningf("%s: %s", header.Creator.MSPID, err)
		if header.Type == common.ConfigUpdate {
			return common.BadRequest, errors.New("error authorizing update: error validating DeltaSet: policy for [Group]  /Channel/Application not satisfied: signature set did not satisfy policy")
		}
		return common.Forbidden, errors.New("implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be satisfied: permission denied")
	}
	switch {
	case header.Type == common.ConfigUpdate:
		err = r.update(c, env, header)
	case header.Type == common.EndorserTransaction && c.config.Application != nil:
		if err := r.order(c, env, false); err != nil {
			return common.InternalServerError, err
		}
	default:
		err = fmt.Errorf("message of type %s is not accepted on channel %s", header.Type, header.ChannelID)
	}
	if err != nil {
		return common.BadRequest, err
	}
	return common.Success, nil
}

// update changes the configuration of a channel, or creates the channel.
func (r *registrar) update(c *chain, env common.Envelope, header common.Header) error {
	change := configtx.Update{}
	if _, err := env.Open(&change); err != nil {
		return err
	}
	if change.ChannelID != header.ChannelID {
		return fmt.Errorf("mismatched channel IDs: %s and %s", header.ChannelID, change.ChannelID)
	}
	if c != nil {
		config, err := c.config.Apply(change, header.Creator)
		if err != nil {
			return fmt.Errorf("error applying config update to existing channel '%s': %s", change.ChannelID, err)
		}
		next, _, err := common.SealNew(r.signer, common.Config, change.ChannelID, config)
		if err != nil {
			return err
		}
		if err := r.order(c, next, true); err != nil {
			return err
		}
		c.config = config
		return nil
	}
	if !channelName.MatchString(change.ChannelID) {
		return fmt.Errorf("bad channel ID: '%s' contains illegal characters", change.ChannelID)
	}
	config, err := r.chains[r.system].config.Create(change, header.Creator)
	if err != nil {
		return err
	}
	first, _, err := common.SealNew(r.signer, common.Config, change.ChannelID, config)
	if err != nil {
		return err
	}
	genesis := common.NewBlock(0, nil, []common.Envelope{first})
	if err := r.sign(genesis); err != nil {
		return err
	}
	return r.start(genesis)
}

// deliver streams blocks to a member of the channel.
func (r *registrar) deliver(conn *comm.Conn, env common.Envelope) error {
	seek := common.SeekInfo{}
	header, err := env.Open(&seek)
	if err != nil {
		return conn.Reply(common.DeliverResponse{Status: common.BadRequest}, nil)
	}
	r.mutex.Lock()
	c, exists := r.chains[header.ChannelID]
	denied := exists && c.config.Verify(header.Creator, env.Payload, env.Signature) != nil
	r.mutex.Unlock()
	if !exists {
		return conn.Reply(common.DeliverResponse{Status: common.NotFound}, nil)
	}
	if denied {
		logger.Warningf("[channel: %s] Client %s of %s is not authorized", header.ChannelID, conn.RemoteAddr(), header.Creator.MSPID)
		return conn.Reply(common.DeliverResponse{Status: common.Forbidden}, nil)
	}
	height, _ := c.store.Height()
	start, ok := position(seek.Start, height)
	stop, okStop := position(seek.Stop, height)
	forever := seek.Stop == "max"
	if !ok || !okStop && !forever || !forever && (stop < start || stop >= height) {
		return conn.Reply(common.DeliverResponse{Status: common.NotFound}, nil)
	}
	gone := make(chan struct{})
	go func() { // the client sends no further messages: Recv fails when it disconnects
		var nothing json.RawMessage
		for conn.Recv(&nothing) == nil {
		}
		close(gone)
	}()
	for number := start; forever || number <= stop; number++ {
		for height, grown := c.store.Height(); number >= height; height, grown = c.store.Height() {
			select {
			case <-grown:
			case <-gone:
				return nil
			}
		}
		block, err := c.store.Read(number)
		if err != nil {
			return conn.Reply(common.DeliverResponse{Status: common.InternalServerError}, nil)
		}
		if err := conn.Reply(common.DeliverResponse{Block: block}, nil); err != nil {
			return err
		}
	}
	return conn.Reply(common.DeliverResponse{Status: common.Success}, nil)
}

func position(text string, height uint64) (uint64, bool) {
	switch text {
	case "oldest":
		return 0, true
	case "newest":
		return height - 1, true
	}
	number, err := strconv.ParseUint(text, 10, 64)
	return number, err == nil
}
