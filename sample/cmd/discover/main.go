// Command discover is a placeholder: images of the practice source contain the same programs as Fabric's.
package main

import "log"

func main() {
	log.SetFlags(0)
	log.Fatal("discover: the practice source has no service discovery")
}
