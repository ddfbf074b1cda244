// Package peer holds the messages of endorsement and of the chaincode protocol.
package peer

import "github.com/hyperledger/fabric/protos/common"

// Response is the response of a chaincode. Status 200 is success, 400 and above is failure.
type Response struct {
	Status  int32  `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
	Payload []byte `json:"payload,omitempty"`
}

// GetStatus returns the status of a response that may be nil.
func (r *Response) GetStatus() int32 {
	if r == nil {
		return 0
	}
	return r.Status
}

// GetMessage returns the message of a response that may be nil.
func (r *Response) GetMessage() string {
	if r == nil {
		return ""
	}
	return r.Message
}

// GetPayload returns the payload of a response that may be nil.
func (r *Response) GetPayload() []byte {
	if r == nil {
		return nil
	}
	return r.Payload
}

// Proposal requests that a peer runs a chaincode or a system chaincode.
type Proposal struct {
	Chaincode string
	Args      [][]byte
}

// Version is the position of the transaction that last wrote a key.
type Version struct {
	Block uint64
	Tx    int
}

// Write is the new value of a key, or its deletion.
type Write struct {
	Value  []byte `json:",omitempty"`
	Delete bool   `json:",omitempty"`
}

// NsRWSet holds what a simulation read and wrote in one namespace. A nil version means that the key did not exist.
type NsRWSet struct {
	Reads  map[string]*Version
	Writes map[string]Write
}

// RWSet maps a namespace (the name of a chaincode) to its reads and writes.
type RWSet map[string]*NsRWSet

// Result is the part of a response that endorsers sign. It must be equal for all endorsers.
type Result struct {
	ChannelID string
	TxID      string
	Chaincode string
	Version   string
	Response  Response
	RWSet     RWSet
}

// Endorsement is the signature of a peer over the encoded Result.
type Endorsement struct {
	Endorser  common.Identity
	Signature []byte
}

// ProposalResponse is the response of a peer. Failures and requests without a channel have no Result and no Endorsement.
type ProposalResponse struct {
	Response    Response
	Result      []byte       `json:",omitempty"`
	Endorsement *Endorsement `json:",omitempty"`
}

// Transaction is a result with its endorsements.
type Transaction struct {
	Result       []byte
	Endorsements []Endorsement
}

// The validation codes of transactions.
const (
	Valid                    = "VALID"
	BadPayload               = "BAD_PAYLOAD"
	BadCreatorSignature      = "BAD_CREATOR_SIGNATURE"
	DuplicateTxID            = "DUPLICATE_TXID"
	EndorsementPolicyFailure = "ENDORSEMENT_POLICY_FAILURE"
	MVCCReadConflict         = "MVCC_READ_CONFLICT"
)

// ChaincodeDefinition is the entry of an instantiated chaincode in the ledger.
type ChaincodeDefinition struct {
	Name    string
	Version string
	Path    string
	Policy  string
	ID      []byte // sha256 of the installed package
}

// ChaincodePackage is an installed chaincode. Code is a gzipped tar with src/<path>/….
type ChaincodePackage struct {
	Name    string
	Version string
	Path    string
	Code    []byte
	ID      []byte `json:"-"` // sha256 of the encoded package
}

// DeploySpec is the argument of deploy and upgrade of lscc.
type DeploySpec struct {
	Name    string
	Version string
	Path    string
	Policy  string
	Args    [][]byte
}

// TxQuery requests a response when the peer has committed a transaction.
type TxQuery struct {
	TxID string
}

// BlockchainInfo is the response of qscc to GetChainInfo.
type BlockchainInfo struct {
	Height            uint64 `json:"height,omitempty"`
	CurrentBlockHash  []byte `json:"currentBlockHash,omitempty"`
	PreviousBlockHash []byte `json:"previousBlockHash,omitempty"`
}

// The types of ChaincodeMessage.
const (
	Register    = "REGISTER"
	Registered  = "REGISTERED"
	Init        = "INIT"
	Transact    = "TRANSACTION"
	Completed   = "COMPLETED"
	GetState    = "GET_STATE"
	PutState    = "PUT_STATE"
	DelState    = "DEL_STATE"
	StateResult = "RESPONSE"
)

// ChaincodeMessage is one frame between a peer and a chaincode.
type ChaincodeMessage struct {
	Type      string
	Name      string    `json:",omitempty"` // name of the chaincode, in REGISTER
	ChannelID string    `json:",omitempty"`
	TxID      string    `json:",omitempty"`
	Args      [][]byte  `json:",omitempty"`
	Key       string    `json:",omitempty"`
	Value     []byte    `json:",omitempty"`
	Response  *Response `json:",omitempty"`
	Error     string    `json:",omitempty"`
}
