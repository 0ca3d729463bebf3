/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way over sock_send_length and sock_recv_length (6.3): called for each message of a socket call and for nothing
 * else. splice(2) out of a socket does not come by.
 */
#ifndef INTERSPAN_HOOK_SOCK_H
#define INTERSPAN_HOOK_SOCK_H

#include "socket_call.h"

/* Most datagrams of a recvmmsg that have a record each: libuv asks for 20. */
#define DATAGRAMS_MAXIMUM 32

/* The record of a datagram that the current thread was given. A global function, which the verifier looks at once, for the
 * loop. `message`: where its msghdr, or mmsghdr, lies; 0 for none. */
__noinline int record_returned(__u64 message, struct transfer *t, int is_one_of_many, int slot)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct thread_state *thread = thread_state(task);
    struct counter_row *row = row_of(slot);
    struct scratch *scratch = scratch_of(slot);
    struct peer peer = {};
    if (!t || !thread || !row)
        return 0;
    struct transfer one = *t;
    if (message != 0)
        message_source(&one.source, message);
    if (is_one_of_many)
        bpf_probe_read_user(&one.length, sizeof(one.length),
                            (void *)(message + offsetof(struct user_mmsghdr, length)));
    name_peer(&peer, &one.source);
    if (is_own_datagram(peer.port)) {
        count(row, INTERSPAN_COUNTER_FILTERED_SELF);
        return 0;
    }
    count(row, INTERSPAN_COUNTER_HOOKED);
    if (!scratch) {
        count(row, INTERSPAN_COUNTER_DROPPED_NO_STATE);
        return 0;
    }
    describe_thread(&scratch->record, task, namespace_pid(task));
    describe_unit(&scratch->record, task);
    describe_datagram(&scratch->record, &thread->receiver, &peer);
    submit_transfer(WAY_TYPED, row, scratch, &one, (struct mode){});
    return 0;
}

/* Arguments of both: struct sock *, result, flags. */
SEC("tp_btf/sock_send_length")
int sock_send(unsigned long long *context)
{
    return socket_call(SLOT_SEND, (struct sock *)context[0], NULL, (int)context[1], INTERSPAN_DIRECTION_SEND);
}

SEC("tp_btf/sock_recv_length")
int sock_receive(unsigned long long *context)
{
    if (context[2] & MSG_ELSEWHERE)
        return 0;
    return socket_call(SLOT_RECEIVE, (struct sock *)context[0], NULL, (int)context[1], INTERSPAN_DIRECTION_RECEIVE);
}

/* A call in which a server received datagrams returns: what it was told of their senders is in its memory by now. */
static __always_inline int received_datagrams(enum slot slot, long result)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct thread_state *thread = thread_state(task);
    struct counter_row *row = row_of(slot);
    struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
    if (!thread || !row || thread->receiver.socket == 0)
        return 0;
    if (thread->descriptor != (__u32)CALL_ARGUMENT_1(regs)) {
        /* Of another call, whose return was not seen. */
        thread->receiver.socket = 0;
        count_without_state(row);
        return 0;
    }
    struct transfer t = {
        .length = result,
        .call = call_of(CALL_NUMBER(regs)),
        .direction = INTERSPAN_DIRECTION_RECEIVE,
        .is_datagram = 1,
    };
    __u64 address = CALL_ARGUMENT_2(regs);
    if (result > 0 && t.call == INTERSPAN_CALL_RECVMMSG) {
        for (__u32 index = 0; index < DATAGRAMS_MAXIMUM && index < t.length; index++)
            record_returned(address + index * sizeof(struct user_mmsghdr), &t, 1, slot);
    } else if (result > 0 && t.call == INTERSPAN_CALL_RECVMSG) {
        record_returned(address, &t, 0, slot);
    } else if (result > 0 && t.call == INTERSPAN_CALL_RECVFROM) {
        t.source.address = address;
        t.source.is_plain = 1;
        t.source.name = CALL_ARGUMENT_5(regs);
        record_returned(0, &t, 0, slot);
    }
    thread->receiver.socket = 0;
    return 0;
}

/* Attached as turns are (hook_turn.h), once include/interspan.h says so: to tracepoints, whose context has the result third, or
 * where the kernel has trampolines to the calls' functions, which have one argument, and behind it the result. */
SEC("tracepoint")
int datagram_returns(long *context)
{
    return received_datagrams(SLOT_DATAGRAM, context[2]);
}

#define DATAGRAM_RETURNS(call, slot)                 \
    SEC("fexit/" CALL_FUNCTION(call))                \
    int datagram_returns_##call(long *context)       \
    {                                                \
        return received_datagrams(slot, context[1]); \
    }

DATAGRAM_RETURNS(recvfrom, SLOT_DATAGRAM)
DATAGRAM_RETURNS(recvmsg, SLOT_DATAGRAM_MESSAGE)
DATAGRAM_RETURNS(recvmmsg, SLOT_DATAGRAM_MESSAGES)

#endif
