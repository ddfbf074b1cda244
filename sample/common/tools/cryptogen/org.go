package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"text/template"
)

// member is a node or a user. Each has a folder.
type member struct {
	name string // common name
	ou   string
	sans []string
	tls  string // base name of the TLS files: "server" or "client"
}

// expand executes a template such as "{{.Hostname}}".
func expand(text string, values map[string]interface{}) (string, error) {
	parsed, err := template.New("").Parse(text)
	if err != nil {
		return "", err
	}
	out := &bytes.Buffer{}
	err = parsed.Execute(out, values)
	return out.String(), err
}

// nodes returns the hosts of an organisation: first those of Template, then those of Specs.
func nodes(kind string, org orgSpec) ([]member, error) {
	specs := []spec{}
	for i := 0; i < org.Template.Count; i++ {
		hostname := org.Template.Hostname
		if hostname == "" {
			hostname = "{{.Prefix}}{{.Index}}"
		}
		hostname, err := expand(hostname, map[string]interface{}{"Prefix": kind, "Index": i + org.Template.Start, "Domain": org.Domain})
		if err != nil {
			return nil, err
		}
		specs = append(specs, spec{Hostname: hostname, SANS: org.Template.SANS})
	}
	list := []member{}
	for _, s := range append(specs, org.Specs...) {
		values := map[string]interface{}{"Hostname": s.Hostname, "Domain": org.Domain}
		if s.CommonName == "" {
			s.CommonName = "{{.Hostname}}.{{.Domain}}"
		}
		name, err := expand(s.CommonName, values)
		if err != nil {
			return nil, err
		}
		values["CommonName"] = name
		one := member{name, kind, []string{name, s.Hostname}, "server"}
		for _, san := range s.SANS {
			if san, err = expand(san, values); err != nil {
				return nil, err
			}
			one.sans = append(one.sans, san)
		}
		list = append(list, one)
	}
	return list, nil
}

// generateOrg writes the folder <output>/<kind>Organizations/<domain>.
func generateOrg(output, kind string, org orgSpec) error {
	if org.Domain == "" || filepath.Base(org.Domain) != org.Domain {
		return fmt.Errorf("bad domain %q", org.Domain)
	}
	hosts, err := nodes(kind, org)
	if err != nil {
		return err
	}
	if len(hosts) == 0 && kind == "orderer" {
		return errors.New("it has no Specs")
	}
	base := filepath.Join(output, kind+"Organizations", org.Domain)
	// as in Fabric, extend makes what an organisation lacks
	makeCA := newCA
	_, err = os.Stat(base)
	exists := err == nil
	if exists {
		makeCA = loadCA
	}
	signCA, err := makeCA(filepath.Join(base, "ca"), org, "ca."+org.Domain)
	if err != nil {
		return err
	}
	tlsCA, err := makeCA(filepath.Join(base, "tlsca"), org, "tlsca."+org.Domain)
	if err != nil {
		return err
	}
	admin := member{"Admin@" + org.Domain, "client", nil, "client"}
	if org.EnableNodeOUs {
		admin.ou = "admin"
	}
	var adminCert, adminKey []byte
	if exists {
		adminCert, err = ioutil.ReadFile(filepath.Join(base, "users", admin.name, "msp", "signcerts", admin.name+"-cert.pem"))
	} else {
		adminCert, adminKey, err = signCA.issue(admin, org.EnableNodeOUs)
	}
	if err != nil {
		return err
	}
	write := func(dir string, m member, cert, key []byte) error {
		if err := writeMSP(filepath.Join(dir, "msp"), org, signCA, tlsCA, admin, adminCert); err != nil {
			return err
		}
		if err := put(filepath.Join(dir, "msp", "signcerts", m.name+"-cert.pem"), cert, 0644); err != nil {
			return err
		}
		if err := putKey(filepath.Join(dir, "msp", "keystore"), key); err != nil {
			return err
		}
		tlsCert, tlsKey, err := tlsCA.issue(m, false)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dir, "tls", "ca.crt"), tlsCA.pem, 0644); err != nil {
			return err
		}
		if err := put(filepath.Join(dir, "tls", m.tls+".crt"), tlsCert, 0644); err != nil {
			return err
		}
		return put(filepath.Join(dir, "tls", m.tls+".key"), tlsKey, 0600)
	}
	if !exists {
		if err := writeMSP(filepath.Join(base, "msp"), org, signCA, tlsCA, admin, adminCert); err != nil {
			return err
		}
		if err := write(filepath.Join(base, "users", admin.name), admin, adminCert, adminKey); err != nil {
			return err
		}
	}
	members := hosts
	for i := 1; i <= org.Users.Count; i++ {
		members = append(members, member{fmt.Sprintf("User%d@%s", i, org.Domain), "client", nil, "client"})
	}
	for _, m := range members {
		folder := kind + "s"
		if m.tls == "client" {
			folder = "users"
		}
		dir := filepath.Join(base, folder, m.name)
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		cert, key, err := signCA.issue(m, org.EnableNodeOUs)
		if err != nil {
			return err
		}
		if err := write(dir, m, cert, key); err != nil {
			return err
		}
	}
	return nil
}

// writeMSP writes the public files of an MSP folder.
func writeMSP(dir string, org orgSpec, signCA, tlsCA *ca, admin member, adminCert []byte) error {
	files := map[string][]byte{
		"cacerts/" + signCA.name + "-cert.pem":   signCA.pem,
		"tlscacerts/" + tlsCA.name + "-cert.pem": tlsCA.pem,
		"admincerts/" + admin.name + "-cert.pem": adminCert,
	}
	if org.EnableNodeOUs {
		text := "NodeOUs:\n  Enable: true\n"
		for _, ou := range []string{"Client", "Peer", "Admin", "Orderer"} {
			text += fmt.Sprintf("  %sOUIdentifier:\n    Certificate: cacerts/%s-cert.pem\n    OrganizationalUnitIdentifier: %s\n", ou, signCA.name, string(bytes.ToLower([]byte(ou))))
		}
		files["config.yaml"] = []byte(text)
	}
	for name, content := range files {
		if err := put(filepath.Join(dir, filepath.FromSlash(name)), content, 0644); err != nil {
			return err
		}
	}
	return nil
}

func put(file string, content []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0755); err != nil {
		return err
	}
	return ioutil.WriteFile(file, content, mode)
}
