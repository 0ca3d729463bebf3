/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Copies bytes that a call moved from its process's memory, from one buffer or an array of vectors.
 */
#ifndef INTERSPAN_PAYLOAD_H
#define INTERSPAN_PAYLOAD_H

#include "maps/scratch.h"

/* Most steps of a walk over vectors: a vector, or a chunk of one, each. What lies beyond is known by length alone. */
#define STEPS_MAXIMUM 64

/* Where a call's bytes lie. */
struct source {
    __u64 address; /* of the bytes, or of the vectors */
    __u64 name;    /* of the peer's address, as the call has it; 0 for none */
    __u32 vectors; /* how many (never more than 1024); meaningless for plain bytes */
    __u8 is_plain; /* the address is that of the bytes themselves */
    __u8 is_kernel_name; /* the peer's address lies in the kernel's memory */
    __u8 reserved[2];
};

/* Reads the next few vectors. */
static __always_inline int walk_ahead(struct walk *walk)
{
    __u32 ahead = walk->vectors < BATCH ? walk->vectors : BATCH;
    barrier_var(ahead);
    if (ahead == 0 || ahead > BATCH ||
        bpf_probe_read_user(walk->batch, ahead * sizeof(walk->batch[0]), (void *)walk->next))
        return 0;
    walk->next += ahead * sizeof(walk->batch[0]);
    walk->vectors -= ahead;
    walk->current = 0;
    walk->ahead = ahead;
    return 1;
}

/* One step: takes the next vector, or copies a chunk of the current one. Returns whether another step may follow.
 *
 * A global function over state in memory, so that the verifier looks at it once: as the body of a loop it would be
 * looked at for each turn and each order of its branches, a million instructions in all. */
__noinline int walk_step(struct scratch *scratch)
{
    if (!scratch)
        return 0;
    struct walk *walk = &scratch->walk;
    if (walk->length == 0) {
        if (walk->current == walk->ahead && !walk_ahead(walk))
            return 0;
        __u32 current = walk->current;
        if (current >= BATCH)
            return 0;
        const struct user_iovec *vector = &walk->batch[current];
        __u32 skipped = vector->length < walk->skip ? vector->length : walk->skip;
        walk->current = current + 1;
        walk->skip -= skipped;
        walk->base = vector->base + skipped;
        walk->length = vector->length - skipped;
    }
    __u32 offset = walk->offset;
    __u32 chunk = walk->wanted;
    if (chunk > walk->length)
        chunk = walk->length;
    barrier_var(chunk);
    if (chunk > CHUNK_MAXIMUM)
        chunk = CHUNK_MAXIMUM;
    barrier_var(offset);
    if (offset > PAYLOAD_MAXIMUM || bpf_probe_read_user(&scratch->payload[offset], chunk, (void *)walk->base))
        return 0;
    walk->base += chunk;
    walk->length -= chunk;
    walk->offset += chunk;
    walk->wanted -= chunk;
    return walk->wanted != 0;
}

/* Copies `count` bytes, beginning `skip` bytes into the vectors, to the payload at `at`. Returns how many it copied. */
static __always_inline __u32 gather(struct scratch *scratch, const struct source *source, __u32 at, __u32 skip,
                                    __u32 count)
{
    struct walk *walk = &scratch->walk;
    walk->next = source->address;
    walk->vectors = source->vectors;
    walk->length = 0;
    walk->current = 0;
    walk->ahead = 0;
    walk->skip = skip;
    walk->offset = at;
    walk->wanted = count;
    for (int step = 0; step < STEPS_MAXIMUM; step++)
        if (!walk_step(scratch))
            break;
    return count - walk->wanted;
}

/* Fills the payload with the head and the tail that a cut asks for, and sets their lengths in the record. */
static __always_inline void fill_payload(struct scratch *scratch, const struct source *source, struct cut cut)
{
    struct interspan_record *record = &scratch->record;
    __u32 head = cut.head;
    __u32 tail = cut.tail;
    if (source->is_plain) {
        barrier_var(head);
        if (head > PAYLOAD_MAXIMUM)
            head = PAYLOAD_MAXIMUM;
        if (bpf_probe_read_user(scratch->payload, head, (void *)source->address))
            head = 0;
        if (tail != 0 && head != 0) {
            __u32 at = head;
            barrier_var(at);
            barrier_var(tail);
            if (at > PAYLOAD_MAXIMUM || tail > TAIL_MAXIMUM)
                tail = 0;
            else if (bpf_probe_read_user(&scratch->payload[at], tail,
                                         (void *)(source->address + record->length - tail)))
                tail = 0;
        }
    } else {
        head = gather(scratch, source, 0, 0, head);
        /* A part of the tail would not be the last bytes. */
        if (tail != 0 && head == cut.head && gather(scratch, source, head, record->length - tail, tail) != tail)
            tail = 0;
    }
    record->head_length = head;
    record->tail_length = head == 0 ? 0 : tail;
}

#endif
