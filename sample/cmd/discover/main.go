// discover stands where Fabric's own does, for images of the practice source to have the same programs. The practice
// source has no service discovery, and it says so.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "discover: the practice source has no service discovery; build Hyperledger Fabric for it")
	os.Exit(1)
}
