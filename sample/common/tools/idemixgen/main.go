// Command idemixgen is a placeholder: images of the practice source contain the same programs as Fabric's.
package main

import "log"

func main() {
	log.SetFlags(0)
	log.Fatal("idemixgen: the practice source has no anonymous credentials")
}
