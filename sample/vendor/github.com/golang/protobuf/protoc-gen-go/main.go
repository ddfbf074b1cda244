// protoc-gen-go stands where Fabric vendors the real one: the practice source has no .proto files to compile.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "protoc-gen-go: the practice stand-in of fabric-wizard's sample; it generates nothing")
}
