// Command peer is a node of the network, and the client that administers nodes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"runtime"
	"strings"

	"github.com/hyperledger/fabric/common/flogging"
	"github.com/hyperledger/fabric/common/metadata"
)

var mainLogger = flogging.MustGetLogger("main")

// command is a subcommand. run receives the arguments that are not flags.
type command struct {
	define func(*options, *flag.FlagSet)
	run    func(o *options, args []string) error
}

var commands = map[string]command{
	"version":               {noFlags, func(*options, []string) error { fmt.Print(versionInfo()); return nil }},
	"node start":            {noFlags, func(*options, []string) error { return startNode() }},
	"channel create":        {channelFlags, channelCreate},
	"channel fetch":         {channelFlags, channelFetch},
	"channel join":          {channelFlags, channelJoin},
	"channel list":          {channelFlags, channelList},
	"channel getinfo":       {channelFlags, channelInfo},
	"channel update":        {channelFlags, channelUpdate},
	"chaincode install":     {chaincodeFlags, chaincodeInstall},
	"chaincode instantiate": {chaincodeFlags, func(o *options, _ []string) error { return chaincodeDeploy(o, "deploy") }},
	"chaincode upgrade":     {chaincodeFlags, func(o *options, _ []string) error { return chaincodeDeploy(o, "upgrade") }},
	"chaincode invoke":      {chaincodeFlags, chaincodeInvoke},
	"chaincode query":       {chaincodeFlags, chaincodeQuery},
	"chaincode list":        {chaincodeFlags, chaincodeList},
}

const usage = `Usage: peer version | node start
       peer channel create | fetch | join | list | getinfo | update
       peer chaincode install | instantiate | upgrade | invoke | query | list
`

func main() {
	if os.Getenv("CORE_LOGGING_LEVEL") != "" {
		mainLogger.Warningf("CORE_LOGGING_LEVEL is no longer supported, please use the FABRIC_LOGGING_SPEC environment variable")
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error: "+err.Error())
		os.Exit(1)
	}
}

func run(words []string) error {
	name := ""
	for i := 0; i < 2 && i < len(words); i++ {
		name = strings.TrimSpace(name + " " + words[i])
		found, ok := commands[name]
		if !ok {
			continue
		}
		o := &options{}
		set := flag.NewFlagSet(name, flag.ContinueOnError)
		set.SetOutput(ioutil.Discard)
		found.define(o, set)
		args, err := parse(set, words[i+1:])
		if err != nil {
			return err
		}
		return found.run(o, args)
	}
	if len(words) == 0 || strings.HasSuffix(" "+words[len(words)-1], "help") {
		fmt.Print(usage)
		return nil
	}
	return fmt.Errorf("unknown command %q for \"peer\"\n%s", name, usage)
}

// parse accepts flags and arguments in any order.
func parse(set *flag.FlagSet, words []string) ([]string, error) {
	args := []string{}
	for {
		if err := set.Parse(words); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				set.SetOutput(os.Stdout)
				set.PrintDefaults()
				os.Exit(0)
			}
			return nil, errors.New(strings.Replace(err.Error(), "flag provided but not defined", "unknown flag", 1))
		}
		if set.NArg() == 0 {
			return args, nil
		}
		args = append(args, set.Arg(0))
		words = set.Args()[1:]
	}
}

func noFlags(*options, *flag.FlagSet) {}

func versionInfo() string {
	return fmt.Sprintf("peer:\n Version: %s\n Commit SHA: %s\n Go version: %s\n OS/Arch: %s/%s\n Chaincode:\n"+
		"  Base Image Version: %s\n  Base Docker Namespace: %s\n  Base Docker Label: %s\n  Docker Namespace: %s\n\n",
		metadata.Version, metadata.CommitSHA, runtime.Version(), runtime.GOOS, runtime.GOARCH,
		metadata.BaseVersion, metadata.BaseDockerNamespace, metadata.BaseDockerLabel, metadata.DockerNamespace)
}
