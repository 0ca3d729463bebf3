/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * scratch: where a record with payload is put together before it is copied to a ring, at its exact size (a place
 * reserved in the ring must have a constant one). One entry for each program on each CPU, since two programs may meet
 * on one CPU where the kernel may preempt them; one program never meets itself there. Read by nobody else.
 */
#ifndef INTERSPAN_MAPS_SCRATCH_H
#define INTERSPAN_MAPS_SCRATCH_H

#include "../settings.h"
#include "../cut.h"
#include "counters.h"
#include "interspan.h"

/* Bytes copied from user space at once, where they come from vectors. */
#define CHUNK_MAXIMUM 4096u

/* Vectors read at once: most calls have no more, and each reading of user space costs some 30 ns. */
#define BATCH 4

/* A walk over vectors in user space (payload.h). */
struct walk {
    struct user_iovec batch[BATCH]; /* vectors read ahead */
    __u64 next;     /* address of the vector after those read ahead */
    __u64 vectors;  /* how many come after those read ahead */
    __u64 base;     /* what is left of the current vector */
    __u64 length;
    __u32 skip;     /* bytes to pass over */
    __u32 offset;   /* in the payload, of the next byte copied */
    __u32 wanted;   /* bytes still to be copied */
    __u16 current;  /* which of those read ahead comes next */
    __u16 ahead;    /* how many were read ahead */
};

struct scratch {
    struct walk walk;
    struct interspan_record record;
    __u8 payload[PAYLOAD_MAXIMUM + CHUNK_MAXIMUM];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1); /* the agent sets it: possible CPUs times settings.scratch_slots */
    __type(key, __u32);
    __type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch *scratch_of(enum slot slot)
{
    __u32 key = bpf_get_smp_processor_id() * settings.scratch_slots + slot;
    return bpf_map_lookup_elem(&scratches, &key);
}

#endif
