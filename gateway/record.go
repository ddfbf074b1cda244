package main

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// entry is a line of the record.
type entry struct {
	Time      string   `json:"time"`
	Type      string   `json:"type"`
	Peer      string   `json:"peer,omitempty"`
	API       string   `json:"api,omitempty"`
	MinAPI    string   `json:"minApi,omitempty"`
	Peers     []string `json:"peers,omitempty"`
	Request   string   `json:"request,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Image     string   `json:"image,omitempty"`
	ImageID   string   `json:"imageId,omitempty"`
	Container string   `json:"container,omitempty"`
	Builder   string   `json:"builder,omitempty"`
	BuilderID string   `json:"builderId,omitempty"`
	Runtime   string   `json:"runtime,omitempty"`
	RuntimeID string   `json:"runtimeId,omitempty"`
	Key       string   `json:"key,omitempty"`
	From      string   `json:"from,omitempty"`
	ExitCode  *int     `json:"exitCode,omitempty"`
	Seconds   *float64 `json:"seconds,omitempty"`
	// BuiltAt is when a program of an earlier run was compiled.
	BuiltAt string `json:"builtAt,omitempty"`
	Line    string `json:"line,omitempty"`
	Message string `json:"message,omitempty"`
}

// recorder writes entries, each with the time and in one piece.
type recorder struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func newRecorder(to io.Writer) *recorder {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return &recorder{encoder: encoder}
}

func (r *recorder) write(e entry) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	e.Time = time.Now().UTC().Format(time.RFC3339Nano)
	// If nobody can read the record any more, peers must be served all the same.
	_ = r.encoder.Encode(e)
}

func secondsSince(start time.Time) *float64 {
	seconds := float64(time.Since(start)/time.Millisecond) / 1000
	return &seconds
}
