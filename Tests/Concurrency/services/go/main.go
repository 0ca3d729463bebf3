// Programs of the concurrency tests that are written in Go, one binary: what answers (backend), what asks (load), and
// services of two kinds (nethttp, raw).
//
// Every exchange has an id of its own in its path, /OPERATION/ID, and the id of a call says nothing of the request that
// it is made for: that stands only in the truth, a file with a line `CALL REQUEST` for each call.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mathrand "math/rand"
	"net"
	"os"
	"strings"
	"time"
)

func main() {
	programs := map[string]func([]string){"backend": backend, "load": load, "nethttp": netHTTP, "raw": raw}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: live backend|load|nethttp|raw ...")
		os.Exit(2)
	}
	mathrand.Seed(time.Now().UnixNano())
	programs[os.Args[1]](os.Args[2:])
}

// newID gives an id unlike any other.
func newID() string {
	var bytes [8]byte
	if _, err := rand.Read(bytes[:]); err != nil {
		fail(err)
	}
	return hex.EncodeToString(bytes[:])
}

// pause waits for a random time, at most so long.
func pause(most time.Duration) {
	if most > 0 {
		time.Sleep(time.Duration(mathrand.Int63n(int64(most))))
	}
}

// split gives the operation and the id of a path.
func split(path string) (string, string) {
	operation, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return operation, id
}

// listen takes a free port and says which.
func listen() net.Listener {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	fmt.Printf("listening %d\n", listener.Addr().(*net.TCPAddr).Port)
	return listener
}

// openTruth opens a file to which single writes append whole lines.
func openTruth(path string) *os.File {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		fail(err)
	}
	return file
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
