package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// packed are the extensions of the files that belong to a chaincode package.
var packed = map[string]bool{".go": true, ".c": true, ".h": true, ".s": true, ".yaml": true, ".json": true}

// provided are the packages that the builder image contains. The client does not look for them.
var provided = map[string]bool{
	"github.com/hyperledger/fabric/core/chaincode/shim": true,
	"github.com/hyperledger/fabric/protos/peer":         true,
	"C": true,
}

// goTool runs go and returns the lines of its output.
func goTool(args ...string) ([]string, error) {
	command := exec.Command("go", args...)
	messages := &bytes.Buffer{}
	command.Stderr = messages
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("command <go %s>: failed with error: \"%s\"\n%s", strings.Join(args, " "), err, messages)
	}
	return strings.Split(strings.Trim(string(output), "\n"), "\n"), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// dependencies returns everything that a chaincode imports, except the standard library and what the builder provides. Like
// the client of Fabric 1.x it asks go for the imports of the chaincode, and then for the dependencies of each of them: an
// import that is not in GOPATH or vendor fails here, before anything is installed.
func dependencies(goroot, path string) ([]string, error) {
	imports, err := goTool("list", "-f", `{{ join .Imports "\n"}}`, path)
	if err != nil {
		return nil, fmt.Errorf("Error obtaining imports: %s", err)
	}
	all := []string{}
	for _, each := range imports {
		if each == "" || provided[each] || exists(filepath.Join(goroot, "src", each)) {
			continue
		}
		more, err := goTool("list", "-f", `{{ join .Deps "\n"}}`, each)
		if err != nil {
			return nil, fmt.Errorf("Error obtaining dependencies for %s: %s", each, err)
		}
		all = append(append(all, each), more...)
	}
	return all, nil
}

// collect adds the files of one folder to a package, by their names in it. META-INF belongs to the chaincode with all its
// folders, and lies at the top of the package.
func collect(files map[string]string, gopath, path, root string) error {
	folder := filepath.Join(gopath, "src", path)
	metadata := filepath.Join(folder, "META-INF")
	return filepath.Walk(folder, func(file string, info os.FileInfo, err error) error {
		isMetadata := file == metadata || strings.HasPrefix(file, metadata+"/")
		switch {
		case err != nil:
			return err
		case info.IsDir() && file != folder && !isMetadata:
			return filepath.SkipDir
		case info.IsDir() || !packed[filepath.Ext(file)]:
			return nil
		}
		inside, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		name := "src/" + path + "/" + filepath.ToSlash(inside)
		if isMetadata {
			name = filepath.ToSlash(inside)
		} else if !strings.HasPrefix(name, "src/"+root+"/") {
			name = "src/" + root + "/vendor/" + strings.TrimPrefix(name, "src/")
		}
		files[name] = file
		return nil
	})
}

// pack collects the source of a chaincode and of everything that it imports from GOPATH. Packages from outside of the
// chaincode become part of its vendor folder. Names are sorted and files have no times, so equal code gives equal packages.
func pack(path string) ([]byte, error) {
	if strings.HasPrefix(path, "/") || strings.Contains(path, "..") || path == "" {
		return nil, fmt.Errorf("invalid path: %q is no import path", path)
	}
	env, err := goTool("env", "GOPATH", "GOROOT")
	if err != nil {
		return nil, err
	}
	gopath := filepath.SplitList(env[0])
	if len(gopath) == 0 {
		return nil, errors.New("GOPATH is not set")
	}
	if root := filepath.Join(gopath[0], "src", path); !exists(root) {
		return nil, fmt.Errorf("path to chaincode does not exist: %s", root)
	}
	imported, err := dependencies(env[1], path)
	if err != nil {
		return nil, fmt.Errorf("error getting chaincode package bytes: %s", err)
	}
	files := map[string]string{}
	if err := collect(files, gopath[0], path, path); err != nil {
		return nil, err
	}
	for _, each := range imported {
		for _, place := range gopath {
			// what is not there belongs to the standard library
			if each == "" || !exists(filepath.Join(place, "src", each)) {
				continue
			}
			if err := collect(files, place, each, path); err != nil {
				return nil, err
			}
		}
	}
	return zipped(files)
}

// zipped packs files by their names.
func zipped(files map[string]string) ([]byte, error) {
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	buffer := &bytes.Buffer{}
	compressed := gzip.NewWriter(buffer)
	archive := tar.NewWriter(compressed)
	for _, name := range names {
		content, err := ioutil.ReadFile(files[name])
		if err != nil {
			return nil, err
		}
		header := &tar.Header{Name: name, Mode: 0100644, Size: int64(len(content))}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	err := compressed.Close()
	return buffer.Bytes(), err
}
