// Command configtxlator is a placeholder: images of the practice source contain the same programs as Fabric's.
package main

import "log"

func main() {
	log.SetFlags(0)
	log.Fatal("configtxlator: the practice source stores its blocks and transactions as JSON already")
}
