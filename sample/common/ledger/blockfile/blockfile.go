// Package blockfile stores the blocks of a channel in one file, one line of JSON for each. Open removes an
// incomplete last line.
package blockfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/hyperledger/fabric/protos/common"
)

// Store is an append-only chain of blocks.
type Store struct {
	mutex   sync.RWMutex
	file    *os.File
	offsets []int64 // start of the line of each block, and the end of the file
	last    *common.Block
	grown   chan struct{} // closed and replaced at every append
}

// Open reads or creates the file and calls visit for every block.
func Open(path string, visit func(*common.Block) error) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0644)
	if err != nil {
		return nil, err
	}
	s := &Store{file: file, offsets: []int64{0}, grown: make(chan struct{})}
	reader := bufio.NewReaderSize(file, 1<<20)
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		block := &common.Block{}
		if err := json.Unmarshal(line, block); err != nil {
			return nil, fmt.Errorf("%s: block %d is damaged: %s", path, s.height(), err)
		}
		if err := visit(block); err != nil {
			return nil, err
		}
		s.last = block
		s.offsets = append(s.offsets, s.end()+int64(len(line)))
	}
	if err := file.Truncate(s.end()); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) end() int64     { return s.offsets[len(s.offsets)-1] }
func (s *Store) height() uint64 { return uint64(len(s.offsets) - 1) }

// Append writes the next block and syncs the file.
func (s *Store) Append(block *common.Block) error {
	line, err := json.Marshal(block)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case block.Header.Number != s.height():
		return fmt.Errorf("block number should have been %d but was %d", s.height(), block.Header.Number)
	case s.last != nil && !bytes.Equal(block.Header.PreviousHash, s.last.Header.Hash()):
		return fmt.Errorf("block %d does not follow the last block", block.Header.Number)
	}
	if _, err := s.file.WriteAt(line, s.end()); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.offsets = append(s.offsets, s.end()+int64(len(line)))
	s.last = block
	close(s.grown)
	s.grown = make(chan struct{})
	return nil
}

// Height returns the number of blocks, and a channel that is closed at the next append.
func (s *Store) Height() (uint64, <-chan struct{}) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.height(), s.grown
}

// Last returns the newest block, or nil if the store is empty.
func (s *Store) Last() *common.Block {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.last
}

// Read returns the block with a number.
func (s *Store) Read(number uint64) (*common.Block, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	if number >= s.height() {
		return nil, fmt.Errorf("no block %d", number)
	}
	line := make([]byte, s.offsets[number+1]-s.offsets[number])
	if _, err := s.file.ReadAt(line, s.offsets[number]); err != nil {
		return nil, err
	}
	block := &common.Block{}
	return block, json.Unmarshal(line, block)
}
