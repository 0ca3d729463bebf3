/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * own_datagrams: UDP ports that the agent itself has asked a DNS server from, and when, so that the server's end, when it
 * is on this host, is not recorded either. Written when it asks, read for each question that a server gets; the one that
 * was used least recently makes room.
 *
 * datagram_calls: which calls' returns are watched, or should be (include/interspan.h).
 */
#ifndef INTERSPAN_MAPS_DATAGRAMS_H
#define INTERSPAN_MAPS_DATAGRAMS_H

#include "../kernel.h"
#include "interspan.h"

/* How long a port stays the agent's, ns: it may be another's next. */
#define OWN_DATAGRAM_LIFE 10000000000ull

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, __u64);
} own_datagrams SEC(".maps");

struct interspan_datagram_calls datagram_calls SEC(".data.datagrams");

static __always_inline void own_datagram_noted(__u32 port)
{
    __u64 now = bpf_ktime_get_ns();
    bpf_map_update_elem(&own_datagrams, &port, &now, BPF_ANY);
}

/* Whether the agent has asked from a port just now. */
static __always_inline int is_own_datagram(__u32 port)
{
    const __u64 *noted = bpf_map_lookup_elem(&own_datagrams, &port);
    return noted && bpf_ktime_get_ns() - *noted < OWN_DATAGRAM_LIFE;
}

#endif
