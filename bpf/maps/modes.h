/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * modes: how much of which socket's bytes is wanted. Written by the agent alone, through a mapping, without a system
 * call; read for every call. Nothing is evicted: a slot is written again for another socket.
 */
#ifndef INTERSPAN_MAPS_MODES_H
#define INTERSPAN_MAPS_MODES_H

#include "../kernel.h"
#include "interspan.h"

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, INTERSPAN_MODE_SLOTS);
    __type(key, __u32);
    __type(value, struct interspan_socket_mode);
} modes SEC(".maps");

struct mode {
    __u32 until;
    __u8 mode; /* enum interspan_mode */
    __u8 reserved[3];
};

static __always_inline struct mode mode_of(__u64 socket, __u8 direction)
{
    struct mode mode = {};
    __u32 slot = socket % INTERSPAN_MODE_SLOTS;
    const struct interspan_socket_mode *entry = bpf_map_lookup_elem(&modes, &slot);
    if (entry && entry->socket == socket) {
        int sends = direction == INTERSPAN_DIRECTION_SEND;
        mode.mode = sends ? entry->send : entry->receive;
        mode.until = sends ? entry->send_until : entry->receive_until;
    }
    return mode;
}

#endif
