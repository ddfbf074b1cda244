// Command orderer creates one block for each envelope (solo) and delivers the blocks.
package main

import (
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/core/operations"
	"github.com/hyperledger/fabric/msp"
	"github.com/hyperledger/fabric/protos/common"
)

var logger = flogging.MustGetLogger("orderer.common.server")

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Printf("orderer:\n Version: %s\n Commit SHA: %s\n", metadata.Version, metadata.CommitSHA)
		return
	}
	if err := run(); err != nil {
		logger.Fatalf("%s", err)
	}
}

func run() error {
	conf, err := config.Load("orderer", "ORDERER")
	if err != nil {
		return err
	}
	signer, err := msp.LoadSigner(conf.Path("General.LocalMSPDir"), conf.String("General.LocalMSPID"))
	if err != nil {
		return fmt.Errorf("Failed to initialize local MSP: %s", err)
	}
	location := conf.String("FileLedger.Location")
	if location == "" {
		location = "/var/hyperledger/production/orderer"
	}
	reg, err := openRegistrar(filepath.Join(location, "chains"), signer)
	if err != nil {
		return err
	}
	if reg.system == "" {
		if err := bootstrap(reg, conf); err != nil {
			return err
		}
	}
	if err := operations.Serve(conf.String("Operations.ListenAddress"), conf.String("Metrics.Provider"), nil); err != nil {
		return err
	}
	cert, key := "", ""
	if conf.Bool("General.TLS.Enabled") {
		cert, key = conf.Path("General.TLS.Certificate"), conf.Path("General.TLS.PrivateKey")
	}
	address := net.JoinHostPort(conf.String("General.ListenAddress"), conf.String("General.ListenPort"))
	listener, err := comm.Listen(address, cert, key)
	if err != nil {
		return fmt.Errorf("Failed to listen: %s", err)
	}
	logger.Infof("Starting orderer:\n Version: %s\n Commit SHA: %s", metadata.Version, metadata.CommitSHA)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- comm.Serve(listener, reg.handle) }()
	logger.Infof("Beginning to serve requests")
	select {
	case err := <-failed:
		return err
	case <-stop:
		return nil
	}
}

func bootstrap(reg *registrar, conf *config.Config) error {
	if method := conf.String("General.GenesisMethod"); method != "file" {
		return fmt.Errorf("Unknown genesis method: %s (this practice orderer knows only file)", method)
	}
	text, err := ioutil.ReadFile(conf.Path("General.GenesisFile"))
	if err != nil {
		return fmt.Errorf("unable to bootstrap orderer. Error reading genesis block file: %s", err)
	}
	genesis := &common.Block{}
	if err := json.Unmarshal(text, genesis); err != nil {
		return fmt.Errorf("unable to bootstrap orderer. Error unmarshalling genesis block: %s", err)
	}
	return reg.start(genesis)
}
