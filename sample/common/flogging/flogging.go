// Package flogging writes log lines to stderr, filtered by FABRIC_LOGGING_SPEC.
package flogging

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Level is the severity of a message.
type Level int

// The severities in ascending order.
const (
	Debug Level = iota
	Info
	Warn
	Error
	Fatal
)

var (
	names    = []string{"DEBU", "INFO", "WARN", "ERRO", "CRIT"}
	byName   = map[string]Level{"debug": Debug, "info": Info, "warning": Warn, "warn": Warn, "error": Error, "critical": Fatal, "fatal": Fatal, "panic": Fatal}
	once     sync.Once
	fallback = Info
	modules  = map[string]Level{}
	sequence uint32
	out      sync.Mutex
)

// Logger writes the messages of one module.
type Logger struct{ module string }

// MustGetLogger returns the logger of a module.
func MustGetLogger(module string) *Logger { return &Logger{module} }

// readSpec reads specifications such as "info" and "info:gossip=warning:peer,msp=debug".
func readSpec() {
	for _, part := range strings.Split(os.Getenv("FABRIC_LOGGING_SPEC"), ":") {
		field := strings.SplitN(part, "=", 2)
		level, known := byName[strings.ToLower(field[len(field)-1])]
		switch {
		case !known:
		case len(field) == 1:
			fallback = level
		default:
			for _, module := range strings.Split(field[0], ",") {
				modules[module] = level
			}
		}
	}
}

func (l *Logger) enabled(level Level) bool {
	once.Do(readSpec)
	for name := l.module; name != ""; name = name[:max(strings.LastIndexByte(name, '.'), 0)] {
		if threshold, ok := modules[name]; ok {
			return level >= threshold
		}
	}
	return level >= fallback
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func (l *Logger) log(level Level, format string, args []interface{}) {
	if !l.enabled(level) {
		return
	}
	stamp := time.Now().UTC().Format("2006-01-02 15:04:05.000 MST")
	number := atomic.AddUint32(&sequence, 1)
	out.Lock()
	defer out.Unlock()
	fmt.Fprintf(os.Stderr, "%s [%s] -> %s %03x %s\n", stamp, l.module, names[level], number, fmt.Sprintf(format, args...))
}

// Debugf logs details for developers.
func (l *Logger) Debugf(format string, args ...interface{}) { l.log(Debug, format, args) }

// Infof logs a normal event.
func (l *Logger) Infof(format string, args ...interface{}) { l.log(Info, format, args) }

// Warningf logs a possible problem.
func (l *Logger) Warningf(format string, args ...interface{}) { l.log(Warn, format, args) }

// Errorf logs a failure.
func (l *Logger) Errorf(format string, args ...interface{}) { l.log(Error, format, args) }

// Fatalf logs a failure and exits with code 1.
func (l *Logger) Fatalf(format string, args ...interface{}) {
	l.log(Fatal, format, args)
	os.Exit(1)
}
