// Command protoc-gen-go is a placeholder: the ccenv image contains a program of this name.
package main

import "log"

func main() {
	log.SetFlags(0)
	log.Fatal("protoc-gen-go: the practice source has no .proto files")
}
