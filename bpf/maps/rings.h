/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * rings: a ring buffer for each possible CPU, since one ring's lock would be shared by all of them. The programs write
 * records to the ring of the CPU they run on; the agent makes the rings, maps and reads them. A ring that is full
 * refuses the record (DROPPED_RING_FULL); nothing is overwritten.
 */
#ifndef INTERSPAN_MAPS_RINGS_H
#define INTERSPAN_MAPS_RINGS_H

#include "../settings.h"
#include "counters.h"

struct ring {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 32768);
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1); /* the agent sets it to the number of possible CPUs */
    __type(key, __u32);
    __array(values, struct ring);
} rings SEC(".maps");

/* Copies a record to this CPU's ring. The agent is woken by the one record that crosses the mark: waking it for each
 * would cost ten times the capture; below the mark it comes by itself. */
static __always_inline void submit(struct interspan_record *record, __u32 size)
{
    __u32 cpu = bpf_get_smp_processor_id();
    void *ring = bpf_map_lookup_elem(&rings, &cpu);
    if (!ring) {
        count(INTERSPAN_COUNTER_DROPPED_RING_FULL);
        return;
    }
    __u64 waiting = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
    int crosses = waiting < settings.wake_mark && waiting + size >= settings.wake_mark;
    long result = bpf_ringbuf_output(ring, record, size, crosses ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
    count(result == 0 ? INTERSPAN_COUNTER_SUBMITTED : INTERSPAN_COUNTER_DROPPED_RING_FULL);
}

#endif
