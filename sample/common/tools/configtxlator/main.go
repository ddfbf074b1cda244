// configtxlator shows the practice source's own JSON messages with their payloads unfolded.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/ioutil"
	"os"
	"runtime"

	"github.com/hyperledger/fabric/common/metadata"
	"github.com/hyperledger/fabric/protos/common"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "configtxlator: error: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "version":
		fmt.Printf("configtxlator:\n Version: %s\n Commit SHA: %s\n Go version: %s\n OS/Arch: %s/%s\n",
			metadata.Version, metadata.CommitSHA, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return nil
	case len(args) == 0 || args[0] != "proto_decode":
		return errors.New("usage: configtxlator version | proto_decode --type TYPE --input FILE --output FILE")
	}
	set := flag.NewFlagSet("proto_decode", flag.ExitOnError)
	kind := set.String("type", "", "common.Block or common.Envelope")
	input := set.String("input", os.Stdin.Name(), "file to read")
	output := set.String("output", os.Stdout.Name(), "file to write")
	// ExitOnError: there is no error to see
	_ = set.Parse(args[1:])
	raw, err := ioutil.ReadFile(*input)
	if err != nil {
		return err
	}
	var shown interface{}
	switch *kind {
	case "common.Block":
		block := common.Block{}
		if err := json.Unmarshal(raw, &block); err != nil {
			return fmt.Errorf("Error decoding: %s", err)
		}
		data := []interface{}{}
		for _, env := range block.Data {
			data = append(data, unfold(env))
		}
		shown = map[string]interface{}{"header": block.Header, "data": data, "metadata": block.Metadata}
	case "common.Envelope":
		env := common.Envelope{}
		if err := json.Unmarshal(raw, &env); err != nil {
			return fmt.Errorf("Error decoding: %s", err)
		}
		shown = unfold(env)
	default:
		return fmt.Errorf("Error decoding: unknown message type %q", *kind)
	}
	text, err := json.MarshalIndent(shown, "", "  ")
	if err != nil {
		return err
	}
	return ioutil.WriteFile(*output, append(text, '\n'), 0644)
}

func unfold(env common.Envelope) interface{} {
	return map[string]interface{}{"payload": json.RawMessage(env.Payload), "signature": env.Signature}
}
