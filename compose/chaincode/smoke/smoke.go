// Chaincode of the smoke test: two accounts and a transfer between them.
//
//	init   a 100 b 200     creates accounts a and b with their amounts
//	invoke a b 10          moves 10 from a to b
//	query  a               returns the amount of a
//
// The arguments are the same as in Fabric's example02, so `fabric-wizard smoke --chaincode`
// accepts either chaincode.
package main

import (
	"fmt"
	"strconv"

	"github.com/hyperledger/fabric/core/chaincode/shim"
	pb "github.com/hyperledger/fabric/protos/peer"
)

type smoke struct{}

func (smoke) Init(stub shim.ChaincodeStubInterface) pb.Response {
	_, args := stub.GetFunctionAndParameters()
	if len(args) != 4 {
		return shim.Error(fmt.Sprintf("init needs 4 arguments: account, amount, account, amount; got %d", len(args)))
	}
	for i := 0; i < len(args); i += 2 {
		if _, err := strconv.Atoi(args[i+1]); err != nil {
			return shim.Error("not an amount: " + args[i+1])
		}
		if err := stub.PutState(args[i], []byte(args[i+1])); err != nil {
			return shim.Error(err.Error())
		}
	}
	return shim.Success(nil)
}

func (s smoke) Invoke(stub shim.ChaincodeStubInterface) pb.Response {
	function, args := stub.GetFunctionAndParameters()
	switch {
	case function == "query" && len(args) == 1:
		amount, err := stub.GetState(args[0])
		if err != nil {
			return shim.Error(err.Error())
		}
		if amount == nil {
			return shim.Error("no account " + args[0])
		}
		return shim.Success(amount)
	case function == "invoke" && len(args) == 3:
		return transfer(stub, args[0], args[1], args[2])
	}
	return shim.Error("expected `query ACCOUNT` or `invoke FROM TO AMOUNT`")
}

func transfer(stub shim.ChaincodeStubInterface, from, to, by string) pb.Response {
	amount, err := strconv.Atoi(by)
	if err != nil {
		return shim.Error("not an amount: " + by)
	}
	for account, change := range map[string]int{from: -amount, to: amount} {
		held, err := stub.GetState(account)
		if err != nil {
			return shim.Error(err.Error())
		}
		value, err := strconv.Atoi(string(held))
		if err != nil {
			return shim.Error("no account " + account)
		}
		if err := stub.PutState(account, []byte(strconv.Itoa(value+change))); err != nil {
			return shim.Error(err.Error())
		}
	}
	return shim.Success(nil)
}

func main() {
	if err := shim.Start(smoke{}); err != nil {
		fmt.Println("smoke chaincode:", err)
	}
}
