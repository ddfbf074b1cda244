// idemixgen stands where Fabric's own does, for images of the practice source to have the same programs. The practice
// source has no anonymous credentials, and it says so.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "idemixgen: the practice source has no anonymous credentials; build Hyperledger Fabric for it")
	os.Exit(1)
}
