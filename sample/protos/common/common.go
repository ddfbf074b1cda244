// Package common holds the messages that clients, peers and orderers exchange.
// They are sent and stored as JSON. Envelope.Payload is bytes, because the signature covers it.
package common

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// HeaderType is the type of the data of a payload.
type HeaderType string

// The types of payload.
const (
	Config              HeaderType = "CONFIG"
	ConfigUpdate        HeaderType = "CONFIG_UPDATE"
	EndorserTransaction HeaderType = "ENDORSER_TRANSACTION"
	Proposal            HeaderType = "PROPOSAL"
	Seek                HeaderType = "DELIVER_SEEK_INFO"
)

// Status is the status of a response of the orderer.
type Status string

// The statuses in use.
const (
	Success             Status = "SUCCESS"
	BadRequest          Status = "BAD_REQUEST"
	Forbidden           Status = "FORBIDDEN"
	NotFound            Status = "NOT_FOUND"
	InternalServerError Status = "INTERNAL_SERVER_ERROR"
)

// Identity is a certificate (PEM) and the MSP that issued it.
type Identity struct {
	MSPID string
	Cert  string
}

// Signer is an identity with its private key.
type Signer interface {
	Serialize() Identity
	Sign(msg []byte) ([]byte, error)
}

// Header is the header of a payload.
type Header struct {
	Type      HeaderType
	ChannelID string
	TxID      string
	Creator   Identity
	Nonce     []byte
	Timestamp time.Time
}

// Payload is the content of an Envelope.
type Payload struct {
	Header Header
	Data   json.RawMessage
}

// Envelope is a payload with its creator's signature.
type Envelope struct {
	Payload   []byte
	Signature []byte `json:",omitempty"`
}

// NewHeader returns a header with a new nonce. The transaction ID is derived from the nonce and the creator.
func NewHeader(t HeaderType, channelID string, creator Identity) (Header, error) {
	nonce := make([]byte, 24)
	if _, err := rand.Read(nonce); err != nil {
		return Header{}, err
	}
	id := sha256.Sum256(append(append([]byte{}, nonce...), creator.Cert...))
	return Header{t, channelID, hex.EncodeToString(id[:]), creator, nonce, time.Now().UTC()}, nil
}

// Seal encodes the header and the data, and signs both. With a nil signer, the envelope has no signature.
func Seal(signer Signer, header Header, data interface{}) (Envelope, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return Envelope{}, err
	}
	env := Envelope{}
	if env.Payload, err = json.Marshal(Payload{header, raw}); err != nil {
		return Envelope{}, err
	}
	if signer != nil {
		env.Signature, err = signer.Sign(env.Payload)
	}
	return env, err
}

// SealNew is Seal with a new header.
func SealNew(signer Signer, t HeaderType, channelID string, data interface{}) (Envelope, Header, error) {
	header, err := NewHeader(t, channelID, signer.Serialize())
	if err != nil {
		return Envelope{}, Header{}, err
	}
	env, err := Seal(signer, header, data)
	return env, header, err
}

// Open decodes the payload. data may be nil if only the header is needed.
func (e Envelope) Open(data interface{}) (Header, error) {
	payload := Payload{}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return Header{}, fmt.Errorf("error unmarshaling Payload: %s", err)
	}
	if data != nil {
		if err := json.Unmarshal(payload.Data, data); err != nil {
			return Header{}, fmt.Errorf("error unmarshaling %s: %s", payload.Header.Type, err)
		}
	}
	return payload.Header, nil
}

// BlockHeader links a block to the previous one.
type BlockHeader struct {
	Number       uint64
	PreviousHash []byte `json:",omitempty"`
	DataHash     []byte
}

// Hash returns the PreviousHash of the next block.
func (h BlockHeader) Hash() []byte {
	raw, err := json.Marshal(h)
	if err != nil {
		panic(err) // a struct of numbers and bytes always encodes
	}
	sum := sha256.Sum256(raw)
	return sum[:]
}

// BlockMetadata holds what nodes add to a block: the signature of the orderer, and the validation codes of the peer.
type BlockMetadata struct {
	Orderer    Identity
	Signature  []byte   `json:",omitempty"`
	LastConfig uint64   // number of the newest configuration block up to this one
	Validation []string `json:",omitempty"`
}

// Block is an ordered list of envelopes.
type Block struct {
	Header   BlockHeader
	Data     []Envelope
	Metadata BlockMetadata
}

// NewBlock returns an unsigned block.
func NewBlock(number uint64, previousHash []byte, data []Envelope) *Block {
	return &Block{Header: BlockHeader{number, previousHash, DataHash(data)}, Data: data}
}

// DataHash returns the hash of all payloads and signatures.
func DataHash(data []Envelope) []byte {
	hash := sha256.New()
	for _, env := range data {
		part := sha256.Sum256(bytes.Join([][]byte{env.Payload, env.Signature}, []byte{0}))
		hash.Write(part[:])
	}
	return hash.Sum(nil)
}

// SeekInfo requests blocks. Start is "oldest", "newest" or a number. Stop is the same, or "max" for an endless stream.
type SeekInfo struct {
	Start string
	Stop  string
}

// DeliverResponse is a block, or the status that ends the stream.
type DeliverResponse struct {
	Block  *Block `json:",omitempty"`
	Status Status `json:",omitempty"`
}

// BroadcastResponse is the response of the orderer to one envelope.
type BroadcastResponse struct {
	Status Status
	Info   string
}
