// Package ledger has what the chaincode does. It does not import Fabric, so its tests need no network.
package ledger

import (
	"errors"
	"fmt"
)

// State is the part of Fabric's stub that the chaincode uses.
type State interface {
	GetState(key string) ([]byte, error)
	PutState(key string, value []byte) error
}

// Call runs a function of the chaincode: `put KEY VALUE` or `get KEY`. It returns the value.
func Call(state State, function string, args []string) ([]byte, error) {
	switch {
	case function == "put" && len(args) == 2:
		value := []byte(args[1])
		return value, state.PutState(args[0], value)
	case function == "get" && len(args) == 1:
		value, err := state.GetState(args[0])
		if err == nil && len(value) == 0 {
			err = fmt.Errorf("there is no value for %s", args[0])
		}
		return value, err
	}
	return nil, errors.New("expected `put KEY VALUE` or `get KEY`")
}
