// Package ledger stores the blocks of a channel on disk and its state in memory. Open computes the state from the blocks.
package ledger

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/hyperledger/fabric/common/ledger/blockfile"
	"github.com/hyperledger/fabric/protos/common"
	pb "github.com/hyperledger/fabric/protos/peer"
)

type entry struct {
	value   []byte
	version pb.Version
}

// Validator returns the validation code of each transaction of a block before the block is written.
type Validator func(block *common.Block) ([]string, error)

// Saver is called for each write of a block, before readers can see it.
type Saver func(namespace, key string, write pb.Write) error

// Ledger holds the blocks and the state of one channel.
type Ledger struct {
	mutex  sync.RWMutex
	store  *blockfile.Store
	save   Saver
	state  map[string]map[string]entry // namespace -> key -> value
	txs    map[string]string           // transaction ID -> validation code
	commit chan struct{}               // closed and replaced at every commit
}

// Open reads or creates the ledger. It calls visit for every block, and save for every write again.
func Open(path string, save Saver, visit func(*common.Block)) (*Ledger, error) {
	l := &Ledger{save: save, state: map[string]map[string]entry{}, txs: map[string]string{}, commit: make(chan struct{})}
	store, err := blockfile.Open(path, func(block *common.Block) error {
		l.apply(block)
		visit(block)
		return nil
	})
	l.store = store
	return l, err
}

// apply adds the writes of a validated block to the state.
func (l *Ledger) apply(block *common.Block) {
	for i, env := range block.Data {
		tx := pb.Transaction{}
		header, err := env.Open(&tx)
		if err != nil || i >= len(block.Metadata.Validation) || header.Type != common.EndorserTransaction {
			continue
		}
		verdict := block.Metadata.Validation[i]
		if verdict != pb.DuplicateTxID {
			l.txs[header.TxID] = verdict
		}
		if verdict != pb.Valid {
			continue
		}
		result, err := DecodeResult(tx.Result)
		if err != nil {
			continue
		}
		for ns, set := range result.RWSet {
			for key, write := range set.Writes {
				if err := l.save(ns, key, write); err != nil {
					panic(fmt.Sprintf("Error during commit: %s", err))
				}
				if l.state[ns] == nil {
					l.state[ns] = map[string]entry{}
				}
				if write.Delete {
					delete(l.state[ns], key)
				} else {
					l.state[ns][key] = entry{write.Value, pb.Version{Block: block.Header.Number, Tx: i}}
				}
			}
		}
	}
}

// Commit validates the block, marks duplicate transaction IDs and stale reads, and writes the block.
func (l *Ledger) Commit(block *common.Block, validate Validator) error {
	verdicts, err := validate(block)
	if err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	seen := map[string]bool{}
	written := map[string]bool{}
	for i, env := range block.Data {
		tx := pb.Transaction{}
		header, err := env.Open(&tx)
		if err != nil || header.Type != common.EndorserTransaction || verdicts[i] != pb.Valid {
			continue
		}
		result, err := DecodeResult(tx.Result)
		switch _, known := l.txs[header.TxID]; {
		case err != nil:
			verdicts[i] = pb.BadPayload
		case known || seen[header.TxID]:
			verdicts[i] = pb.DuplicateTxID
		case !l.current(result.RWSet, written):
			verdicts[i] = pb.MVCCReadConflict
		default:
			for ns, set := range result.RWSet {
				for key := range set.Writes {
					written[ns+"\x00"+key] = true
				}
			}
		}
		seen[header.TxID] = true
	}
	block.Metadata.Validation = verdicts
	if err := l.store.Append(block); err != nil {
		return err
	}
	l.apply(block)
	close(l.commit)
	l.commit = make(chan struct{})
	return nil
}

// current reports whether the keys that were read are unchanged, in the state and earlier in the same block.
func (l *Ledger) current(set pb.RWSet, written map[string]bool) bool {
	for ns, one := range set {
		for key, read := range one.Reads {
			now, exists := l.state[ns][key]
			if written[ns+"\x00"+key] || exists != (read != nil) || exists && now.version != *read {
				return false
			}
		}
	}
	return true
}

// Get returns the committed value of a key and its version, or nil.
func (l *Ledger) Get(ns, key string) ([]byte, *pb.Version) {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	found, ok := l.state[ns][key]
	if !ok {
		return nil, nil
	}
	return found.value, &found.version
}

// Keys returns the keys of a namespace.
func (l *Ledger) Keys(ns string) []string {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	keys := []string{}
	for key := range l.state[ns] {
		keys = append(keys, key)
	}
	return keys
}

// TxVerdict returns the validation code of a transaction, or "" if it is not committed. The channel is closed at the next
// commit.
func (l *Ledger) TxVerdict(txID string) (string, <-chan struct{}) {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	return l.txs[txID], l.commit
}

// Info returns the height and the hashes of the chain.
func (l *Ledger) Info() pb.BlockchainInfo {
	last := l.store.Last()
	return pb.BlockchainInfo{Height: last.Header.Number + 1, CurrentBlockHash: last.Header.Hash(), PreviousBlockHash: last.Header.PreviousHash}
}

// Last returns the newest block, or nil if the ledger is empty.
func (l *Ledger) Last() *common.Block { return l.store.Last() }

// Follows reports whether the block is the next one and has correct hashes.
func (l *Ledger) Follows(block *common.Block) bool {
	last := l.store.Last()
	return bytes.Equal(block.Header.DataHash, common.DataHash(block.Data)) &&
		(last == nil && block.Header.Number == 0 ||
			last != nil && block.Header.Number == last.Header.Number+1 && bytes.Equal(block.Header.PreviousHash, last.Header.Hash()))
}
