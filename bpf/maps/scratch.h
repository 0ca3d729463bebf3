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
#include "frames.h"
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

/* Most stretches of one call that leave the kernel by themselves. */
#define FRAME_RANGES 32u

/* A walk over the frames of a call (frames.h). */
struct framing {
    struct frames state; /* of the direction, at `at` */
    __u32 at;            /* bytes of the call that were passed */
    __u64 address;       /* of the bytes, or of the vectors */
    __u64 vectors;
    __u32 length;        /* bytes of the call */
    __u32 out;           /* bytes that are kept so far */
    __u32 ranges;        /* how many stretches */
    __u8 is_plain;
    __u8 is_trial;       /* nothing is kept: it is only looked whether frames begin here */
    __u8 is_bad;         /* no frame begins so, or there is no room */
    __u8 reserved;
    struct interspan_range range[FRAME_RANGES];
};

struct scratch {
    struct walk walk;
    struct framing framing;
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
