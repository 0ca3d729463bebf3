//go:build storage

package main

/*
// A variable of each thread's, beside which the linker puts Go's own.
static __thread long counted[5];
static long count(void) { return ++counted[3]; }
*/
import "C"

func init() { C.count() }
