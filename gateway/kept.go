package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

const (
	// maxKeptPrograms is the number of programs that stay in the volume. One has about 20 MB.
	maxKeptPrograms = 32
	// maxKeptBytes is how much they may have together.
	maxKeptBytes = 1 << 30
	keptSuffix   = ".json"
	// abandonedAfter is when a file that is not complete belongs to nobody any more.
	abandonedAfter = time.Hour
)

// keptProgramInfo describes a program that a builder has compiled.
type keptProgramInfo struct {
	// Time is when the builder ended, in RFC 3339.
	Time      string  `json:"time"`
	Project   string  `json:"project"`
	Peer      string  `json:"peer"`
	Builder   string  `json:"builder"`
	BuilderID string  `json:"builderId"`
	Seconds   float64 `json:"seconds"`
	// Sum is the SHA-256 sum of the program's archive.
	Sum string `json:"sum"`
	// Stat describes the program's folder, as the engine does.
	Stat string `json:"stat"`
	// Frames is what the builder wrote.
	Frames []byte `json:"frames"`
}

// keptPrograms are the programs in the volume of a project. The gateway that is replaced can still use it. Without the
// volume, nothing is kept.
type keptPrograms struct {
	dir     string
	project string
}

// isKeepable tells whether the compile gives the same program every time. Builders of other languages take what a
// registry has at the moment.
func (c *compile) isKeepable() bool { return c.compilesGo && c.builderID != "" }

func (k *keptPrograms) infoFile(key string) string    { return filepath.Join(k.dir, key+keptSuffix) }
func (k *keptPrograms) programFile(key string) string { return filepath.Join(k.dir, key+".tar") }

// restore copies a program to a file in a folder; nil: there is no complete one.
func (k *keptPrograms) restore(key, into string) (*keptProgramInfo, *result) {
	text, err := ioutil.ReadFile(k.infoFile(key))
	if err != nil {
		return nil, nil
	}
	info := &keptProgramInfo{}
	if json.Unmarshal(text, info) != nil {
		return nil, nil
	}
	// The proof says when the program was compiled.
	if _, err := time.Parse(time.RFC3339, info.Time); err != nil {
		return nil, nil
	}
	source, err := os.Open(k.programFile(key))
	if err != nil {
		return nil, nil
	}
	defer source.Close()
	file, err := ioutil.TempFile(into, "output-")
	if err != nil {
		return nil, nil
	}
	_, sum, err := copyAndSum(file, source)
	if err != nil || sum != info.Sum {
		os.Remove(file.Name())
		return nil, nil
	}
	// The programs that were not used for the longest time are removed first.
	now := time.Now()
	_ = os.Chtimes(k.infoFile(key), now, now)
	return info, &result{
		exited: true, frames: info.Frames, hasSource: true, file: file.Name(), sum: sum, stat: info.Stat,
	}
}

// copyAndClose copies to a file, closes it, and returns its size.
func copyAndClose(to *os.File, from io.Reader) (int64, error) {
	size, err := io.Copy(to, from)
	if closed := to.Close(); err == nil {
		err = closed
	}
	return size, err
}

// copyAndSum copies to a file, closes it, and returns its size and the SHA-256 sum of its content.
func copyAndSum(to *os.File, from io.Reader) (int64, string, error) {
	sum := sha256.New()
	size, err := copyAndClose(to, io.TeeReader(from, sum))
	return size, hex.EncodeToString(sum.Sum(nil)), err
}

// keep adds a program. The description is written last, so a program without one is not complete.
func (k *keptPrograms) keep(key string, info keptProgramInfo, program io.Reader) error {
	if err := k.replace(k.programFile(key), program); err != nil {
		return err
	}
	text, err := json.Marshal(info)
	if err != nil {
		return err
	}
	if err := k.replace(k.infoFile(key), strings.NewReader(string(text))); err != nil {
		return err
	}
	return k.prune()
}

// replace writes a file that appears when it is complete.
func (k *keptPrograms) replace(path string, content io.Reader) error {
	file, err := ioutil.TempFile(k.dir, "new-")
	if err != nil {
		return err
	}
	_, err = copyAndClose(file, content)
	part := file.Name()
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}

// prune removes the programs that were not used for the longest time, until the rest is within the limits.
func (k *keptPrograms) prune() error {
	files, err := ioutil.ReadDir(k.dir)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	var infos []os.FileInfo
	for _, file := range files {
		if strings.HasSuffix(file.Name(), keptSuffix) {
			known[strings.TrimSuffix(file.Name(), keptSuffix)] = true
			infos = append(infos, file)
		}
	}
	size := map[string]int64{}
	for _, file := range files {
		name := file.Name()
		key := strings.TrimSuffix(strings.TrimSuffix(name, keptSuffix), ".tar")
		size[key] += file.Size()
		// An interrupted gateway leaves such files; one that runs now needs its own.
		if !known[key] && time.Since(file.ModTime()) > abandonedAfter {
			os.Remove(filepath.Join(k.dir, name))
		}
	}
	sort.Sort(newestFirst(infos))
	count, total := 0, int64(0)
	for _, info := range infos {
		key := strings.TrimSuffix(info.Name(), keptSuffix)
		count, total = count+1, total+size[key]
		if count > maxKeptPrograms || total > maxKeptBytes {
			os.Remove(k.infoFile(key))
			os.Remove(k.programFile(key))
		}
	}
	return nil
}

type newestFirst []os.FileInfo

func (n newestFirst) Len() int           { return len(n) }
func (n newestFirst) Less(a, b int) bool { return n[a].ModTime().After(n[b].ModTime()) }
func (n newestFirst) Swap(a, b int)      { n[a], n[b] = n[b], n[a] }

// keepProgram adds what a builder has compiled. It needs the program's file, which is open because it can be removed
// meanwhile.
func (g *gateway) keepProgram(c *compile, out *output, r result, program io.ReadCloser) {
	defer program.Close()
	err := g.compiles.kept.keep(out.keptKey, keptProgramInfo{
		Time: time.Now().UTC().Format(time.RFC3339), Project: g.compiles.kept.project, Peer: c.peer, Builder: c.builder,
		BuilderID: c.builderID, Seconds: *secondsSince(out.start), Sum: r.sum, Stat: r.stat, Frames: r.frames,
	}, program)
	if err != nil {
		g.record.write(entry{Type: "not-kept", Peer: c.peer, Message: fmt.Sprint(err)})
	}
}
