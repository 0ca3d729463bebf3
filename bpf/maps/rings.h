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
#include "overload.h"

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

/* Copies a record to this CPU's ring. The agent is woken each time another mark's worth has been written: waking it for
 * each record would cost ten times the capture; between marks it comes by itself. */
static __always_inline void submit(struct counter_row *row, struct interspan_record *record, __u32 size)
{
    __u32 cpu = bpf_get_smp_processor_id();
    void *ring = bpf_map_lookup_elem(&rings, &cpu);
    if (!ring) {
        count(row, INTERSPAN_COUNTER_DROPPED_RING_FULL);
        return;
    }
    __u64 before = row->written;
    row->written = before + size;
    __u64 wakes = (before ^ (before + size)) & -(__u64)settings.wake_mark ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
    if (bpf_ringbuf_output(ring, record, size, wakes)) {
        count(row, INTERSPAN_COUNTER_DROPPED_RING_FULL);
        overload_noted(record->time);
    } else {
        count(row, INTERSPAN_COUNTER_SUBMITTED);
    }
}

#endif
