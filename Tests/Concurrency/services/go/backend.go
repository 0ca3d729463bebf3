package main

import (
	"flag"
	"net/http"
	"time"
)

// backend answers every request after a random wait; /flaky/ with 503.
func backend(arguments []string) {
	flags := flag.NewFlagSet("backend", flag.ExitOnError)
	wait := flags.Duration("wait", 5*time.Millisecond, "longest wait before an answer")
	flags.Parse(arguments)
	fail(http.Serve(listen(), http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		operation, _ := split(request.URL.Path)
		pause(*wait)
		if operation == "flaky" {
			writer.WriteHeader(http.StatusServiceUnavailable)
		}
		writer.Write([]byte("done\n"))
	})))
}
