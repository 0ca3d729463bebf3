package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	mathrand "math/rand"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// raw is a service with a goroutine for each connection, which reads, calls on a connection of its own, and answers.
func raw(arguments []string) {
	flags := flag.NewFlagSet("raw", flag.ExitOnError)
	backend := flags.String("backend", "", "HOST:PORT")
	truth := flags.String("truth", "", "file")
	wait := flags.Duration("wait", 3*time.Millisecond, "longest wait before, between and after calls")
	flags.Parse(arguments)
	file := openTruth(*truth)
	listener := listen()
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		go serve(connection, *backend, file, *wait)
	}
}

func serve(connection net.Conn, backend string, truth *os.File, wait time.Duration) {
	defer connection.Close()
	upstream, err := net.Dial("tcp", backend)
	if err != nil {
		fail(err)
	}
	defer upstream.Close()
	requests, answers := bufio.NewReader(connection), bufio.NewReader(upstream)
	call := func(operation, request string) {
		id := newID()
		fmt.Fprintf(truth, "%s %s\n", id, request)
		fmt.Fprintf(upstream, "GET /%s/%s HTTP/1.1\r\nHost: %s\r\n\r\n", operation, id, backend)
		if _, err := readMessage(answers); err != nil {
			fail(err)
		}
	}
	for {
		line, err := readMessage(requests)
		if err != nil {
			return
		}
		operation, id := split(strings.Fields(line)[1])
		pause(wait)
		if operation == "order" {
			call("stock", id)
			pause(wait)
			call("price", id)
		} else if mathrand.Intn(2) == 0 {
			call("price", id)
		}
		pause(wait)
		io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndone\n")
	}
}

// readMessage reads a message to its end and gives its first line.
func readMessage(reader *bufio.Reader) (string, error) {
	first, length := "", int64(0)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSpace(line)
		if first == "" {
			first = line
		}
		if line == "" {
			_, err = io.CopyN(io.Discard, reader, length)
			return first, err
		}
		if name, value, found := strings.Cut(line, ":"); found && strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil {
				return "", err
			}
		}
	}
}
