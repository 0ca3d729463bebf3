package main

import (
	"flag"
	"fmt"
	"io"
	mathrand "math/rand"
	"net/http"
	"os"
	"sync"
	"time"
)

const partsOfFan = 4

// shop is a service of net/http that calls with net/http's client, whose connections are kept and shared.
type shop struct {
	backend string
	wait    time.Duration
	after   time.Duration
	client  *http.Client
	truth   *os.File
}

func netHTTP(arguments []string) {
	flags := flag.NewFlagSet("nethttp", flag.ExitOnError)
	backend := flags.String("backend", "", "http://HOST:PORT")
	truth := flags.String("truth", "", "file")
	wait := flags.Duration("wait", 3*time.Millisecond, "longest wait before the first call")
	after := flags.Duration("after", 0, "longest wait after a call")
	connections := flags.Int("connections", 64, "connections kept to the backend")
	beat := flags.Duration("beat", 0, "time between calls that no request asks for")
	flags.Parse(arguments)
	service := &shop{
		backend: *backend, wait: *wait, after: *after, truth: openTruth(*truth),
		client: &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: *connections, MaxConnsPerHost: *connections, MaxIdleConns: *connections}},
	}
	if *beat > 0 {
		go func() {
			for range time.Tick(*beat) {
				service.call("beat", "-")
			}
		}()
	}
	fail(http.Serve(listen(), service))
}

func (service *shop) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	operation, id := split(request.URL.Path)
	pause(service.wait)
	switch operation {
	case "order":
		service.call("stock", id)
		pause(service.after)
		service.call("price", id)
	case "look":
		if mathrand.Intn(2) == 0 {
			service.call("price", id)
		}
	case "fan":
		var together sync.WaitGroup
		for part := 0; part < partsOfFan; part++ {
			together.Add(1)
			go func() {
				defer together.Done()
				service.call("part", id)
			}()
		}
		together.Wait()
	case "retry":
		if service.call("flaky", id) != http.StatusOK {
			pause(service.after)
			service.call("stock", id)
		}
	case "poll":
		time.Sleep(time.Second + time.Duration(mathrand.Int63n(int64(time.Second))))
		service.call("stock", id)
	case "stream":
		for _, what := range []string{"stock", "price"} {
			writer.Write([]byte("more\n"))
			writer.(http.Flusher).Flush()
			pause(service.wait)
			service.call(what, id)
		}
	}
	pause(service.after)
	writer.Write([]byte("done\n"))
}

// call makes a call for a request and gives the status of its answer.
func (service *shop) call(operation, request string) int {
	id := newID()
	fmt.Fprintf(service.truth, "%s %s\n", id, request)
	response, err := service.client.Get(service.backend + "/" + operation + "/" + id)
	if err != nil {
		fail(err)
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}
