// Command configtxgen creates the genesis block and the channel transactions from configtx.yaml.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/common/configtx"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/common/yaml"
	"github.com/hyperledger/fabric/msp"
	"github.com/hyperledger/fabric/protos/common"
)

var logger = flogging.MustGetLogger("common.tools.configtxgen")

type organization struct {
	Name        string
	ID          string
	MSPDir      string
	AnchorPeers []configtx.AnchorPeer
}

type profile struct {
	Consortium string
	Orderer    *struct {
		OrdererType   string
		Addresses     []string
		Organizations []organization
	}
	Application *struct{ Organizations []organization }
	Consortiums map[string]struct{ Organizations []organization }
}

func main() {
	name := flag.String("profile", "SampleInsecureSolo", "profile of configtx.yaml")
	channel := flag.String("channelID", "", "channel")
	block := flag.String("outputBlock", "", "file for the genesis block")
	channelTx := flag.String("outputCreateChannelTx", "", "file for the channel creation transaction")
	anchors := flag.String("outputAnchorPeersUpdate", "", "file for the anchor peer update")
	org := flag.String("asOrg", "", "organisation of the anchor peer update")
	dir := flag.String("configPath", "", "folder of configtx.yaml")
	version := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *version {
		fmt.Printf("configtxgen:\n Version: %s\n Commit SHA: %s\n Go version: %s\n OS/Arch: %s/%s\n",
			metadata.Version, metadata.CommitSHA, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return
	}
	if *channel == "" {
		logger.Fatalf("Missing channelID, please specify it with '-channelID'")
	}
	if *dir == "" {
		*dir = config.Dir()
	}
	logger.Infof("Loading configuration")
	p, err := load(*dir, *name)
	if err != nil {
		logger.Fatalf("%s", err)
	}
	if *block != "" {
		logger.Infof("Generating genesis block")
		report("outputBlock", outputBlock(p, *dir, *channel, *block))
	}
	if *channelTx != "" {
		logger.Infof("Generating new channel configtx")
		report("outputChannelCreateTx", outputChannelTx(p, *channel, *channelTx))
	}
	if *anchors != "" {
		logger.Infof("Generating anchor peer update")
		report("outputAnchorPeersUpdate", outputAnchors(p, *channel, *org, *anchors))
	}
}

func report(what string, err error) {
	if err != nil {
		logger.Fatalf("Error on %s: %s", what, err)
	}
}

func load(dir, name string) (*profile, error) {
	text, err := ioutil.ReadFile(filepath.Join(dir, "configtx.yaml"))
	if err != nil {
		return nil, fmt.Errorf("Error reading configuration: %s", err)
	}
	file := struct{ Profiles map[string]*profile }{}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("Error reading configuration: %s", err)
	}
	for known, p := range file.Profiles {
		if strings.EqualFold(known, name) && p != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("Could not find profile: %s", name)
}

// group reads the certificates of the organisations.
func group(dir string, orgs []organization) (configtx.Group, error) {
	result := configtx.Group{Orgs: map[string]*configtx.Org{}}
	for _, org := range orgs {
		folder := org.MSPDir
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		public, err := msp.LoadOrg(folder, org.ID)
		if err != nil {
			return result, fmt.Errorf("could not create org group for %s: 1 - Error loading MSP configuration for org: %s: %s", org.Name, org.Name, err)
		}
		result.Orgs[org.Name] = &configtx.Org{MSP: public}
	}
	return result, nil
}

func outputBlock(p *profile, dir, channel, file string) error {
	if p.Orderer == nil {
		return errors.New("refusing to generate block which is missing orderer section")
	}
	if kind := p.Orderer.OrdererType; kind != "" && kind != "solo" {
		return fmt.Errorf("this practice orderer is solo only, not %s", kind)
	}
	genesis := configtx.Config{OrdererAddresses: p.Orderer.Addresses, Consortiums: map[string]configtx.Group{}}
	var err error
	if genesis.Orderer, err = group(dir, p.Orderer.Organizations); err != nil {
		return err
	}
	for name, consortium := range p.Consortiums {
		if genesis.Consortiums[name], err = group(dir, consortium.Organizations); err != nil {
			return err
		}
	}
	header, err := common.NewHeader(common.Config, channel, common.Identity{})
	if err != nil {
		return err
	}
	env, err := common.Seal(nil, header, genesis)
	if err != nil {
		return err
	}
	logger.Infof("Writing genesis block")
	return write(file, common.NewBlock(0, nil, []common.Envelope{env}))
}

// update writes an unsigned configuration update. The peer that submits it adds the signature.
func update(channel, file string, change configtx.Update) error {
	header, err := common.NewHeader(common.ConfigUpdate, channel, common.Identity{})
	if err != nil {
		return err
	}
	env, err := common.Seal(nil, header, change)
	if err != nil {
		return err
	}
	return write(file, env)
}

func outputChannelTx(p *profile, channel, file string) error {
	if p.Application == nil || p.Consortium == "" {
		return errors.New("config update generation failure: cannot define a new channel with no Application section or no Consortium value")
	}
	names := []string{}
	for _, org := range p.Application.Organizations {
		names = append(names, org.Name)
	}
	logger.Infof("Writing new channel tx")
	return update(channel, file, configtx.NewChannel(channel, p.Consortium, names))
}

func outputAnchors(p *profile, channel, as, file string) error {
	if as == "" {
		return errors.New("must specify an organization to update the anchor peer for")
	}
	if p.Application == nil {
		return errors.New("cannot update anchor peers without an application section")
	}
	for _, org := range p.Application.Organizations {
		if org.Name == as {
			logger.Infof("Writing anchor peer update")
			return update(channel, file, configtx.NewAnchors(channel, as, org.AnchorPeers))
		}
	}
	return fmt.Errorf("org with name '%s' does not exist in config", as)
}

func write(file string, v interface{}) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return ioutil.WriteFile(file, append(raw, '\n'), 0644)
}
