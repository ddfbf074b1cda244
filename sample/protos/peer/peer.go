// Package peer holds the messages of endorsement and of the chaincode protocol.
package peer

import "github.com/hyperledger/fabric/protos/common"

// Response is what a chaincode answers. Status 200 is success, 400 and more is failure.
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

// Proposal asks a peer to run a chaincode (or one of its system chaincodes) on behalf of the signer.
type Proposal struct {
	Chaincode string
	Args      [][]byte
}

// Version is the place of the transaction that wrote a key last.
type Version struct {
	Block uint64
	Tx    int
}

// Write is the new value of a key, or its end.
type Write struct {
	Value  []byte `json:",omitempty"`
	Delete bool   `json:",omitempty"`
}

// NsRWSet is what a simulation read and wrote in one namespace. A nil version: the key was not there.
type NsRWSet struct {
	Reads  map[string]*Version
	Writes map[string]Write
}

// RWSet maps a namespace (a chaincode's name) to what was read and written there.
type RWSet map[string]*NsRWSet

// Result is what endorsers sign and must agree upon.
type Result struct {
	ChannelID string
	TxID      string
	Chaincode string
	Version   string
	Response  Response
	RWSet     RWSet
}

// Endorsement is a peer's signature over the encoded Result.
type Endorsement struct {
	Endorser  common.Identity
	Signature []byte
}

// ProposalResponse is a peer's answer; Result and Endorsement are absent on failure and for local requests.
type ProposalResponse struct {
	Response    Response
	Result      []byte       `json:",omitempty"`
	Endorsement *Endorsement `json:",omitempty"`
}

// Transaction is a result with the endorsements that the client gathered.
type Transaction struct {
	Result       []byte
	Endorsements []Endorsement
}

// The verdicts of a committer.
const (
	Valid                    = "VALID"
	BadPayload               = "BAD_PAYLOAD"
	BadCreatorSignature      = "BAD_CREATOR_SIGNATURE"
	DuplicateTxID            = "DUPLICATE_TXID"
	EndorsementPolicyFailure = "ENDORSEMENT_POLICY_FAILURE"
	MVCCReadConflict         = "MVCC_READ_CONFLICT"
)

// ChaincodeDefinition is what lscc keeps in the ledger about an instantiated chaincode.
type ChaincodeDefinition struct {
	Name    string
	Version string
	Path    string
	Policy  string
	ID      []byte // sha256 of the installed package
}

// ChaincodePackage is what install stores on a peer. Code is a gzipped tar with src/<path>/….
type ChaincodePackage struct {
	Name    string
	Version string
	Path    string
	Code    []byte
	ID      []byte `json:"-"` // sha256 of the encoded package
}

// DeploySpec is lscc's argument for deploy and upgrade.
type DeploySpec struct {
	Name    string
	Version string
	Path    string
	Policy  string
	Args    [][]byte
}

// TxQuery asks a peer to answer when it has committed a transaction.
type TxQuery struct {
	TxID string
}

// BlockchainInfo is qscc's answer to GetChainInfo.
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
	Name      string    `json:",omitempty"` // of the chaincode, in REGISTER
	ChannelID string    `json:",omitempty"`
	TxID      string    `json:",omitempty"`
	Args      [][]byte  `json:",omitempty"`
	Key       string    `json:",omitempty"`
	Value     []byte    `json:",omitempty"`
	Response  *Response `json:",omitempty"`
	Error     string    `json:",omitempty"`
}
