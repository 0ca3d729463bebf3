/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * frame_slots: where the directions of HTTP/2 connections stand. A socket's slot is that of its mode (modes.h): another
 * socket that takes the slot begins anew. Written and read by the programs alone.
 */
#ifndef INTERSPAN_MAPS_FRAMES_H
#define INTERSPAN_MAPS_FRAMES_H

#include "../kernel.h"
#include "interspan.h"

/* Bytes of a frame's header (RFC 9113, 4.1). */
#define FRAME_HEADER 9u

/* One direction. */
struct frames {
    __u32 position;  /* the number of the byte that comes next, as in a record's `sequence` */
    __u32 remaining; /* bytes of the frame under way that are to come */
    __u32 kept;      /* how many of these, the next ones, are wanted */
    __u8 header[12]; /* of a frame whose header is cut over calls: its bytes so far */
    __u8 partial;    /* how many */
    __u8 is_known;   /* whether all of this holds */
    __u8 reserved[2];
};

struct frame_slot {
    __u64 socket;
    struct frames directions[2]; /* sent, received */
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, INTERSPAN_MODE_SLOTS);
    __type(key, __u32);
    __type(value, struct frame_slot);
} frame_slots SEC(".maps");

#endif
