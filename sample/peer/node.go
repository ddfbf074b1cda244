package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hyperledger/fabric/common/config"
	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/core/chaincode"
	"github.com/hyperledger/fabric/core/comm"
	"github.com/hyperledger/fabric/core/endorser"
	"github.com/hyperledger/fabric/core/ledger/couchdb"
	"github.com/hyperledger/fabric/core/operations"
	"github.com/hyperledger/fabric/core/peer"
	"github.com/hyperledger/fabric/msp"
)

var nodeLogger = flogging.MustGetLogger("nodeCmd")

// startNode runs the peer until SIGINT or SIGTERM.
func startNode() error {
	conf, err := config.Load("core", "CORE")
	if err != nil {
		return err
	}
	nodeLogger.Infof("Starting %s", versionInfo())
	mspDir, mspID := conf.Path("peer.mspConfigPath"), conf.String("peer.localMspId")
	signer, err := msp.LoadSigner(mspDir, mspID)
	if err != nil {
		return fmt.Errorf("Cannot run peer because %s", err)
	}
	local, err := msp.LoadOrg(mspDir, mspID)
	if err != nil {
		return fmt.Errorf("Cannot run peer because %s", err)
	}
	data := conf.Path("peer.fileSystemPath")
	cert, key := "", ""
	if conf.Bool("peer.tls.enabled") {
		cert, key = conf.Path("peer.tls.cert.file"), conf.Path("peer.tls.key.file")
	}
	listener, err := comm.Listen(conf.String("peer.listenAddress"), cert, key)
	if err != nil {
		return fmt.Errorf("Failed to create peer server (%s)", err)
	}
	support, err := chaincode.NewSupport(conf, chaincode.Packages{Dir: filepath.Join(data, "chaincodes")})
	if err != nil {
		return err
	}
	var state *couchdb.Store
	if conf.String("ledger.state.stateDatabase") == "CouchDB" {
		at := "ledger.state.couchDBConfig."
		state, err = couchdb.Connect(conf.String(at+"couchDBAddress"), conf.String(at+"username"), conf.String(at+"password"))
		if err != nil {
			return fmt.Errorf("Error initializing ledger provider: %s", err)
		}
	}
	channels, err := peer.Open(filepath.Join(data, "ledgersData", "chains"), signer, cert != "", state)
	if err != nil {
		return err
	}
	if err := operations.Serve(conf.String("operations.listenAddress"), conf.String("metrics.provider"), map[string]operations.Check{"docker": support.Healthy}); err != nil {
		return err
	}
	node := &endorser.Endorser{Signer: signer, Local: local, Channels: channels, Chaincode: support}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() { failed <- comm.Serve(listener, node.Handle) }()
	nodeLogger.Infof("Started peer with ID=[name:%q ], network ID=[%s], address=[%s], version=[%s]",
		conf.String("peer.id"), conf.String("peer.networkId"), conf.String("peer.address"), metadata.Version)
	select {
	case err := <-failed:
		return err
	case <-stop:
		return nil
	}
}
