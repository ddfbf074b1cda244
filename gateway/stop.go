package main

import (
	"os"
	"os/signal"
	"syscall"
)

// endWhenStopped ends the program with exit code 0 when the engine stops its container. Otherwise it would end with 2, as
// a program that panics.
func endWhenStopped() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	go func() {
		<-signals
		os.Exit(0)
	}()
}
