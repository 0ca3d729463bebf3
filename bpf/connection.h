/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * TCP connections: being opened, and closed. AF_UNIX has no such tracepoint: that it ends, or that its peer sends nothing
 * more, is read from a receive that returns nothing (finds_the_end).
 */
#ifndef INTERSPAN_CONNECTION_H
#define INTERSPAN_CONNECTION_H

#include "address.h"
#include "event.h"
#include "maps/callers.h"
#include "shed.h"
#include "unit.h"

/* The agent opens a connection: remembered with the socket, until it is established and has its numbers. */
static __always_inline void own_connection_opens(enum way way, struct sock *sk)
{
    struct socket_state *state = socket_made(way, sk);
    if (state)
        state->flags = SOCKET_OWN;
}

/* A connection of the agent's is established: its other end may be on this host. */
static __always_inline void own_connection_established(struct socket_state *state, struct sock *sk)
{
    if (!(state->flags & SOCKET_OWN))
        return;
    fill_first(state, (struct tcp_sock *)sk);
    if (state->flags & SOCKET_SEQUENCED)
        own_connection_noted(state->first_sent, state->first_received);
}

/* The agent begins to listen, or no longer does. */
static __noinline int own_listener_noted(struct sock *sk, int listens)
{
    struct socket_state state = {};
    fill_addresses(&state, sk, 0);
    struct own_listener key = {.network_namespace = state.network_namespace, .port = state.local_port};
    if (!listens) {
        /* The same port of another address may have become ours since. */
        const struct own_address *place = bpf_map_lookup_elem(&own_listeners, &key);
        for (int word = 0; word < 4; word++)
            if (!place || place->words[word] != ((const __u32 *)state.local_address)[word])
                return 0;
        bpf_map_delete_elem(&own_listeners, &key);
        return 0;
    }
    struct own_address address = {};
    __builtin_memcpy(&address, state.local_address, sizeof(address));
    bpf_map_update_elem(&own_listeners, &key, &address, BPF_ANY);
    return 0;
}

/* Somebody has accepted a connection: it is the agent's own if it came where the agent listens. Another process may
 * listen at the same port of another address. The current thread is any that the segment interrupted. */
static __noinline int own_connection_accepted(struct sock *sk)
{
    struct own_listener key = {
        .network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum),
        .port = BPF_CORE_READ(sk, __sk_common.skc_num),
    };
    const struct own_address *place = bpf_map_lookup_elem(&own_listeners, &key);
    if (!place)
        return 0;
    struct socket_state state = {};
    fill_addresses(&state, sk, 0);
    __u32 named = 0, other = 0;
    for (int word = 0; word < 4; word++) {
        named |= place->words[word];
        other |= place->words[word] ^ ((const __u32 *)state.local_address)[word];
    }
    if (named != 0 && other != 0)
        return 0;
    /* Before its other end can be known for one. */
    caller_forgotten(&state);
    fill_first(&state, (struct tcp_sock *)sk);
    if (state.flags & SOCKET_SEQUENCED)
        own_connection_noted(state.first_sent, state.first_received);
    return 0;
}

/* A function of its own for the room that its record takes on the stack: 6.1 rounds every frame up to 32
 * bytes before it compares their sum with 512. */
static __noinline int connection_opened(struct counter_row *row, struct socket_state *state, __u32 number)
{
    struct interspan_record record = {};
    describe_thread(&record, bpf_get_current_task_btf(), number);
    describe_unit(&record, bpf_get_current_task_btf());
    describe_socket(&record, state);
    event_submit(row, &record, INTERSPAN_KIND_OPEN);
    return 0;
}

/* This end can move nothing any more. `by_process`: the current thread did it; else it may be any thread that the
 * segment which ended the connection interrupted. A function of its own for the room that its record takes on the
 * stack. */
static __noinline int connection_closes(struct counter_row *row, struct socket_state *state, int by_process)
{
    struct interspan_record record = {};
    if (state->flags & SOCKET_CLOSED || (state->flags & SOCKET_OWN && !state->is_told))
        return 0;
    state->flags |= SOCKET_CLOSED;
    if (!state->is_told && is_shed(row, state)) {
        count_shed(row);
        return 0;
    }
    if (by_process) {
        struct task_struct *task = bpf_get_current_task_btf();
        describe_thread(&record, task, namespace_pid(task));
    }
    if (state->flags & SOCKET_SEQUENCED)
        record.flags = INTERSPAN_FLAG_SEQUENCED;
    describe_socket(&record, state);
    event_submit(row, &record, INTERSPAN_KIND_CLOSE);
    return 0;
}

/* A connection is about to be opened, in the context of the thread that opens it. The local port is often not chosen
 * yet, so what is read of the addresses is not kept. */
static __always_inline void connection_opens(enum way way, struct counter_row *row, struct sock *sk)
{
    struct task_struct *task = bpf_get_current_task_btf();
    __u32 number = namespace_pid(task);
    if (process_is_own(row, number)) {
        own_connection_opens(way, sk);
        return;
    }
    if (one_namespace_is_watched() && namespace_is_other(row, BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum)))
        return;
    if (process_is_left_out(row, task, number))
        return;
    /* A socket may be connected again after it was disconnected: that is another connection. */
    struct socket_state *state = socket_found(way, sk);
    if (state) {
        if (state->is_told)
            connection_closes(row, state, 1);
        __u64 inode = state->inode;
        __builtin_memset(state, 0, sizeof(*state));
        state->inode = inode;
    }
    state = socket_made(way, sk);
    if (!state) {
        count_without_state(row);
        return;
    }
    fill_addresses(state, sk, 0);
    /* Nobody knows yet whether it will be left out, or that its other end is the agent: it has its numbers, and with them its
     * identity, only when it is established. */
    state->is_told = 1;
    connection_opened(row, state, number);
}

/* Bytes that were received and not read: they still follow, although the connection is gone. */
static __always_inline int has_unread(struct sock *sk)
{
    struct tcp_sock *tcp = (struct tcp_sock *)sk;
    /* A FIN counts one and is no byte. */
    return BPF_CORE_READ(tcp, rcv_nxt) - BPF_CORE_READ(tcp, copied_seq) > 1;
}

/* The peer sends nothing more. TCP: its FIN, which counts one, has just been `received`; what it sent before may still have
 * to be read, and the current thread is any that the segment interrupted. AF_UNIX: all of it has been read. */
static __noinline int peer_closed(struct counter_row *row, struct socket_state *state, __u32 received)
{
    struct interspan_record record = {};
    int is_sequenced = state->flags & SOCKET_SEQUENCED;
    if (state->flags & (SOCKET_CLOSED | SOCKET_OWN | SOCKET_PEER_CLOSED) ||
        (!is_sequenced && state->family != AF_UNIX))
        return 0;
    if (is_shed(row, state)) {
        count_shed(row);
        return 0;
    }
    state->flags |= SOCKET_PEER_CLOSED;
    record.direction = INTERSPAN_DIRECTION_RECEIVE;
    if (is_sequenced) {
        record.flags = INTERSPAN_FLAG_SEQUENCED;
        record.sequence = received - 1;
    }
    describe_socket(&record, state);
    event_submit(row, &record, INTERSPAN_KIND_PEER_CLOSED);
    return 0;
}

/* Half a close (shutdown of the sending side) is none: the answer may still come. */
static __always_inline int state_changed(enum way way, struct sock *sk, int before, int after)
{
    struct counter_row *row = row_of(SLOT_STATE);
    if (!row)
        return 0;
    if (after == STATE_SYN_SENT) {
        connection_opens(way, row, sk);
        return 0;
    }
    if (after == STATE_ESTABLISHED && before == STATE_SYN_SENT) {
        struct socket_state *state = socket_found(way, sk);
        if (state)
            own_connection_established(state, sk);
        return 0;
    }
    if (after == STATE_ESTABLISHED && before == STATE_SYN_RECV) {
        own_connection_accepted(sk);
        return 0;
    }
    if (before == STATE_LISTEN || after == STATE_LISTEN) {
        __u32 number = namespace_pid(bpf_get_current_task_btf());
        if (number != 0 && number == settings.agent_pid)
            own_listener_noted(sk, after == STATE_LISTEN);
        else if (after == STATE_LISTEN && number != 0 && selection.is_on && selection.asks_listeners)
            ask(row, number, sk->__sk_common.skc_num, INTERSPAN_QUESTION_LISTENS);
        return 0;
    }
    if (after == STATE_CLOSE_WAIT || after == STATE_TIME_WAIT || after == STATE_CLOSING) {
        struct socket_state *state = socket_found(way, sk);
        if (state)
            peer_closed(row, state, BPF_CORE_READ((struct tcp_sock *)sk, rcv_nxt));
        return 0;
    }
    if (after != STATE_FIN_WAIT1 && after != STATE_LAST_ACK && after != STATE_CLOSE)
        return 0;
    struct socket_state *state = socket_found(way, sk);
    if (!state)
        return 0;
    /* close() shuts both directions before it changes the state; a reset does so after. Who calls shutdown() when the
     * peer has done so may still read what came before. */
    int is_shut = sk->sk_shutdown == SHUTDOWN_BOTH;
    if (after != STATE_CLOSE) {
        if (is_shut && !has_unread(sk))
            connection_closes(row, state, 1);
        return 0;
    }
    int by_process = is_shut && (before == STATE_ESTABLISHED || before == STATE_CLOSE_WAIT ||
                                 before == STATE_SYN_SENT || before == STATE_SYN_RECV);
    /* Else a segment did: a reset, or the peer's FIN behind one of ours. A call that has taken the last bytes may not have
     * been recorded yet. Whoever has the socket reads on and finds the end, or closes; nobody has it any more where close()
     * was what ended it. */
    if (by_process || before == STATE_SYN_SENT)
        connection_closes(row, state, by_process);
    return 0;
}

/* The last that is seen of a socket: the end of those that a segment ended and that were not read again. */
static __always_inline int destroyed(enum way way, struct sock *sk)
{
    struct counter_row *row = row_of(SLOT_DESTROY);
    struct socket_state *state = socket_found(way, sk);
    if (row && state)
        connection_closes(row, state, 0);
    socket_forgotten(way, sk);
    return 0;
}

/* Whether a call that returned this may have found the end of a stream: nothing, or why the connection is gone. */
static __always_inline int is_final(long result)
{
    return result == 0 || result == -ERROR_RESET || result == -ERROR_TIMED_OUT || result == -ERROR_PIPE;
}

/* Whether it has, if both directions are shut. Who can send nothing more on a TCP connection may still read. */
static __always_inline int may_be_the_end(__u8 direction, __u16 family, long result)
{
    return is_final(result) && (direction == INTERSPAN_DIRECTION_RECEIVE || (family == AF_UNIX && result != 0));
}

/* Whether the other end of an AF_UNIX connection has been closed: it is shut in both directions as well where each end has
 * shut one, or one of them both, and may then still read. */
static __always_inline int unix_peer_is_gone(struct sock *sk)
{
    struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
    return !peer || !BPF_CORE_READ(peer, sk_socket);
}

/* A receive that asked for something returned nothing. Once both directions are shut, and not just the peer's
 * sending one, that is the end: of a TCP connection that a segment ended, and of an AF_UNIX stream, which has no tracepoint of
 * its own, if its peer is gone. So it is when an AF_UNIX stream takes nothing more. Else the peer of an AF_UNIX stream has
 * told that it sends nothing more, as a FIN does. */
static __always_inline void finds_the_end(enum way way, struct counter_row *row, struct task_struct *task,
                                             struct sock *sk)
{
    __u8 shut = READ(way, sk, sk_shutdown);
    if (READ(way, sk, sk_type) != SOCK_STREAM || !(shut & SHUTDOWN_RECEIVING))
        return;
    struct socket_state *state = socket_found(way, sk);
    if (!state || (shut != SHUTDOWN_BOTH && state->family != AF_UNIX))
        return;
    __u32 number = namespace_pid(task);
    if (process_is_own(row, number) || process_is_left_out(row, task, number))
        return;
    if (shut == SHUTDOWN_BOTH && (state->family != AF_UNIX || unix_peer_is_gone(sk)))
        connection_closes(row, state, 1);
    else if (READ(way, sk, sk_receive_queue.qlen) == 0)
        peer_closed(row, state, 0);
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

/* Argument: struct sock *. */
SEC("tp_btf/tcp_destroy_sock")
int typed_destroy(unsigned long long *context)
{
    return destroyed(WAY_TYPED, (struct sock *)context[0]);
}

SEC("tp_btf/tcp_destroy_sock")
int address_destroy(unsigned long long *context)
{
    return destroyed(WAY_ADDRESS, (struct sock *)context[0]);
}

#endif
