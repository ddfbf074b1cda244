// Package msp verifies identities: an organisation is known by its CA certificates, a member by its certificate.
package msp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strings"

	"github.com/hyperledger/fabric/protos/common"
)

// Org is the public part of an MSP, as in the configuration of a channel. All certificates are PEM.
type Org struct {
	MSPID        string
	RootCerts    []string
	TLSRootCerts []string
	Admins       []string
	NodeOUs      bool
}

// LoadOrg reads an MSP folder: cacerts, tlscacerts, admincerts, config.yaml.
func LoadOrg(dir, mspID string) (Org, error) {
	org := Org{MSPID: mspID}
	var err error
	if org.RootCerts, err = readCerts(filepath.Join(dir, "cacerts")); err != nil {
		return org, fmt.Errorf("could not load a valid ca certificate from directory %s: %s", filepath.Join(dir, "cacerts"), err)
	}
	if org.TLSRootCerts, err = readCerts(filepath.Join(dir, "tlscacerts")); err != nil && !os.IsNotExist(err) {
		return org, err
	}
	if org.Admins, err = readCerts(filepath.Join(dir, "admincerts")); err != nil && !os.IsNotExist(err) {
		return org, err
	}
	text, err := ioutil.ReadFile(filepath.Join(dir, "config.yaml"))
	if err != nil && !os.IsNotExist(err) {
		return org, err
	}
	org.NodeOUs = bytes.Contains(text, []byte("Enable: true"))
	return org, nil
}

func readCerts(dir string) ([]string, error) {
	files, err := ioutil.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	certs := []string{}
	for _, file := range files {
		text, err := ioutil.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			return nil, err
		}
		if _, err := parseCert(string(text)); err == nil {
			certs = append(certs, string(text))
		}
	}
	if len(certs) == 0 {
		return nil, errors.New("no certificate in it")
	}
	return certs, nil
}

func parseCert(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("not a PEM certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// Validate checks that the organisation's CA issued the identity.
func (o Org) Validate(id common.Identity) (*x509.Certificate, error) {
	if id.MSPID != o.MSPID {
		return nil, fmt.Errorf("expected MSP ID %s, received %s", o.MSPID, id.MSPID)
	}
	cert, err := parseCert(id.Cert)
	if err != nil {
		return nil, err
	}
	_, err = cert.Verify(x509.VerifyOptions{Roots: Pool(o.RootCerts), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return nil, fmt.Errorf("the supplied identity is not valid: %s", err)
	}
	return cert, nil
}

// Verify validates the identity and checks its signature over msg.
func (o Org) Verify(id common.Identity, msg, signature []byte) error {
	cert, err := o.Validate(id)
	if err != nil {
		return err
	}
	return cert.CheckSignature(x509.ECDSAWithSHA256, msg, signature)
}

// HasRole reports whether an identity is valid and has a role: member, admin, peer or client. The OU of the certificate
// decides about peer and client.
func (o Org) HasRole(id common.Identity, role string) bool {
	cert, err := o.Validate(id)
	if err != nil {
		return false
	}
	ou := strings.Join(cert.Subject.OrganizationalUnit, " ")
	switch role {
	case "member":
		return true
	case "peer", "client":
		return o.NodeOUs && ou == role
	case "admin":
		for _, admin := range o.Admins {
			if known, err := parseCert(admin); err == nil && known.Equal(cert) {
				return true
			}
		}
		return o.NodeOUs && ou == role
	}
	return false
}

// Pool returns a pool of PEM certificates.
func Pool(certs []string) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, cert := range certs {
		pool.AppendCertsFromPEM([]byte(cert))
	}
	return pool
}

// SigningIdentity is an identity with its private key.
type SigningIdentity struct {
	id  common.Identity
	key crypto.Signer
}

// LoadSigner reads the certificate in signcerts and its key in keystore.
func LoadSigner(dir, mspID string) (*SigningIdentity, error) {
	if mspID == "" {
		return nil, errors.New("the local MSP must have an ID")
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("cannot init crypto, folder \"%s\" does not exist", dir)
	}
	fail := func(err error) (*SigningIdentity, error) {
		return nil, fmt.Errorf("error when setting up MSP of type bccsp from directory %s: %s", dir, err)
	}
	certs, err := readCerts(filepath.Join(dir, "signcerts"))
	if err != nil {
		return fail(fmt.Errorf("could not load a valid signer certificate from directory %s: %s", filepath.Join(dir, "signcerts"), err))
	}
	cert, err := parseCert(certs[0])
	if err != nil {
		return fail(err)
	}
	keys, err := ioutil.ReadDir(filepath.Join(dir, "keystore"))
	if err != nil {
		return fail(err)
	}
	for _, file := range keys {
		text, err := ioutil.ReadFile(filepath.Join(dir, "keystore", file.Name()))
		if err != nil {
			return fail(err)
		}
		block, _ := pem.Decode(text)
		if block == nil {
			continue
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			continue
		}
		private, isECDSA := key.(*ecdsa.PrivateKey)
		public, certIsECDSA := cert.PublicKey.(*ecdsa.PublicKey)
		if isECDSA && certIsECDSA && private.X.Cmp(public.X) == 0 && private.Y.Cmp(public.Y) == 0 {
			return &SigningIdentity{common.Identity{MSPID: mspID, Cert: certs[0]}, private}, nil
		}
	}
	return fail(errors.New("KeyMaterial not found in SigningIdentityInfo"))
}

// Serialize returns the identity without its key.
func (s *SigningIdentity) Serialize() common.Identity { return s.id }

// Sign signs the SHA-256 of msg.
func (s *SigningIdentity) Sign(msg []byte) ([]byte, error) {
	digest := sha256.Sum256(msg)
	return s.key.Sign(rand.Reader, digest[:], crypto.SHA256)
}
