// Package peer manages the channels of a peer: it pulls blocks from the orderer, validates and commits them.
package peer

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/hyperledger/fabric/common/configtx"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/policies"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/core/ledger"
	"github.com/hyperledger/fabric/core/ledger/couchdb"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var logger = flogging.MustGetLogger("core.peer")

// Channel is a channel that the peer has joined.
type Channel struct {
	ID     string
	Ledger *ledger.Ledger
	mutex  sync.RWMutex
	config *configtx.Config
}

// Config returns the current configuration.
func (c *Channel) Config() *configtx.Config {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	return c.config
}

// Definition returns the entry of a chaincode in the ledger.
func (c *Channel) Definition(name string) (*pb.ChaincodeDefinition, error) {
	raw, _ := c.Ledger.Get("lscc", name)
	if raw == nil {
		return nil, fmt.Errorf("chaincode %s not found", name)
	}
	definition := &pb.ChaincodeDefinition{}
	return definition, json.Unmarshal(raw, definition)
}

// Channels holds all channels of a peer.
type Channels struct {
	dir    string
	signer common.Signer
	tls    bool
	state  *couchdb.Store // nil if the state is in memory only
	mutex  sync.RWMutex
	byID   map[string]*Channel
}

// Open loads the channels in dir and starts to pull their blocks. Without a store, the state is in memory only.
func Open(dir string, signer common.Signer, tlsEnabled bool, state *couchdb.Store) (*Channels, error) {
	all := &Channels{dir: dir, signer: signer, tls: tlsEnabled, state: state, byID: map[string]*Channel{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.blocks"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		channel, err := all.load(strings.TrimSuffix(filepath.Base(file), ".blocks"))
		if err != nil {
			return nil, err
		}
		if channel.config == nil { // the process ended before it wrote the first block
			if err := os.Remove(file); err != nil {
				return nil, err
			}
			continue
		}
		all.byID[channel.ID] = channel
		go all.pull(channel)
	}
	return all, nil
}

func (a *Channels) load(id string) (*Channel, error) {
	channel := &Channel{ID: id}
	save, err := a.saver(id)
	if err != nil {
		return nil, err
	}
	channel.Ledger, err = ledger.Open(filepath.Join(a.dir, id+".blocks"), save, channel.observe)
	return channel, err
}

// saver returns a function that copies the state of a channel to CouchDB, if there is one.
func (a *Channels) saver(id string) (ledger.Saver, error) {
	if a.state == nil {
		return func(string, string, pb.Write) error { return nil }, nil
	}
	made := map[string]bool{}
	create := func(name string) error {
		if made[name] {
			return nil
		}
		made[name] = true
		return a.state.Create(name)
	}
	return func(namespace, key string, write pb.Write) error {
		name := couchdb.Database(id, namespace)
		if err := create(name); err != nil {
			return err
		}
		return a.state.Save(name, key, write)
	}, create(couchdb.Database(id, ""))
}

// observe updates the configuration if the block is a configuration block.
func (c *Channel) observe(block *common.Block) {
	if config, _, err := configtx.FromBlock(block); err == nil {
		c.mutex.Lock()
		c.config = config
		c.mutex.Unlock()
	}
}

// Get returns a channel.
func (a *Channels) Get(id string) (*Channel, bool) {
	a.mutex.RLock()
	defer a.mutex.RUnlock()
	channel, ok := a.byID[id]
	return channel, ok
}

// IDs returns the sorted names of the channels.
func (a *Channels) IDs() []string {
	a.mutex.RLock()
	defer a.mutex.RUnlock()
	ids := []string{}
	for id := range a.byID {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// Join joins a channel by its first block.
func (a *Channels) Join(genesis *common.Block) error {
	config, id, err := configtx.FromBlock(genesis)
	if err != nil {
		return err
	}
	if config.Application == nil || genesis.Header.Number != 0 || id != filepath.Base(id) {
		return errors.New("it is not the genesis block of an application channel")
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if _, exists := a.byID[id]; exists {
		return errors.New("cannot create ledger from genesis block: LedgerID already exists")
	}
	channel, err := a.load(id)
	if err != nil {
		return err
	}
	channel.config = config // the first block is checked against itself: the administrator chose it
	if err := channel.commit(genesis); err != nil {
		return err
	}
	a.byID[id] = channel
	logger.Infof("Joined channel %s", id)
	go a.pull(channel)
	return nil
}

// pull receives blocks from the orderers until the peer stops.
func (a *Channels) pull(channel *Channel) {
	for attempt := 0; ; attempt++ {
		addresses := channel.Config().OrdererAddresses
		if len(addresses) == 0 {
			logger.Errorf("[%s] the channel names no orderer", channel.ID)
			return
		}
		address := addresses[attempt%len(addresses)]
		err := a.pullFrom(address, channel)
		logger.Warningf("[%s] disconnected from orderer %s: %s; will try again", channel.ID, address, err)
		time.Sleep(500 * time.Millisecond)
	}
}

func (a *Channels) pullFrom(address string, channel *Channel) error {
	var tlsConfig *tls.Config
	if a.tls {
		var err error
		if tlsConfig, err = comm.ClientTLS(channel.Config().OrdererTLSRoots(), ""); err != nil {
			return err
		}
	}
	conn, err := comm.Endpoint{Address: address, TLS: tlsConfig}.Dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	height := channel.Ledger.Last().Header.Number + 1
	seek := common.SeekInfo{Start: fmt.Sprint(height), Stop: "max"}
	env, _, err := common.SealNew(a.signer, common.Seek, channel.ID, seek)
	if err != nil {
		return err
	}
	if err := conn.Request("Deliver", env); err != nil {
		return err
	}
	logger.Infof("[%s] pulling blocks from %s, beginning with %d", channel.ID, address, height)
	for {
		answer := common.DeliverResponse{}
		if err := conn.Next(&answer); err != nil {
			return err
		}
		if answer.Block == nil {
			return fmt.Errorf("got status %s", answer.Status)
		}
		if err := channel.commit(answer.Block); err != nil {
			return err
		}
	}
}

// commit checks the number, the hashes and the signature of a block, and writes it.
func (c *Channel) commit(block *common.Block) error {
	if !c.Ledger.Follows(block) {
		return fmt.Errorf("block [%d] does not follow the last one", block.Header.Number)
	}
	config := c.Config()
	if err := config.VerifyOrderer(block.Metadata.Orderer, block.Header.Hash(), block.Metadata.Signature); err != nil {
		return fmt.Errorf("block [%d] is not signed by an orderer: %s", block.Header.Number, err)
	}
	if err := c.Ledger.Commit(block, c.validate); err != nil {
		return err
	}
	c.observe(block)
	logger.Infof("[%s] Committed block [%d] with %d transaction(s): %s", c.ID, block.Header.Number, len(block.Data), strings.Join(block.Metadata.Validation, " "))
	return nil
}

func (c *Channel) validate(block *common.Block) ([]string, error) {
	verdicts := make([]string, len(block.Data))
	for i, env := range block.Data {
		verdicts[i] = c.judge(env)
	}
	return verdicts, nil
}

// judge returns the validation code of an envelope: it checks the signatures, the content and the endorsement policy.
func (c *Channel) judge(env common.Envelope) string {
	tx := pb.Transaction{}
	header, err := env.Open(nil)
	if err != nil || header.ChannelID != c.ID {
		return pb.BadPayload
	}
	if header.Type == common.Config {
		return pb.Valid // the signature of the orderer on the block is sufficient
	}
	if _, err := env.Open(&tx); err != nil || header.Type != common.EndorserTransaction {
		return pb.BadPayload
	}
	config := c.Config()
	if config.Verify(header.Creator, env.Payload, env.Signature) != nil {
		return pb.BadCreatorSignature
	}
	result, err := ledger.DecodeResult(tx.Result)
	if err != nil || result.ChannelID != c.ID || result.TxID != header.TxID || result.Response.Status >= 400 {
		return pb.BadPayload
	}
	for i, one := range tx.Endorsements {
		member, known := config.Member(one.Endorser.MSPID)
		if !known || member.Verify(one.Endorser, tx.Result, one.Signature) != nil {
			return pb.EndorsementPolicyFailure
		}
		for _, earlier := range tx.Endorsements[:i] {
			if earlier.Endorser == one.Endorser {
				return pb.EndorsementPolicyFailure
			}
		}
	}
	text := policies.AnyMemberOf(config.MemberIDs())
	if result.Chaincode == "lscc" {
		if member, known := config.Member(header.Creator.MSPID); !known || !member.HasRole(header.Creator, "admin") {
			return pb.EndorsementPolicyFailure
		}
	} else {
		definition, err := c.Definition(result.Chaincode)
		if err != nil || definition.Version != result.Version || !writesOnly(result.RWSet, result.Chaincode) {
			return pb.EndorsementPolicyFailure
		}
		text = definition.Policy
	}
	policy, err := policies.Parse(text)
	if err != nil || !policy.Evaluate(len(tx.Endorsements), func(i int, mspID, role string) bool {
		id := tx.Endorsements[i].Endorser
		member, known := config.Member(mspID)
		return known && id.MSPID == mspID && member.HasRole(id, role)
	}) {
		return pb.EndorsementPolicyFailure
	}
	return pb.Valid
}

func writesOnly(set pb.RWSet, namespace string) bool {
	for ns, one := range set {
		if ns != namespace && len(one.Writes) > 0 {
			return false
		}
	}
	return true
}
