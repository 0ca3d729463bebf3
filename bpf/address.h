/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Who is at either end of a socket, and where a connection's numbers begin. Read by probe reads in every way of
 * hooking, since it is done once in a socket's life.
 */
#ifndef INTERSPAN_ADDRESS_H
#define INTERSPAN_ADDRESS_H

#include "maps/own.h"
#include "maps/sockets.h"
#include "settings.h"

/* An IPv4 address in an IPv6 socket (::ffff:a.b.c.d): its peer has it as IPv4, and both ends must agree. */
static __always_inline int is_mapped(const __u32 *address)
{
    return address[0] == 0 && address[1] == 0 && address[2] == __builtin_bswap32(0xffff);
}

static __always_inline void fill_internet(struct socket_state *state, struct sock *sk)
{
    state->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
    state->peer_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
    if (state->family == AF_INET6) {
        BPF_CORE_READ_INTO((struct in6_addr *)state->local_address, sk, __sk_common.skc_v6_rcv_saddr);
        BPF_CORE_READ_INTO((struct in6_addr *)state->peer_address, sk, __sk_common.skc_v6_daddr);
        if (!is_mapped((const __u32 *)state->peer_address))
            return;
        state->family = AF_INET;
    }
    __builtin_memset(state->local_address, 0, sizeof(state->local_address));
    __builtin_memset(state->peer_address, 0, sizeof(state->peer_address));
    *(__u32 *)state->local_address = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
    *(__u32 *)state->peer_address = BPF_CORE_READ(sk, __sk_common.skc_daddr);
}

/* Whether the other end of an AF_UNIX connection is the agent, which asks container runtimes: it is by its number in its own
 * namespace, the last that it has. */
static __always_inline int is_other_end_of_agent(struct sock *sk)
{
    struct pid *peer = BPF_CORE_READ(sk, sk_peer_pid);
    if (!peer)
        return 0;
    struct upid *own = __builtin_preserve_access_index(&peer->numbers[0]);
    own = (void *)own + (BPF_CORE_READ(peer, level) & 31) * bpf_core_type_size(struct upid);
    return (__u32)BPF_CORE_READ(own, nr) == settings.agent_pid &&
           BPF_CORE_READ(own, ns, ns.inum) == (__u32)settings.pid_namespace_ino;
}

/* Numbers that both ends know each other by. An accepted socket has an inode only once accept() has returned, while its
 * peer may long have written; so a connection is known by the inode of the end that connected, which as a rule has no
 * name, while an accepted socket has its listener's. Where both or neither have one (a client that bound itself, a
 * socketpair), by both inodes. A peer that is gone is 0. */
static __always_inline void fill_unix(struct socket_state *state, struct sock *sk)
{
    const __u64 accepted = 1ull << 63;
    struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
    __u64 local = socket_inode(sk);
    __u64 remote = peer ? socket_inode(peer) : 0;
    int is_named = BPF_CORE_READ((struct unix_sock *)sk, addr) != NULL;
    int is_peer_named = peer && BPF_CORE_READ((struct unix_sock *)peer, addr) != NULL;
    if (is_peer_named && !is_named)
        remote = local | accepted;
    else if (remote != 0 && is_named && !is_peer_named)
        local = remote | accepted;
    *(__u64 *)state->local_address = local;
    *(__u64 *)state->peer_address = remote;
}

/* Both ends' addresses, the family and the network namespace. `bound`: they will not change any more. */
static __always_inline void fill_addresses(struct socket_state *state, struct sock *sk, int bound)
{
    if (state->flags & SOCKET_ADDRESSED)
        return;
    state->family = BPF_CORE_READ(sk, __sk_common.skc_family);
    state->network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
    if (state->family == AF_UNIX) {
        fill_unix(state, sk);
        if (is_other_end_of_agent(sk))
            state->flags |= SOCKET_OWN;
    } else {
        fill_internet(state, sk);
    }
    if (bound)
        state->flags |= SOCKET_ADDRESSED;
}

/* A FIN has been sent, if all that was queued has been: it is the last thing queued. */
static __always_inline int fin_may_be_sent(__u8 state)
{
    return state == STATE_FIN_WAIT1 || state == STATE_FIN_WAIT2 || state == STATE_CLOSING ||
           state == STATE_TIME_WAIT || state == STATE_LAST_ACK;
}

/* Fixes the numbers of the first byte of each direction. The socket's lock is not held, so segments may be sent and
 * received meanwhile, between whose updates the difference is wrong: `snd_una - bytes_acked`, whose parts are updated
 * together, is at most one less than the right one, and tells. */
static __always_inline void fill_first(struct socket_state *state, struct tcp_sock *tcp)
{
    if (state->flags & SOCKET_SEQUENCED)
        return;
    for (int attempt = 0; attempt < 3; attempt++) {
        __u32 received_before = BPF_CORE_READ(tcp, rcv_nxt);
        __u32 received = BPF_CORE_READ(tcp, bytes_received);
        __u32 next = BPF_CORE_READ(tcp, snd_nxt);
        __u32 sent = (__u32)BPF_CORE_READ(tcp, bytes_sent) - (__u32)BPF_CORE_READ(tcp, bytes_retrans);
        __u8 phase = BPF_CORE_READ((struct sock *)tcp, __sk_common.skc_state);
        if (fin_may_be_sent(phase) && next == BPF_CORE_READ(tcp, write_seq))
            next--;
        __u32 acknowledged = BPF_CORE_READ(tcp, snd_una) - (__u32)BPF_CORE_READ(tcp, bytes_acked);
        state->first_sent = next - sent;
        state->first_received = received_before - received;
        if (state->first_sent - acknowledged <= 1 && BPF_CORE_READ(tcp, rcv_nxt) == received_before) {
            state->flags |= SOCKET_SEQUENCED;
            if (is_other_end_of_own(state->first_sent, state->first_received))
                state->flags |= SOCKET_OWN;
            return;
        }
    }
}

#endif
