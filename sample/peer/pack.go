package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strings"
)

// packed are the extensions of the files that belong to a chaincode package.
var packed = map[string]bool{".go": true, ".c": true, ".h": true, ".s": true, ".mod": true, ".sum": true, ".yaml": true, ".json": true}

// pack collects the source of a chaincode with its sub-packages and its vendor folder. Names are sorted and files have
// no times, so equal code gives equal packages.
func pack(path string) ([]byte, error) {
	if strings.HasPrefix(path, "/") || strings.Contains(path, "..") || path == "" {
		return nil, fmt.Errorf("invalid path: %q is no import path", path)
	}
	gopath := filepath.SplitList(os.Getenv("GOPATH"))
	if len(gopath) == 0 {
		return nil, errors.New("GOPATH is not set")
	}
	root := filepath.Join(gopath[0], "src", filepath.FromSlash(path))
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("path to chaincode does not exist: %s", root)
	}
	buffer := &bytes.Buffer{}
	zipped := gzip.NewWriter(buffer)
	archive := tar.NewWriter(zipped)
	sources := 0
	err := filepath.Walk(root, func(file string, info os.FileInfo, err error) error {
		hidden := file != root && strings.HasPrefix(filepath.Base(file), ".")
		switch {
		case err != nil:
			return err
		case hidden && info.IsDir():
			return filepath.SkipDir
		case hidden || !info.Mode().IsRegular() || !packed[filepath.Ext(file)]:
			return nil
		}
		content, err := ioutil.ReadFile(file)
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if filepath.Ext(file) == ".go" {
			sources++
		}
		header := &tar.Header{Name: "src/" + path + "/" + filepath.ToSlash(inside), Mode: 0100644, Size: int64(len(content))}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err = archive.Write(content)
		return err
	})
	if err == nil && sources == 0 {
		err = fmt.Errorf("no Go source in %s", root)
	}
	if err == nil {
		err = archive.Close()
	}
	if err == nil {
		err = zipped.Close()
	}
	return buffer.Bytes(), err
}
