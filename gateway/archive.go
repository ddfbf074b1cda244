package main

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const blockSize = 512

// bzip2Magic begins an archive that engines decompress with bzip2.
const bzip2Magic = "BZh"

var (
	// The file names that Fabric writes are of this kind.
	plainName   = regexp.MustCompile(`^[A-Za-z0-9_@+=,~:][A-Za-z0-9._@+=,~: -]*(/[A-Za-z0-9_@+=,~:.-][A-Za-z0-9._@+=,~: -]*)*/?$`)
	octalNumber = regexp.MustCompile(`^[0-7]+$`)
	// timeRecords are the extended headers that cannot change how an archive is read.
	timeRecords = regexp.MustCompile(`^([0-9]+ (mtime|atime|ctime)=[0-9.-]+\n)*$`)
)

// archiveReader reads the headers of a tar archive. It knows only the plainest form, which all programs read alike.
type archiveReader struct {
	source io.Reader
	// size of the current file, and what is unread of it and its padding.
	size, padded  int64
	hasDockerfile bool
}

// readPadded reads the content of the current file and its padding.
func (a *archiveReader) readPadded(into []byte) (int, error) {
	if int64(len(into)) > a.padded {
		into = into[:a.padded]
	}
	count, err := a.source.Read(into)
	a.padded -= int64(count)
	return count, err
}

// next returns the header and the name of the next file or folder; without a header at the end.
func (a *archiveReader) next() (header []byte, name string, refused *refusal) {
	for {
		block := make([]byte, blockSize)
		if _, err := io.ReadFull(a.source, block); err != nil {
			return nil, "", malformed("the build context is not a complete tar archive")
		}
		if isEmpty(block) {
			return nil, "", a.atEnd()
		}
		size, valid := sizeIn(block)
		if !valid {
			return nil, "", malformed("the build context is not a plain tar archive")
		}
		a.size, a.padded = size, (size+blockSize-1)/blockSize*blockSize
		if block[156] == 'x' {
			if refused := a.judgeRecords(); refused != nil {
				return nil, "", refused
			}
			continue
		}
		name := string(block[:bytes.IndexByte(append(block[:100:100], 0), 0)])
		return block, name, a.judgeEntry(name, block[156], size)
	}
}

func (a *archiveReader) judgeEntry(name string, kind byte, size int64) *refusal {
	isFolder := kind == '5'
	if kind != '0' && kind != 0 && !(isFolder && size == 0) {
		return forbid("the build context has something that is neither a file nor a folder: %q", name)
	}
	if isFolder && name == "./" {
		return nil
	}
	if !plainName.MatchString(name) || strings.HasPrefix(name, bzip2Magic) || !isFolder && strings.HasSuffix(name, "/") {
		return forbid("the build context has a file of an unusual name: %q", name)
	}
	for _, part := range strings.Split(name, "/") {
		if part == "." || part == ".." {
			return forbid("the build context has a file of an unusual name: %q", name)
		}
	}
	if strings.ToLower(strings.TrimSuffix(name, "/")) == "dockerfile" {
		if a.hasDockerfile || name != "Dockerfile" || isFolder {
			return forbid("the build context has more than one Dockerfile")
		}
		a.hasDockerfile = true
	}
	return nil
}

// judgeRecords reads an extended header.
func (a *archiveReader) judgeRecords() *refusal {
	if a.padded > 4<<10 {
		return forbid("the build context has an extended header")
	}
	text := make([]byte, a.padded)
	_, err := io.ReadFull(a.source, text)
	a.padded = 0
	if err != nil || !timeRecords.Match(text[:a.size]) {
		return forbid("the build context has an extended header")
	}
	return nil
}

// atEnd makes sure that nothing follows the end of the archive.
func (a *archiveReader) atEnd() *refusal {
	part := make([]byte, 4<<10)
	for {
		count, err := a.source.Read(part)
		if !isEmpty(part[:count]) {
			return malformed("the build context has something after its end")
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return malformed("the build context cannot be read: %v", err)
		}
	}
}

func isEmpty(block []byte) bool {
	for _, char := range block {
		if char != 0 {
			return false
		}
	}
	return true
}

// sizeIn returns the size in a header. The header is not valid if its checksum is wrong, or if it uses the part that
// programs read differently.
func sizeIn(block []byte) (int64, bool) {
	size, ok := octalIn(block[124:136])
	sum, summed := octalIn(block[148:156])
	if !ok || !summed || !isEmpty(block[345:]) {
		return 0, false
	}
	actual := int64(0)
	for index, char := range block {
		if index >= 148 && index < 156 {
			char = ' '
		}
		actual += int64(char)
	}
	return size, sum == actual
}

func octalIn(field []byte) (int64, bool) {
	text := strings.Trim(string(field), " \x00")
	if !octalNumber.MatchString(text) {
		return 0, false
	}
	number, err := strconv.ParseInt(text, 8, 64)
	return number, err == nil && number < 1<<33
}
