/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The body that every way of hooking shares: bytes moved through a socket become a record.
 */
#ifndef INTERSPAN_TRANSFER_H
#define INTERSPAN_TRANSFER_H

#include "datagram.h"
#include "filters.h"
#include "frames.h"
#include "maps/callers.h"
#include "maps/modes.h"
#include "maps/rings.h"
#include "payload.h"
#include "record.h"
#include "shed.h"
#include "unit.h"

/* One message of one call. */
struct transfer {
    struct source source;
    __u32 length;   /* bytes it moved */
    __u32 after;    /* bytes that the same call moved after it */
    __u8 direction; /* enum interspan_direction */
    __u8 call;      /* enum interspan_call */
    __u8 unread;    /* the bytes are not to be had: the length alone */
    __u8 is_datagram;
    __u8 reserved[4];
};

enum watched {
    WATCHED_NOT,
    WATCHED_STREAM,   /* TCP, or an AF_UNIX stream */
    WATCHED_DATAGRAM, /* UDP that may be DNS */
};

/* Whether what moved through a socket is watched. */
static __always_inline enum watched is_watched(enum way way, struct sock *sk, __u8 direction)
{
    __u16 family = READ(way, sk, __sk_common.skc_family);
    if (family == AF_INET || family == AF_INET6) {
        __u16 protocol = READ(way, sk, sk_protocol);
        if (protocol == IPPROTO_TCP)
            return WATCHED_STREAM;
        return protocol == IPPROTO_UDP && may_be_dns(way, sk, direction) ? WATCHED_DATAGRAM : WATCHED_NOT;
    }
    return family == AF_UNIX && READ(way, sk, sk_type) == SOCK_STREAM ? WATCHED_STREAM : WATCHED_NOT;
}

/* Whether a socket's network namespace is not the one to watch; counted. It is not read where all are. */
static __always_inline int socket_is_elsewhere(enum way way, struct counter_row *row, struct sock *sk)
{
    if (!one_namespace_is_watched())
        return 0;
    struct net *net = READ(way, sk, __sk_common.skc_net.net);
    return namespace_is_other(row, READ(way, net, ns.inum));
}

/* The number of the first byte that a transfer moved. */
static __always_inline __u32 tcp_sequence(enum way way, struct sock *sk, struct tcp_sock *tcp,
                                          const struct socket_state *state, const struct transfer *t)
{
    __u32 end;
    if (t->direction == INTERSPAN_DIRECTION_SEND) {
        end = READ(way, tcp, write_seq);
    } else {
        end = READ(way, tcp, copied_seq);
        /* A FIN counts one among the bytes received, and so does taking it, which the same call may have done. A reset
         * leaves the socket in the same state, without any. */
        if ((READ(way, sk, __sk_common.skc_flags) >> SOCK_DONE & 1) &&
            end == state->first_received + (__u32)READ(way, tcp, bytes_received))
            end--;
    }
    return end - t->after - t->length;
}

/* The most bytes that leave the kernel, for this socket's mode. */
static __always_inline __u32 payload_limit(const struct transfer *t, struct mode mode, __u32 sequence)
{
    __u32 limit = settings.payload_limit;
    if (t->unread)
        return 0;
    if (mode.mode == INTERSPAN_MODE_EVERYTHING || mode.mode == INTERSPAN_MODE_HTTP2)
        limit = PAYLOAD_MAXIMUM;
    else if (mode.mode == INTERSPAN_MODE_LENGTHS && (__s32)(mode.until - (sequence + t->length)) >= 0)
        limit = 0;
    return limit < settings.payload_bound ? limit : settings.payload_bound;
}

/* Describes the bytes of a transfer, takes as many of them as are wanted, and submits the record. */
static __always_inline void submit_transfer(enum way way, struct counter_row *row, struct scratch *scratch,
                                            const struct transfer *t, struct mode mode)
{
    struct interspan_record *record = &scratch->record;
    __u32 limit = payload_limit(t, mode, record->sequence);
    record->kind = INTERSPAN_KIND_DATA;
    record->direction = t->direction;
    record->call = t->call;
    record->time = bpf_ktime_get_ns();
    record->length = t->length;
    record->head_length = 0;
    record->tail_length = 0;
    if (t->unread)
        record->flags |= INTERSPAN_FLAG_UNREAD;
    /* The way over system calls has no room for it: before 6.18, all functions of a program share 512 bytes of stack. */
    int has_frames = way == WAY_TYPED && limit != 0 && mode.mode == INTERSPAN_MODE_HTTP2 &&
                     fill_frames(scratch, &t->source);
    if (limit != 0 && !has_frames) {
        fill_payload(scratch, &t->source, cut_of(t->length, limit));
        if (record->head_length == 0) {
            record->flags |= INTERSPAN_FLAG_UNREAD;
            count(row, INTERSPAN_COUNTER_UNREAD);
        }
    }
    __u32 size = record->head_length + record->tail_length;
    barrier_var(size);
    if (size > PAYLOAD_MAXIMUM)
        size = PAYLOAD_MAXIMUM;
    size += sizeof(*record);
    record->size = size;
    submit(row, record, size);
}

/* Makes and submits the record of one datagram. The process has passed its filter. */
static __always_inline void record_datagram(enum way way, enum slot slot, struct counter_row *row,
                                            struct task_struct *task, const struct known_process *process,
                                            struct sock *sk,
                                            const struct transfer *t)
{
    struct peer peer = {};
    struct receiver receiver = {};
    if (!find_peer(way, &peer, sk, &t->source))
        return;
    describe_receiver(&receiver, sk);
    if (receiver.port == INTERSPAN_DATAGRAM_PORT && is_own_datagram(peer.port)) {
        count(row, INTERSPAN_COUNTER_FILTERED_SELF);
        return;
    }
    count(row, INTERSPAN_COUNTER_HOOKED);
    struct socket_state *state = socket_made(way, sk);
    struct scratch *scratch = scratch_of(slot);
    if (!state || !scratch) {
        count(row, INTERSPAN_COUNTER_DROPPED_NO_STATE);
        return;
    }
    if (peer.port == INTERSPAN_DATAGRAM_PORT)
        state->flags |= SOCKET_ASKS;
    receiver.socket = state->number;
    describe_thread(&scratch->record, task, process->number);
    describe_unit_by(&scratch->record, task, layout_of(process));
    describe_datagram(&scratch->record, &receiver, &peer);
    submit_transfer(way, row, scratch, t, (struct mode){});
}

/* Makes and submits the record of one transfer through a stream. The process has passed its filter. */
static __always_inline void record_transfer(enum way way, enum slot slot, struct counter_row *row,
                                            struct task_struct *task, const struct known_process *process,
                                            struct sock *sk,
                                            const struct transfer *t)
{
    struct socket_state *state = socket_made(way, sk);
    if (!state) {
        count_without_state(row);
        return;
    }
    struct mode mode = mode_of(state->number, t->direction);
    if (mode.mode == INTERSPAN_MODE_IGNORED) {
        count(row, INTERSPAN_COUNTER_FILTERED_IGNORED);
        return;
    }
    struct scratch *scratch = scratch_of(slot);
    if (!scratch) {
        count_without_state(row);
        return;
    }
    struct interspan_record *record = &scratch->record;
    fill_addresses(state, sk, 1);
    record->flags = 0;
    if (state->family == AF_UNIX) {
        if (state->flags & SOCKET_OWN) {
            count(row, INTERSPAN_COUNTER_FILTERED_SELF);
            return;
        }
        /* Counted on while the connection is left out, or both ends would number what comes after it differently. */
        __u32 *moved = t->direction == INTERSPAN_DIRECTION_SEND ? &state->sent : &state->received;
        record->sequence = __sync_fetch_and_add(moved, t->length);
    } else {
        struct tcp_sock *tcp = way == WAY_TYPED ? bpf_skc_to_tcp_sock(sk) : (struct tcp_sock *)sk;
        if (tcp) {
            fill_first(state, tcp);
            if (state->flags & SOCKET_OWN) {
                caller_noted(state, scratch);
                count(row, INTERSPAN_COUNTER_FILTERED_SELF);
                return;
            }
            record->sequence = tcp_sequence(way, sk, tcp, state, t);
            record->flags = INTERSPAN_FLAG_SEQUENCED;
        }
    }
    if (is_shed(row, state)) {
        count_shed(row);
        return;
    }
    state->is_told = 1;
    count(row, INTERSPAN_COUNTER_HOOKED);
    describe_thread(record, task, process->number);
    describe_unit_by(record, task, layout_of(process));
    describe_socket(record, state);
    submit_transfer(way, row, scratch, t, mode);
}

#endif
