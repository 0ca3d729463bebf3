/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * own_connections: TCP connections that the agent itself has opened or accepted, so that their other ends, when they are
 * on this host, are not recorded either: a local backend would see the agent's exports as requests, whose spans would be
 * exported, and what an SDK sends to the agent is telemetry. Written when such a connection is established, read once
 * for each socket that is met; the one that was used least recently makes room.
 *
 * own_listeners: where the agent listens. Written when it begins to, read for each connection that anybody on the host
 * accepts; never more than its receivers have, and gone with it.
 */
#ifndef INTERSPAN_MAPS_OWN_H
#define INTERSPAN_MAPS_OWN_H

#include "../kernel.h"

/* A connection, by the numbers of each direction's first byte, the agent's first. */
struct own_connection {
    __u32 first_sent;
    __u32 first_received;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, struct own_connection);
    __type(value, __u8);
} own_connections SEC(".maps");

/* A place in a network namespace. */
struct own_listener {
    __u32 network_namespace;
    __u32 port;
};

/* The address that is listened at, as in struct socket_state; all zero for every address. */
struct own_address {
    __u32 words[4];
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 256);
    __type(key, struct own_listener);
    __type(value, struct own_address);
} own_listeners SEC(".maps");

static __always_inline void own_connection_noted(__u32 first_sent, __u32 first_received)
{
    struct own_connection key = {.first_sent = first_sent, .first_received = first_received};
    __u8 value = 1;
    bpf_map_update_elem(&own_connections, &key, &value, BPF_ANY);
}

/* Whether the other end of a socket is the agent. */
static __always_inline int is_other_end_of_own(__u32 first_sent, __u32 first_received)
{
    struct own_connection key = {.first_sent = first_received, .first_received = first_sent};
    return bpf_map_lookup_elem(&own_connections, &key) != NULL;
}

#endif
