package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	mathrand "math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load keeps so many requests under way until it has sent all of them, or its time is over, and writes a line of JSON
// for each to standard output.
func load(arguments []string) {
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	base := flags.String("base", "", "http://HOST:PORT")
	count := flags.Int64("count", 1000, "requests")
	inFlight := flags.Int("in-flight", 1, "requests under way at once")
	mix := flags.String("mix", "order=1", "OPERATION=SHARE,...")
	most := flags.Duration("most", 20*time.Second, "no request begins after this time")
	flags.Parse(arguments)
	operations := shares(*mix)
	client := &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: *inFlight, MaxIdleConns: *inFlight},
	}
	var sent int64
	var together sync.WaitGroup
	var output sync.Mutex
	encoder := json.NewEncoder(os.Stdout)
	end := time.Now().Add(*most)
	for number := 0; number < *inFlight; number++ {
		together.Add(1)
		go func() {
			defer together.Done()
			for atomic.AddInt64(&sent, 1) <= *count && time.Now().Before(end) {
				operation, id := operations[mathrand.Intn(len(operations))], newID()
				status, problem := get(client, *base+"/"+operation+"/"+id)
				output.Lock()
				encoder.Encode(map[string]any{
					"id": id, "operation": operation, "status": status, "problem": problem})
				output.Unlock()
			}
		}()
	}
	together.Wait()
	fmt.Fprintln(os.Stderr, "all answered")
}

// get gives the status of a whole answer; 0 and why, if none came.
func get(client *http.Client, url string) (int, string) {
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	if _, err = io.Copy(io.Discard, response.Body); err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, ""
}

// shares gives each operation as often as its share says.
func shares(mix string) []string {
	var operations []string
	for _, part := range strings.Split(mix, ",") {
		operation, share, _ := strings.Cut(part, "=")
		times, err := strconv.Atoi(share)
		if err != nil {
			fail(err)
		}
		for ; times > 0; times-- {
			operations = append(operations, operation)
		}
	}
	return operations
}
