/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * TCP connections: being opened, and closed. AF_UNIX has no such tracepoint: its end is read from a receive that
 * returns nothing (ends_unix).
 */
#ifndef INTERSPAN_CONNECTION_H
#define INTERSPAN_CONNECTION_H

#include "address.h"
#include "event.h"

/* A connection is about to be opened, in the context of the thread that opens it. The local port is often not chosen
 * yet, so what is read of the addresses is not kept. */
static __always_inline void connection_opens(enum way way, struct sock *sk)
{
    struct interspan_record record = {};
    struct task_struct *task = bpf_get_current_task_btf();
    __u32 number = namespace_pid(task);
    if (process_is_filtered(number) || namespace_is_filtered(BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum)))
        return;
    /* A socket may be connected again after it was disconnected: that is another connection. */
    struct socket_state *state = socket_found(way, sk);
    if (state) {
        __u64 inode = state->inode;
        __builtin_memset(state, 0, sizeof(*state));
        state->inode = inode;
    }
    state = socket_made(way, sk);
    if (!state) {
        count(INTERSPAN_COUNTER_HOOKED);
        count(INTERSPAN_COUNTER_DROPPED_NO_STATE);
        return;
    }
    fill_addresses(state, sk, 0);
    describe_thread(&record, task, number);
    describe_socket(&record, state);
    event_submit(&record, INTERSPAN_KIND_OPEN);
}

/* This end can move nothing any more. `by_process`: the current thread did it; else it may be any thread that the
 * segment which ended the connection interrupted. A function of its own for the room that its record takes on the
 * stack. */
static __noinline int connection_closes(struct socket_state *state, int by_process)
{
    struct interspan_record record = {};
    if (state->flags & SOCKET_CLOSED)
        return 0;
    state->flags |= SOCKET_CLOSED;
    if (by_process) {
        struct task_struct *task = bpf_get_current_task_btf();
        describe_thread(&record, task, namespace_pid(task));
    }
    if (state->flags & SOCKET_SEQUENCED)
        record.flags = INTERSPAN_FLAG_SEQUENCED;
    describe_socket(&record, state);
    event_submit(&record, INTERSPAN_KIND_CLOSE);
    return 0;
}

/* Half a close (shutdown of the sending side) is none: the answer may still come. */
static __always_inline int state_changed(enum way way, struct sock *sk, int before, int after)
{
    if (after == STATE_SYN_SENT) {
        connection_opens(way, sk);
        return 0;
    }
    if (after != STATE_FIN_WAIT1 && after != STATE_LAST_ACK && after != STATE_CLOSE)
        return 0;
    struct socket_state *state = socket_found(way, sk);
    if (!state)
        return 0;
    /* close() shuts both directions before it changes the state; a reset does so after. */
    int is_shut = sk->sk_shutdown == SHUTDOWN_BOTH;
    if (after == STATE_CLOSE) {
        int by_process = is_shut && (before == STATE_ESTABLISHED || before == STATE_CLOSE_WAIT ||
                                     before == STATE_SYN_SENT || before == STATE_SYN_RECV);
        connection_closes(state, by_process);
        socket_forgotten(way, sk);
    } else if (is_shut) {
        connection_closes(state, 1);
    }
    return 0;
}

/* Arguments: struct sock *, state before, state after. */
SEC("tp_btf/inet_sock_set_state")
int typed_state(unsigned long long *context)
{
    return state_changed(WAY_TYPED, (struct sock *)context[0], context[1], context[2]);
}

SEC("tp_btf/inet_sock_set_state")
int address_state(unsigned long long *context)
{
    return state_changed(WAY_ADDRESS, (struct sock *)context[0], context[1], context[2]);
}

/* A receive on an AF_UNIX stream returned nothing although it asked for something: once the peer has closed (and not
 * just stopped sending), that is the end. */
static __always_inline void ends_unix(enum way way, struct task_struct *task, struct sock *sk)
{
    if (READ(way, sk, __sk_common.skc_family) != AF_UNIX || READ(way, sk, sk_type) != SOCK_STREAM ||
        READ(way, sk, sk_shutdown) != SHUTDOWN_BOTH)
        return;
    struct socket_state *state = socket_found(way, sk);
    if (state && !process_is_filtered(namespace_pid(task)))
        connection_closes(state, 1);
}

#endif
