// Package operations serves GET /healthz and /version, and GET /metrics if they are for Prometheus.
package operations

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/hyperledger/fabric/common/metadata"
)

// Check returns an error if a component is unhealthy.
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

// Serve starts the server in the background. With an empty address, it does nothing.
// The provider of metrics is "prometheus" or "disabled".
func Serve(address, provider string, checks map[string]Check) error {
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
	if provider == "prometheus" {
		mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			// the client may have disconnected
			_, _ = fmt.Fprintf(w, "# TYPE fabric_version gauge\nfabric_version{version=%q} 1\n", metadata.Version)
		})
	}
	go http.Serve(listener, mux)
	return nil
}

func send(w http.ResponseWriter, code int, body interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// the client may have disconnected
	_ = json.NewEncoder(w).Encode(body)
}
