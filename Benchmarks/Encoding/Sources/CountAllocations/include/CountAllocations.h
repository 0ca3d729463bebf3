// Counts allocations of the process it is loaded into (LD_PRELOAD).

#ifndef COUNT_ALLOCATIONS_H
#define COUNT_ALLOCATIONS_H

#include <stdint.h>

// How often the calling thread has asked for memory, of whichever of the C library's functions.
uint64_t encoding_bench_allocations(void);

#endif
