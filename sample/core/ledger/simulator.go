package ledger

import (
	"encoding/json"
	"sync"

	pb "github.com/hyperledger/fabric/protos/peer"
)

// DecodeResult decodes an endorsed result.
func DecodeResult(raw []byte) (pb.Result, error) {
	result := pb.Result{}
	return result, json.Unmarshal(raw, &result)
}

// Simulator records the reads and writes of a proposal. As in Fabric, a read does not return writes of the same proposal.
type Simulator struct {
	ledger *Ledger
	mutex  sync.Mutex
	set    pb.RWSet
}

// NewSimulator starts a simulation on the committed state.
func (l *Ledger) NewSimulator() *Simulator { return &Simulator{ledger: l, set: pb.RWSet{}} }

func (s *Simulator) namespace(ns string) *pb.NsRWSet {
	if s.set[ns] == nil {
		s.set[ns] = &pb.NsRWSet{Reads: map[string]*pb.Version{}, Writes: map[string]pb.Write{}}
	}
	return s.set[ns]
}

// Get returns the value of a key and records its version.
func (s *Simulator) Get(ns, key string) []byte {
	value, version := s.ledger.Get(ns, key)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if reads := s.namespace(ns).Reads; reads[key] == nil {
		reads[key] = version
	}
	return value
}

// Put records a write.
func (s *Simulator) Put(ns, key string, value []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.namespace(ns).Writes[key] = pb.Write{Value: value}
}

// Delete records a deletion.
func (s *Simulator) Delete(ns, key string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.namespace(ns).Writes[key] = pb.Write{Delete: true}
}

// RWSet returns the reads and writes. The simulator must not be used afterwards.
func (s *Simulator) RWSet() pb.RWSet {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.set
}
