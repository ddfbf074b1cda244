// Command cryptogen creates the certificates and keys of a network from crypto-config.yaml.
package main

import (
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"runtime"

	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/common/yaml"
)

type spec struct {
	Hostname   string
	CommonName string
	SANS       []string
}

type orgSpec struct {
	Name          string
	Domain        string
	EnableNodeOUs bool
	Specs         []spec
	Template      struct {
		Count    int
		Start    int
		Hostname string
		SANS     []string
	}
	Users struct{ Count int }
}

type cryptoConfig struct {
	OrdererOrgs []orgSpec
	PeerOrgs    []orgSpec
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Printf("cryptogen:\n Version: %s\n Commit SHA: %s\n Go version: %s\n OS/Arch: %s/%s\n",
			metadata.Version, metadata.CommitSHA, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return
	}
	if len(os.Args) < 2 || os.Args[1] != "generate" && os.Args[1] != "extend" {
		fmt.Fprintln(os.Stderr, "usage: cryptogen generate --config=FILE [--output=DIR] | cryptogen extend --config=FILE [--input=DIR] | cryptogen version")
		os.Exit(1)
	}
	folder := map[string]string{"generate": "output", "extend": "input"}[os.Args[1]]
	set := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	file := set.String("config", "", "the configuration")
	output := set.String(folder, "crypto-config", "the folder to write")
	// with ExitOnError, Parse never returns an error
	_ = set.Parse(os.Args[2:])
	if err := generate(*file, *output); err != nil {
		fmt.Fprintln(os.Stderr, "Error: "+err.Error())
		os.Exit(1)
	}
}

func generate(file, output string) error {
	text, err := ioutil.ReadFile(file)
	if err != nil {
		return fmt.Errorf("Error reading config: %s", err)
	}
	config := cryptoConfig{}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return fmt.Errorf("Error Unmarshaling YAML: %s", err)
	}
	for _, org := range config.PeerOrgs {
		fmt.Println(org.Domain)
		if err := generateOrg(output, "peer", org); err != nil {
			return fmt.Errorf("Error generating organization %s: %s", org.Name, err)
		}
	}
	for _, org := range config.OrdererOrgs {
		if err := generateOrg(output, "orderer", org); err != nil {
			return fmt.Errorf("Error generating organization %s: %s", org.Name, err)
		}
	}
	return nil
}
