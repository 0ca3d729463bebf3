// Sends from goroutines, and says from which: a JSON line for each, {"length", "unit"}. Waits for a line first, by when
// somebody may have looked at it.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// The number of the current goroutine, as its runtime prints it.
func number() uint64 {
	text := make([]byte, 64)
	words := strings.Fields(string(text[:runtime.Stack(text, false)]))
	number, _ := strconv.ParseUint(words[1], 10, 64)
	return number
}

func pair() (net.Conn, net.Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	server, err := listener.Accept()
	if err != nil {
		panic(err)
	}
	return client, server
}

func main() {
	bufio.NewReader(os.Stdin).ReadString('\n')
	client, server := pair()
	var writing sync.Mutex
	var working sync.WaitGroup
	for index := 0; index < 8; index++ {
		working.Add(1)
		go func(length int) {
			defer working.Done()
			// A stack that has been moved, and a thread that may be another.
			runtime.Gosched()
			writing.Lock()
			defer writing.Unlock()
			fmt.Printf("{\"length\": %d, \"unit\": %d}\n", length, number())
			client.Write(make([]byte, length))
			io.ReadFull(server, make([]byte, length))
		}(17_100 + index)
	}
	working.Wait()
}
