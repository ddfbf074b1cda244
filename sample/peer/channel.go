package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"strconv"
	"strings"
	"time"

	"github.com/hyperledger/fabric/common/configtx"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

var channelLogger = flogging.MustGetLogger("channelCmd")

func channelFlags(o *options, set *flag.FlagSet) {
	ordererFlags(o, set)
	text(set, &o.channel, "channel", "c", "channelID")
	text(set, &o.file, "configuration transaction", "f", "file")
	text(set, &o.outputBlock, "where to write the genesis block (./<channel>.block)", "outputBlock")
	text(set, &o.blockPath, "genesis block", "b", "blockpath")
	set.DurationVar(&o.timeout, "t", 10*time.Second, "how long to wait for the new channel")
	set.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long to wait for the new channel")
}

func noMore(args []string) error {
	if len(args) > 0 {
		return errors.New("trailing args detected: " + strings.Join(args, " "))
	}
	return nil
}

// submit signs a configuration update as the current identity and broadcasts it.
func submit(c *client, o *options) (comm.Endpoint, string, error) {
	raw, err := ioutil.ReadFile(o.file)
	if err != nil {
		return comm.Endpoint{}, "", err
	}
	unsigned, update := common.Envelope{}, configtx.Update{}
	if err := json.Unmarshal(raw, &unsigned); err != nil {
		return comm.Endpoint{}, "", fmt.Errorf("invalid channel create transaction : bad payload: %s", err)
	}
	header, err := unsigned.Open(&update)
	if err != nil || header.Type != common.ConfigUpdate {
		return comm.Endpoint{}, "", errors.New("invalid channel create transaction : bad type")
	}
	if o.channel == "" {
		o.channel = header.ChannelID
	}
	if o.channel != header.ChannelID {
		return comm.Endpoint{}, "", fmt.Errorf("invalid channel create transaction : mismatched channel ID %s != %s", header.ChannelID, o.channel)
	}
	env, _, err := common.SealNew(c.signer, common.ConfigUpdate, o.channel, update)
	if err != nil {
		return comm.Endpoint{}, "", err
	}
	orderer, err := c.orderer(o)
	if err != nil {
		return orderer, "", err
	}
	channelLogger.Infof("Endorser and orderer connections initialized")
	return orderer, o.channel, broadcast(orderer, env)
}

func channelCreate(o *options, args []string) error {
	if err := noMore(args); err != nil {
		return err
	}
	if o.channel == "" {
		return errors.New("must supply channel ID")
	}
	if o.file == "" {
		return errors.New("this practice peer makes no default channel: -f is required")
	}
	c, err := newClient()
	if err != nil {
		return err
	}
	orderer, channel, err := submit(c, o)
	if err != nil {
		return err
	}
	var genesis *common.Block
	for deadline := time.Now().Add(o.timeout); genesis == nil; time.Sleep(100 * time.Millisecond) {
		if genesis, err = c.block(orderer, channel, "oldest"); err != nil && time.Now().After(deadline) {
			return errors.New("timeout waiting for channel creation")
		}
	}
	channelLogger.Infof("Received block: %d", genesis.Header.Number)
	if o.outputBlock == "" {
		o.outputBlock = channel + ".block"
	}
	return writeBlock(o.outputBlock, genesis)
}

func writeBlock(file string, block *common.Block) error {
	raw, err := json.Marshal(block)
	if err != nil {
		return err
	}
	return ioutil.WriteFile(file, raw, 0644)
}

func channelFetch(o *options, args []string) error {
	if len(args) == 0 {
		return errors.New("fetch target required, oldest, newest, config, or a number")
	}
	if len(args) > 2 {
		return errors.New("trailing args detected")
	}
	target := args[0]
	if _, err := strconv.ParseUint(target, 10, 64); err != nil && target != "oldest" && target != "newest" && target != "config" {
		return fmt.Errorf("fetch target illegal: %s", target)
	}
	c, err := newClient()
	if err != nil {
		return err
	}
	orderer, err := c.orderer(o)
	if err != nil {
		return err
	}
	position := target
	if target == "config" {
		position = "newest"
	}
	block, err := c.block(orderer, o.channel, position)
	if err == nil && target == "config" {
		block, err = c.block(orderer, o.channel, fmt.Sprint(block.Metadata.LastConfig))
	}
	if err != nil {
		return err
	}
	channelLogger.Infof("Received block: %d", block.Header.Number)
	file := o.channel + "_" + target + ".block"
	if len(args) == 2 {
		file = args[1]
	}
	return writeBlock(file, block)
}

func channelUpdate(o *options, args []string) error {
	if err := noMore(args); err != nil {
		return err
	}
	if o.channel == "" {
		return errors.New("Must supply channel ID")
	}
	if o.file == "" {
		return errors.New("No configtx file name supplied")
	}
	c, err := newClient()
	if err != nil {
		return err
	}
	if _, _, err := submit(c, o); err != nil {
		return err
	}
	channelLogger.Infof("Successfully submitted channel update")
	return nil
}

// askPeer runs a function of a system chaincode on the peer of CORE_PEER_ADDRESS.
func askPeer(channel, chaincode string, args ...[]byte) (pb.Response, error) {
	c, err := newClient()
	if err != nil {
		return pb.Response{}, err
	}
	endpoint, err := c.peer("", "")
	if err != nil {
		return pb.Response{}, err
	}
	return c.ask(endpoint, channel, chaincode, "channel", args...)
}

func channelJoin(o *options, args []string) error {
	if err := noMore(args); err != nil {
		return err
	}
	if o.blockPath == "" {
		return errors.New("Must supply genesis block path")
	}
	genesis, err := ioutil.ReadFile(o.blockPath)
	if err != nil {
		return fmt.Errorf("genesis block file not found %s", err)
	}
	answer, err := askPeer("", "cscc", []byte("JoinChain"), genesis)
	if err != nil {
		return err
	}
	if answer.Status != 200 {
		return fmt.Errorf("proposal failed (err: bad proposal response %d: %s)", answer.Status, answer.Message)
	}
	channelLogger.Infof("Successfully submitted proposal to join channel")
	return nil
}

func channelList(_ *options, args []string) error {
	if err := noMore(args); err != nil {
		return err
	}
	answer, err := askPeer("", "cscc", []byte("GetChannels"))
	if err != nil {
		return err
	}
	if answer.Status != 200 {
		return fmt.Errorf("Received bad response, status %d: %s", answer.Status, answer.Message)
	}
	channels := []string{}
	if err := json.Unmarshal(answer.Payload, &channels); err != nil {
		return fmt.Errorf("Cannot read channels list response, %s", err)
	}
	fmt.Println("Channels peers has joined: ")
	for _, channel := range channels {
		fmt.Println(channel)
	}
	return nil
}

func channelInfo(o *options, args []string) error {
	if err := noMore(args); err != nil {
		return err
	}
	if o.channel == "" {
		return errors.New("Must supply channel ID")
	}
	answer, err := askPeer(o.channel, "qscc", []byte("GetChainInfo"), []byte(o.channel))
	if err != nil {
		return err
	}
	if answer.Status != 200 {
		return fmt.Errorf("received bad response, status %d: %s", answer.Status, answer.Message)
	}
	fmt.Printf("Blockchain info: %s\n", answer.Payload)
	return nil
}
