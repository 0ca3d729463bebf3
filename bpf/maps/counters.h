/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * counters: one row of enum interspan_counter per CPU. Every program adds, the agent reads; nothing is ever removed.
 */
#ifndef INTERSPAN_MAPS_COUNTERS_H
#define INTERSPAN_MAPS_COUNTERS_H

#include "../kernel.h"
#include "interspan.h"

struct counter_row {
    __u64 counts[INTERSPAN_COUNTERS];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct counter_row);
} counters SEC(".maps");

/* Atomic although the row is this CPU's own: a program may be interrupted by another one on the same CPU. */
static __always_inline void count(enum interspan_counter counter)
{
    __u32 zero = 0;
    struct counter_row *row = bpf_map_lookup_elem(&counters, &zero);
    if (row)
        __sync_fetch_and_add(&row->counts[counter], 1);
}

#endif
