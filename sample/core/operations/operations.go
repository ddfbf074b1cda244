// Package operations serves GET /healthz and /version.
package operations

import (
	"encoding/json"
	"net"
	"net/http"
	"time"

	"github.com/hyperledger/fabric/common/metadata"
)

// Check returns why a component is not well, nil when it is.
type Check func() error

type failedCheck struct {
	Component string `json:"component"`
	Reason    string `json:"reason"`
}

type health struct {
	Status       string        `json:"status"`
	Time         time.Time     `json:"time"`
	FailedChecks []failedCheck `json:"failed_checks,omitempty"`
}

// Serve starts the server and returns; an empty address means none.
func Serve(address string, checks map[string]Check) error {
	if address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer, code := health{Status: "OK", Time: time.Now()}, http.StatusOK
		for component, check := range checks {
			if err := check(); err != nil {
				answer.Status, code = "Service Unavailable", http.StatusServiceUnavailable
				answer.FailedChecks = append(answer.FailedChecks, failedCheck{component, err.Error()})
			}
		}
		send(w, code, answer)
	})
	mux.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, map[string]string{"Version": metadata.Version, "CommitSHA": metadata.CommitSHA})
	})
	go http.Serve(listener, mux)
	return nil
}

func send(w http.ResponseWriter, code int, body interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// a client that has gone away is no concern of the node
	_ = json.NewEncoder(w).Encode(body)
}
