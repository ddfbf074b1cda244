package chaincode

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"regexp"

	pb "github.com/hyperledger/fabric/protos/peer"
)

var (
	validName    = regexp.MustCompile(`^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$`)
	validVersion = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)
	validPath    = regexp.MustCompile(`^[A-Za-z0-9_.~/-]+$`)
)

// Packages is the folder of the installed chaincodes, with a file <name>.<version> for each.
type Packages struct{ Dir string }

func (p Packages) file(name, version string) string { return filepath.Join(p.Dir, name+"."+version) }

// Install stores a package. It fails if the package exists.
func (p Packages) Install(pkg pb.ChaincodePackage) error {
	switch {
	case !validName.MatchString(pkg.Name):
		return fmt.Errorf("invalid chaincode name '%s'. Names must start with an alphanumeric character and can only consist of alphanumerics, '_', and '-'", pkg.Name)
	case !validVersion.MatchString(pkg.Version):
		return fmt.Errorf("invalid chaincode version '%s'. Versions must not be empty and can only consist of alphanumerics, '_', '-', '+', and '.'", pkg.Version)
	case !validPath.MatchString(pkg.Path):
		return fmt.Errorf("invalid chaincode path '%s'", pkg.Path)
	}
	file := p.file(pkg.Name, pkg.Version)
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("error installing chaincode code %s:%s(chaincode %s exists)", pkg.Name, pkg.Version, file)
	}
	raw, err := json.Marshal(pkg)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Dir, 0755); err != nil {
		return err
	}
	// List ignores names that start with a dot: a crash may leave an incomplete file
	half := filepath.Join(p.Dir, "."+pkg.Name+"."+pkg.Version)
	if err := ioutil.WriteFile(half, raw, 0644); err != nil {
		return err
	}
	return os.Rename(half, file)
}

// Load reads a package.
func (p Packages) Load(name, version string) (pb.ChaincodePackage, error) {
	raw, err := ioutil.ReadFile(p.file(name, version))
	if err != nil {
		return pb.ChaincodePackage{}, fmt.Errorf("cannot retrieve package for chaincode %s/%s, error %s", name, version, err)
	}
	pkg := pb.ChaincodePackage{}
	err = json.Unmarshal(raw, &pkg)
	id := sha256.Sum256(raw)
	pkg.ID = id[:]
	return pkg, err
}

// List returns all packages.
func (p Packages) List() ([]pb.ChaincodeDefinition, error) {
	list := []pb.ChaincodeDefinition{}
	files, err := ioutil.ReadDir(p.Dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, file := range files {
		if file.Name()[0] == '.' {
			continue
		}
		raw, err := ioutil.ReadFile(filepath.Join(p.Dir, file.Name()))
		if err != nil {
			return nil, err
		}
		pkg := pb.ChaincodePackage{}
		if err := json.Unmarshal(raw, &pkg); err != nil {
			return nil, err
		}
		id := sha256.Sum256(raw)
		list = append(list, pb.ChaincodeDefinition{Name: pkg.Name, Version: pkg.Version, Path: pkg.Path, ID: id[:]})
	}
	return list, nil
}
