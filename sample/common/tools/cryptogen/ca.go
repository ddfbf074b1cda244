package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/ioutil"
	"math/big"
	"net"
	"path/filepath"
	"time"
)

// ca signs the certificates of one organisation.
type ca struct {
	name string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  []byte
}

// ski returns the subject key identifier. Key files are named after it.
func ski(key *ecdsa.PublicKey) []byte {
	sum := sha256.Sum256(elliptic.Marshal(key.Curve, key.X, key.Y))
	return sum[:]
}

func blank(name string, org []string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name, Organization: org},
		NotBefore:             time.Now().Add(-5 * time.Minute),
		NotAfter:              time.Now().AddDate(10, 0, 0),
		BasicConstraintsValid: true,
	}, err
}

func newCA(dir string, org orgSpec, name string) (*ca, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	draft, err := blank(name, []string{org.Domain})
	if err != nil {
		return nil, err
	}
	draft.IsCA = true
	draft.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	draft.SubjectKeyId = ski(&key.PublicKey)
	raw, err := x509.CreateCertificate(rand.Reader, draft, draft, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	authority := &ca{name: name, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})}
	if authority.cert, err = x509.ParseCertificate(raw); err != nil {
		return nil, err
	}
	if err := put(filepath.Join(dir, name+"-cert.pem"), authority.pem, 0644); err != nil {
		return nil, err
	}
	text, err := keyPEM(key)
	if err != nil {
		return nil, err
	}
	return authority, putKey(dir, text)
}

// loadCA reads what newCA wrote.
func loadCA(dir string, _ orgSpec, name string) (*ca, error) {
	text, err := ioutil.ReadFile(filepath.Join(dir, name+"-cert.pem"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New(name + "-cert.pem has no certificate")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New(name + "-cert.pem has no ECDSA key")
	}
	if text, err = ioutil.ReadFile(filepath.Join(dir, hex.EncodeToString(ski(public))+"_sk")); err != nil {
		return nil, err
	}
	if block, _ = pem.Decode(text); block == nil {
		return nil, errors.New("the key of " + name + " cannot be read")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key of " + name + " is not an ECDSA key")
	}
	return &ca{name, key, cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})}, nil
}

func keyPEM(key *ecdsa.PrivateKey) ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), err
}

// putKey writes the file <hex of the SKI>_sk.
func putKey(dir string, text []byte) error {
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return errors.New("not an ECDSA key")
	}
	return put(filepath.Join(dir, hex.EncodeToString(ski(&key.PublicKey))+"_sk"), text, 0600)
}

// issue creates the certificate and the key of a member, both PEM.
func (c *ca) issue(m member, nodeOUs bool) (cert, key []byte, err error) {
	draft, err := blank(m.name, nil)
	if err != nil {
		return nil, nil, err
	}
	draft.KeyUsage = x509.KeyUsageDigitalSignature
	draft.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	draft.AuthorityKeyId = c.cert.SubjectKeyId
	if nodeOUs {
		draft.Subject.OrganizationalUnit = []string{m.ou}
	}
	for _, san := range m.sans {
		if ip := net.ParseIP(san); ip != nil {
			draft.IPAddresses = append(draft.IPAddresses, ip)
		} else {
			draft.DNSNames = append(draft.DNSNames, san)
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	draft.SubjectKeyId = ski(&private.PublicKey)
	raw, err := x509.CreateCertificate(rand.Reader, draft, c.cert, &private.PublicKey, c.key)
	if err != nil {
		return nil, nil, err
	}
	key, err = keyPEM(private)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), key, err
}
