/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * UDP is watched for DNS alone, by the port of either end. Who the peer is stands in the socket where it is connected, else
 * with each datagram: in what the process passed to the call that sent it, or is given by the one that received it.
 */
#ifndef INTERSPAN_DATAGRAM_H
#define INTERSPAN_DATAGRAM_H

#include "address.h"
#include "maps/datagrams.h"
#include "payload.h"
#include "record.h"

/* The other end of one datagram. */
struct peer {
    __u16 family; /* AF_INET or AF_INET6 */
    __u16 port;   /* host byte order; 0 when it is not known */
    __u32 address[4];
};

/* Whether a UDP socket's datagram may be DNS: cheap, and the answer to most. One that is not connected may ask any server,
 * and be answered when it has. */
static __always_inline int may_be_dns(enum way way, struct sock *sk, __u8 direction)
{
    __u16 peer = __builtin_bswap16(READ(way, sk, __sk_common.skc_dport));
    if (peer == INTERSPAN_DATAGRAM_PORT || READ(way, sk, __sk_common.skc_num) == INTERSPAN_DATAGRAM_PORT)
        return 1;
    if (peer != 0)
        return 0;
    if (direction == INTERSPAN_DIRECTION_SEND)
        return 1;
    const struct socket_state *state = socket_found(way, sk);
    return state && (state->flags & SOCKET_ASKS);
}

static __always_inline void read_name(const struct source *source, __u32 offset, void *to, __u32 size)
{
    if (source->is_kernel_name)
        bpf_probe_read_kernel(to, size, (void *)(source->name + offset));
    else
        bpf_probe_read_user(to, size, (void *)(source->name + offset));
}

/* The address that a call has for its datagram. */
static __always_inline void name_peer(struct peer *peer, const struct source *source)
{
    struct user_sockaddr name = {};
    if (source->name == 0)
        return;
    read_name(source, 0, &name, sizeof(name));
    peer->family = name.family;
    peer->port = __builtin_bswap16(name.port);
    if (name.family == AF_INET) {
        peer->address[0] = name.address;
    } else if (name.family == AF_INET6) {
        read_name(source, sizeof(name), peer->address, sizeof(peer->address));
        if (is_mapped(peer->address)) {
            peer->family = AF_INET;
            peer->address[0] = peer->address[3];
        }
    } else {
        peer->port = 0;
    }
}

/* The peer of a connected socket. */
static __always_inline void connected_peer(struct peer *peer, struct sock *sk, __u16 port)
{
    peer->port = port;
    peer->family = BPF_CORE_READ(sk, __sk_common.skc_family);
    if (peer->family == AF_INET6) {
        BPF_CORE_READ_INTO((struct in6_addr *)peer->address, sk, __sk_common.skc_v6_daddr);
        if (!is_mapped(peer->address))
            return;
        peer->family = AF_INET;
    }
    peer->address[0] = BPF_CORE_READ(sk, __sk_common.skc_daddr);
}

/* Finds a datagram's peer; false when it is no DNS. */
static __always_inline int find_peer(enum way way, struct peer *peer, struct sock *sk, const struct source *source)
{
    __u16 port = __builtin_bswap16(READ(way, sk, __sk_common.skc_dport));
    if (port != 0)
        connected_peer(peer, sk, port);
    else
        name_peer(peer, source);
    /* A sender that is not known was asked, or may_be_dns would not have passed it. */
    return peer->port == 0 || peer->port == INTERSPAN_DATAGRAM_PORT ||
           READ(way, sk, __sk_common.skc_num) == INTERSPAN_DATAGRAM_PORT;
}

/* This end, as the socket has it: with every address where it is bound to none. */
static __always_inline void describe_receiver(struct receiver *receiver, struct sock *sk)
{
    receiver->network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
    receiver->port = BPF_CORE_READ(sk, __sk_common.skc_num);
    receiver->is_ipv6 = BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6;
    if (receiver->is_ipv6)
        BPF_CORE_READ_INTO((struct in6_addr *)receiver->address, sk, __sk_common.skc_v6_rcv_saddr);
    else
        receiver->address[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
}

/* Both ends. An IPv6 socket may have spoken to an IPv4 peer. */
static __always_inline void describe_datagram(struct interspan_record *record, const struct receiver *receiver,
                                              const struct peer *peer)
{
    __u32 *local = (__u32 *)record->local_address;
    __u32 *remote = (__u32 *)record->peer_address;
    int is_ipv4 = peer->port != 0 ? peer->family == AF_INET : !receiver->is_ipv6;
    record->flags = INTERSPAN_FLAG_DATAGRAM;
    record->socket = receiver->socket;
    record->network_namespace = receiver->network_namespace;
    record->first_sent = 0;
    record->first_received = 0;
    record->sequence = 0;
    record->family = is_ipv4 ? AF_INET : AF_INET6;
    record->local_port = receiver->port;
    record->peer_port = peer->port;
    for (int word = 0; word < 4; word++) {
        local[word] = is_ipv4 ? 0 : receiver->address[word];
        remote[word] = is_ipv4 && word > 0 ? 0 : peer->address[word];
    }
    if (is_ipv4)
        local[0] = receiver->is_ipv6 ? receiver->address[3] : receiver->address[0];
}

#endif
