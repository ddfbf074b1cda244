// The chaincode as peers call it. What it does is in the package ledger.
package main

import (
	"fmt"
	"os"

	"example.com/{{name}}/chaincode/ledger"
	"{{shim}}"
	pb "{{protos}}"
)

type basic struct{}

func (basic) Init(shim.ChaincodeStubInterface) {{response}} {
	return shim.Success(nil)
}

func (basic) Invoke(stub shim.ChaincodeStubInterface) {{response}} {
	function, args := stub.GetFunctionAndParameters()
	value, err := ledger.Call(stub, function, args)
	if err != nil {
		return shim.Error(err.Error())
	}
	return shim.Success(value)
}

{{#server}}// As a service, the chaincode listens, and peers connect to it. Otherwise it connects to the peer that has started it.
func start() error {
{{#server}}	address := os.Getenv("CHAINCODE_SERVER_ADDRESS")
{{#server}}	if address != "" {
{{#server}}		server := shim.ChaincodeServer{
{{#server}}			CCID:     os.Getenv("CHAINCODE_ID"),
{{#server}}			Address:  address,
{{#server}}			CC:       basic{},
{{#server}}			TLSProps: shim.TLSProperties{Disabled: true},
{{#server}}		}
{{#server}}		return server.Start()
{{#server}}	}
	return shim.Start(basic{})
}

func main() {
	if err := start(); err != nil {
		fmt.Println("chaincode:", err)
		os.Exit(1)
	}
}
