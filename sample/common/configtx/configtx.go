// Package configtx models the configuration of a channel: its organisations and the permitted changes.
package configtx

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/hyperledger/fabric/msp"
	"github.com/hyperledger/fabric/protos/common"
)

// AnchorPeer is the address of an anchor peer.
type AnchorPeer struct {
	Host string
	Port int
}

// Org is an organisation in a group; Version counts the changes of its anchor peers.
type Org struct {
	Version     uint64
	MSP         msp.Org
	AnchorPeers []AnchorPeer `json:",omitempty"`
}

// Group is a set of organisations by name.
type Group struct {
	Version uint64
	Orgs    map[string]*Org
}

// Config is the configuration of a channel. The system channel has Consortiums, other channels have Application.
type Config struct {
	Sequence         uint64
	OrdererAddresses []string
	Orderer          Group
	Consortiums      map[string]Group `json:",omitempty"`
	Application      *Group           `json:",omitempty"`
}

// Update is a proposed change: a new channel (Consortium and Orgs), or new anchor peers of one organisation.
type Update struct {
	ChannelID   string
	ReadSet     map[string]uint64 // path of a group -> the version that the update expects
	Consortium  string            `json:",omitempty"`
	Orgs        []string          `json:",omitempty"`
	AnchorOrg   string            `json:",omitempty"`
	AnchorPeers []AnchorPeer      `json:",omitempty"`
}

const application = "/Channel/Application"

// NewChannel returns an update that creates a channel.
func NewChannel(channelID, consortium string, orgs []string) Update {
	return Update{ChannelID: channelID, Consortium: consortium, Orgs: orgs, ReadSet: map[string]uint64{application: 0}}
}

// NewAnchors returns an update that sets the first anchor peers of an organisation.
func NewAnchors(channelID, org string, peers []AnchorPeer) Update {
	return Update{ChannelID: channelID, AnchorOrg: org, AnchorPeers: peers,
		ReadSet: map[string]uint64{application: 1, application + "/" + org: 0}}
}

func (c *Config) clone() (*Config, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	copied := &Config{}
	return copied, json.Unmarshal(raw, copied)
}

// Create returns the configuration of a new channel. c is the configuration of the system channel.
func (c *Config) Create(update Update, creator common.Identity) (*Config, error) {
	consortium, known := c.Consortiums[update.Consortium]
	if !known {
		return nil, fmt.Errorf("Unknown consortium name: %s", update.Consortium)
	}
	config, err := c.clone()
	if err != nil {
		return nil, err
	}
	config.Consortiums, config.Sequence = nil, 1
	config.Application = &Group{Version: 1, Orgs: map[string]*Org{}}
	signed := false
	for _, name := range update.Orgs {
		org, member := consortium.Orgs[name]
		if !member {
			return nil, fmt.Errorf("Attempted to include a member which is not in the consortium: %s", name)
		}
		config.Application.Orgs[name] = org
		signed = signed || org.MSP.HasRole(creator, "admin")
	}
	if !signed {
		return nil, errors.New("error authorizing update: error validating DeltaSet: policy for [Group]  /Channel/Application not satisfied: implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the 'Admins' sub-policies to be satisfied")
	}
	return config, nil
}

// Apply returns the next configuration of an existing channel.
func (c *Config) Apply(update Update, creator common.Identity) (*Config, error) {
	paths := []string{}
	for path := range update.ReadSet {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	for _, path := range paths {
		if now := c.version(path); now != update.ReadSet[path] {
			return nil, fmt.Errorf("error authorizing update: error validating ReadSet: proposed update requires that key [Group]  %s be at version %d, but it is currently at version %d", path, update.ReadSet[path], now)
		}
	}
	config, err := c.clone()
	if err != nil {
		return nil, err
	}
	if config.Application == nil || config.Application.Orgs[update.AnchorOrg] == nil {
		return nil, errors.New("error authorizing update: error validating DeltaSet: attempt to set key of an unknown group")
	}
	org := config.Application.Orgs[update.AnchorOrg]
	if !org.MSP.HasRole(creator, "admin") {
		return nil, fmt.Errorf("error authorizing update: error validating DeltaSet: policy for [Group]  %s/%s not satisfied: signature set did not satisfy policy", application, update.AnchorOrg)
	}
	org.AnchorPeers = update.AnchorPeers
	org.Version++
	config.Sequence++
	return config, nil
}

func (c *Config) version(path string) uint64 {
	if c.Application == nil {
		return 0
	}
	if path == application {
		return c.Application.Version
	}
	for name, org := range c.Application.Orgs {
		if path == application+"/"+name {
			return org.Version
		}
	}
	return 0
}

// orgs returns all organisations of the channel.
func (c *Config) orgs() []*Org {
	all := []*Org{}
	groups := []Group{c.Orderer}
	if c.Application != nil {
		groups = append(groups, *c.Application)
	}
	for _, consortium := range c.Consortiums {
		groups = append(groups, consortium)
	}
	for _, group := range groups {
		for _, org := range group.Orgs {
			all = append(all, org)
		}
	}
	return all
}

// Member returns the application organisation with an MSP ID.
func (c *Config) Member(mspID string) (msp.Org, bool) {
	if c.Application != nil {
		for _, org := range c.Application.Orgs {
			if org.MSP.MSPID == mspID {
				return org.MSP, true
			}
		}
	}
	return msp.Org{}, false
}

// MemberIDs returns the sorted MSP IDs of the application organisations.
func (c *Config) MemberIDs() []string {
	ids := []string{}
	if c.Application != nil {
		for _, org := range c.Application.Orgs {
			ids = append(ids, org.MSP.MSPID)
		}
	}
	sort.Strings(ids)
	return ids
}

// Verify checks a signature of a member of any organisation of the channel.
func (c *Config) Verify(id common.Identity, msg, signature []byte) error {
	err := fmt.Errorf("MSP %s is unknown", id.MSPID)
	for _, org := range c.orgs() {
		if org.MSP.MSPID == id.MSPID {
			if err = org.MSP.Verify(id, msg, signature); err == nil {
				return nil
			}
		}
	}
	return err
}

// VerifyOrderer checks a signature of the ordering service.
func (c *Config) VerifyOrderer(id common.Identity, msg, signature []byte) error {
	for _, org := range c.Orderer.Orgs {
		if org.MSP.MSPID == id.MSPID {
			return org.MSP.Verify(id, msg, signature)
		}
	}
	return fmt.Errorf("MSP %s is no orderer of this channel", id.MSPID)
}

// OrdererTLSRoots returns the root certificates of the TLS certificates of the orderers.
func (c *Config) OrdererTLSRoots() []string {
	roots := []string{}
	for _, org := range c.Orderer.Orgs {
		roots = append(roots, org.MSP.TLSRootCerts...)
	}
	return roots
}

// FromBlock returns the configuration in a configuration block, and the name of its channel.
func FromBlock(block *common.Block) (*Config, string, error) {
	if block == nil || len(block.Data) != 1 {
		return nil, "", errors.New("block must contain exactly one configuration transaction")
	}
	config := &Config{}
	header, err := block.Data[0].Open(config)
	if err != nil {
		return nil, "", err
	}
	if header.Type != common.Config {
		return nil, "", fmt.Errorf("expected a %s transaction, found %s", common.Config, header.Type)
	}
	return config, header.ChannelID, nil
}
