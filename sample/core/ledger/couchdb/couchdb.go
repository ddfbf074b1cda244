// Package couchdb stores a copy of the state in CouchDB, with a database for each namespace of a channel.
package couchdb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net/http"
	"net/url"
	"strings"
	"time"

	pb "github.com/hyperledger/fabric/protos/peer"
)

// Store is a connection to CouchDB.
type Store struct {
	address, user, password string
	client                  http.Client
}

type document struct {
	Rev   string `json:"_rev,omitempty"`
	Value []byte `json:"value"`
}

// Connect checks the address and the password.
func Connect(address, user, password string) (*Store, error) {
	s := &Store{address, user, password, http.Client{Timeout: 35 * time.Second}}
	if code, text, err := s.call("GET", "_all_dbs", nil); err != nil || code != http.StatusOK {
		return nil, fmt.Errorf("unable to connect to CouchDB. Check the admin username and password: %d %s %v", code, text, err)
	}
	return s, nil
}

func (s *Store) call(method, path string, body interface{}) (int, string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(method, "http://"+s.address+"/"+path, bytes.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	req.SetBasicAuth(s.user, s.password)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	said, err := ioutil.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(said)), err
}

// done returns an error unless the status is 2xx or also.
func done(what string, also int) func(int, string, error) error {
	return func(code int, text string, err error) error {
		if err == nil && code/100 != 2 && code != also {
			err = fmt.Errorf("%d %s", code, text)
		}
		if err != nil {
			return fmt.Errorf("error handling CouchDB request. %s: %s", what, err)
		}
		return nil
	}
}

// Database returns the name of the database of a namespace. That of the channel itself has an empty namespace.
func Database(channel, namespace string) string {
	return strings.Replace(channel, ".", "$", -1) + "_" + namespace
}

// Create creates a database unless it exists.
func (s *Store) Create(name string) error {
	return done(name, http.StatusPreconditionFailed)(s.call("PUT", url.PathEscape(name), nil))
}

// Save writes or deletes one key.
func (s *Store) Save(database, key string, write pb.Write) error {
	path := url.PathEscape(database) + "/" + url.PathEscape(key)
	found := document{}
	code, text, err := s.call("GET", path, nil)
	if err == nil && code == http.StatusOK {
		err = json.Unmarshal([]byte(text), &found)
	}
	if err != nil {
		return fmt.Errorf("error handling CouchDB request. %s: %s", key, err)
	}
	if write.Delete {
		return done(key, http.StatusNotFound)(s.call("DELETE", path+"?rev="+found.Rev, nil))
	}
	return done(key, 0)(s.call("PUT", path, document{found.Rev, write.Value}))
}
