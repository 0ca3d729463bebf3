/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * HTTP/2: of what a call moved, everything leaves the kernel but the inside of long DATA frames. So neither framing nor
 * header compression ever loses a byte, whatever a response weighs.
 *
 * Where frames begin is known from call to call. Where it is not (a connection that was joined, a call that was missed),
 * a call counts as beginning with a frame when a chain of plausible frames ends exactly where it ends; until one does,
 * calls leave as whole as any may.
 */
#ifndef INTERSPAN_FRAMES_H
#define INTERSPAN_FRAMES_H

#include "maps/frames.h"
#include "payload.h"

/* Most steps of a walk over frames: a header, or a part of a body, each. */
#define FRAME_STEPS 96
/* A DATA frame with more than so many bytes is left out but for its first ones. */
#define FRAME_DATA_WHOLE 1024u
/* How many of those stay: the prefix of a gRPC message is there. */
#define FRAME_DATA_KEPT 16u
/* No frame is believed to be longer. */
#define FRAME_LONGEST (1u << 20)
/* Most bytes that are kept of a call, its ranges not counted. */
#define FRAMES_KEPT_MAXIMUM (PAYLOAD_MAXIMUM - 4096u)
/* What is said of them beside, at most: where each kept range lies. */
#define FRAMES_SAID ((__u32)(FRAME_RANGES * sizeof(struct interspan_range)))

/* Copies `count` bytes of the call, from `at` on, to the payload behind what is kept. Returns whether it could. */
__noinline int frame_copy(struct scratch *scratch, __u32 count)
{
    if (!scratch)
        return 0;
    struct framing *f = &scratch->framing;
    struct walk *walk = &scratch->walk;
    if (f->out > FRAMES_KEPT_MAXIMUM || count > FRAMES_KEPT_MAXIMUM - f->out ||
        f->out + count + FRAMES_SAID > settings.payload_bound)
        return 0;
    walk->next = f->address;
    walk->vectors = f->vectors;
    walk->length = 0;
    walk->current = 0;
    walk->ahead = 0;
    walk->skip = f->at;
    walk->offset = f->out;
    walk->wanted = count;
    if (f->is_plain) {
        walk->base = f->address + f->at;
        walk->length = f->length - f->at;
        walk->vectors = 0;
    }
    for (int step = 0; step < STEPS_MAXIMUM; step++)
        if (!walk_step(scratch))
            break;
    return walk->wanted == 0;
}

/* What was copied last, `count` bytes of the call from `at` on, is kept. Returns whether there is room to say so. */
static __always_inline int frame_keep(struct framing *f, __u32 count)
{
    __u32 last = f->ranges;
    if (last != 0 && last <= FRAME_RANGES && f->range[(last - 1) % FRAME_RANGES].offset +
                                                     f->range[(last - 1) % FRAME_RANGES].count ==
                                                 f->at) {
        f->range[(last - 1) % FRAME_RANGES].count += count;
    } else {
        if (last >= FRAME_RANGES)
            return 0;
        f->range[last].offset = f->at;
        f->range[last].count = count;
        f->ranges = last + 1;
    }
    f->out += count;
    return 1;
}

/* Whether a frame may begin so; and what is to come of it. */
static __always_inline int frame_begins(struct frames *state)
{
    const __u8 *header = state->header;
    __u32 length = (__u32)header[0] << 16 | (__u32)header[1] << 8 | header[2];
    __u8 type = header[3];
    state->partial = 0;
    state->remaining = length;
    state->kept = type == 0 && length > FRAME_DATA_WHOLE ? FRAME_DATA_KEPT : length;
    /* The ten of RFC 9113, ALTSVC, ORIGIN and PRIORITY_UPDATE. The bit before the stream is reserved. */
    return (type <= 0xa || type == 0xc || type == 0x10) && length <= FRAME_LONGEST && !(header[5] & 0x80);
}

/* The preface of a client stands where a frame's header would, and is as long as one with a body of 15 bytes. */
static __always_inline int frame_is_preface(const struct frames *state)
{
    const __u8 *header = state->header;
    return header[0] == 'P' && header[1] == 'R' && header[2] == 'I' && header[3] == ' ' && header[4] == '*';
}

/* One step of a walk over frames. Returns whether another may follow. */
__noinline int frame_step(struct scratch *scratch)
{
    if (!scratch)
        return 0;
    struct framing *f = &scratch->framing;
    __u32 left = f->length - f->at;
    __u32 count;
    if (left == 0 || f->at > f->length)
        return 0;
    if (f->state.remaining == 0) {
        __u32 partial = f->state.partial;
        if (partial >= FRAME_HEADER)
            partial = 0;
        count = FRAME_HEADER - partial;
        if (count > left)
            count = left;
        f->is_bad = !frame_copy(scratch, count);
        for (__u32 index = 0; index < FRAME_HEADER; index++) {
            __u32 from = f->out + index;
            __u32 to = partial + index;
            if (index >= count || from >= PAYLOAD_MAXIMUM || to >= sizeof(f->state.header))
                break;
            f->state.header[to] = scratch->payload[from];
        }
        if (f->is_bad || (!f->is_trial && !frame_keep(f, count))) {
            f->is_bad = 1;
            return 0;
        }
        f->at += count;
        f->state.partial = partial + count;
        if (f->state.partial < FRAME_HEADER)
            return 0;
        if (frame_is_preface(&f->state)) {
            f->state.partial = 0;
            f->state.remaining = 15;
            f->state.kept = 15;
        } else if (!frame_begins(&f->state)) {
            f->is_bad = 1;
            return 0;
        }
        return 1;
    }
    count = f->state.kept != 0 ? f->state.kept : f->state.remaining;
    if (count > left)
        count = left;
    if (f->state.kept != 0) {
        if (!f->is_trial && (!frame_copy(scratch, count) || !frame_keep(f, count))) {
            f->is_bad = 1;
            return 0;
        }
        f->state.kept -= count;
    }
    f->state.remaining -= count;
    f->at += count;
    return 1;
}

/* Walks over a call's frames; returns whether it came to the call's end. */
static __always_inline int frames_walk(struct scratch *scratch, int is_trial)
{
    struct framing *f = &scratch->framing;
    f->at = 0;
    f->out = 0;
    f->ranges = 0;
    f->is_bad = 0;
    f->is_trial = is_trial;
    for (int step = 0; step < FRAME_STEPS; step++)
        if (!frame_step(scratch))
            break;
    return !f->is_bad && f->at == f->length;
}

/* Writes the ranges behind what was kept. */
__noinline int frames_ranges(struct scratch *scratch)
{
    if (!scratch)
        return 0;
    struct framing *f = &scratch->framing;
    for (__u32 index = 0; index < FRAME_RANGES; index++) {
        __u32 at = f->out + index * sizeof(struct interspan_range);
        barrier_var(at);
        if (index >= f->ranges || at > PAYLOAD_MAXIMUM)
            break;
        __builtin_memcpy(&scratch->payload[at], &f->range[index], sizeof(struct interspan_range));
    }
    return 0;
}

/* Fills the payload with what is wanted of an HTTP/2 call. Returns 0 when where its frames begin is not known. */
static __always_inline int fill_frames(struct scratch *scratch, const struct source *source)
{
    struct interspan_record *record = &scratch->record;
    struct framing *f = &scratch->framing;
    __u32 key = record->socket % INTERSPAN_MODE_SLOTS;
    struct frame_slot *slot = bpf_map_lookup_elem(&frame_slots, &key);
    if (!slot)
        return 0;
    struct frames *state = &slot->directions[record->direction == INTERSPAN_DIRECTION_SEND ? 0 : 1];
    if (slot->socket != record->socket) {
        slot->directions[0].is_known = 0;
        slot->directions[1].is_known = 0;
        slot->socket = record->socket;
    }
    f->address = source->address;
    f->vectors = source->vectors;
    f->is_plain = source->is_plain;
    f->length = record->length;
    f->state = *state;
    if (!state->is_known || state->position != record->sequence) {
        state->is_known = 0;
        f->state = (struct frames){};
        if (!frames_walk(scratch, 1) || f->state.remaining != 0 || f->state.partial != 0)
            return 0;
        f->state = (struct frames){};
    }
    state->is_known = 0;
    if (!frames_walk(scratch, 0))
        return 0;
    f->state.position = record->sequence + record->length;
    f->state.is_known = 1;
    *state = f->state;
    record->head_length = f->out;
    if (f->out != record->length) {
        frames_ranges(scratch);
        record->tail_length = f->ranges * sizeof(struct interspan_range);
        record->flags |= INTERSPAN_FLAG_RANGES;
    }
    return 1;
}

#endif
