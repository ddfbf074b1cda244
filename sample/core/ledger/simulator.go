package ledger

import (
	"encoding/json"
	"sync"

	pb "github.com/hyperledger/fabric/protos/peer"
)

// DecodeResult reads what endorsers signed.
func DecodeResult(raw []byte) (pb.Result, error) {
	result := pb.Result{}
	return result, json.Unmarshal(raw, &result)
}

// Simulator collects what one proposal reads and writes. As in Fabric, a read does not see the proposal's own writes.
type Simulator struct {
	ledger *Ledger
	mutex  sync.Mutex
	set    pb.RWSet
}

// NewSimulator begins a simulation on the committed state.
func (l *Ledger) NewSimulator() *Simulator { return &Simulator{ledger: l, set: pb.RWSet{}} }

func (s *Simulator) namespace(ns string) *pb.NsRWSet {
	if s.set[ns] == nil {
		s.set[ns] = &pb.NsRWSet{Reads: map[string]*pb.Version{}, Writes: map[string]pb.Write{}}
	}
	return s.set[ns]
}

// Get reads a key and notes the version.
func (s *Simulator) Get(ns, key string) []byte {
	value, version := s.ledger.Get(ns, key)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if reads := s.namespace(ns).Reads; reads[key] == nil {
		reads[key] = version
	}
	return value
}

// Put notes a write.
func (s *Simulator) Put(ns, key string, value []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.namespace(ns).Writes[key] = pb.Write{Value: value}
}

// Delete notes the end of a key.
func (s *Simulator) Delete(ns, key string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.namespace(ns).Writes[key] = pb.Write{Delete: true}
}

// RWSet returns the result. The simulator must not be used after it.
func (s *Simulator) RWSet() pb.RWSet {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.set
}
