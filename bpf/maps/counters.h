/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * counters: for each program on each CPU, a row of enum interspan_counter. Each program adds to its own row, the agent
 * reads and sums; nothing is ever removed. Programs interrupt each other, but the kernel never runs one within itself
 * on one CPU, so a row of its own needs no atomic addition: that would wait until all of a record is in memory, a
 * quarter of the program's time.
 */
#ifndef INTERSPAN_MAPS_COUNTERS_H
#define INTERSPAN_MAPS_COUNTERS_H

#include "../kernel.h"
#include "interspan.h"

/* Programs that may be loaded together. The first ones, which depend on the way of hooking, have a scratch as well. */
enum slot {
    SLOT_SEND = 0,
    SLOT_RECEIVE = 1,
    SLOT_UNIX_SEND = 2,
    SLOT_DATAGRAM = 2, /* sock, which has no other use for them: of recvfrom, and of all calls by one program */
    SLOT_UNIX_RECEIVE = 3,
    SLOT_DATAGRAM_MESSAGE = 3, /* of recvmsg */
    SLOT_PAGE = 4,
    SLOT_DATAGRAM_MESSAGES = 4, /* of recvmmsg */
    SLOT_UNIX_PAGE = 5,
    SLOT_UDP_SEND = 6,
    SLOT_UDP_RECEIVE = 7,
    SLOT_UDP6_SEND = 8,
    SLOT_UDP6_RECEIVE = 9,
    SLOT_STATE = 10,
    SLOT_DESTROY = 11,
    SLOT_FORK = 12,
    SLOT_EXEC = 13,
    SLOT_EXIT = 14,
    SLOTS = 15,
};

struct counter_row {
    __u64 counts[INTERSPAN_COUNTERS];
    __u64 written; /* bytes handed to rings: not a counter of the agent's */
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, SLOTS);
    __type(key, __u32);
    __type(value, struct counter_row);
} counters SEC(".maps");

/* A program's row; NULL for no slot. */
static __always_inline struct counter_row *row_of(enum slot slot)
{
    __u32 key = slot;
    return bpf_map_lookup_elem(&counters, &key);
}

static __always_inline void count(struct counter_row *row, enum interspan_counter counter)
{
    row->counts[counter]++;
}

/* A call that passed the filters, and of which nothing can be recorded. */
static __always_inline void count_without_state(struct counter_row *row)
{
    count(row, INTERSPAN_COUNTER_HOOKED);
    count(row, INTERSPAN_COUNTER_DROPPED_NO_STATE);
}

#endif
