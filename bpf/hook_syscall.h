/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way over every system call's return (5.12), where neither of the others is to be had: it costs something on each
 * call, and finds its socket by walking the table of descriptors. What io_uring moves does not come by.
 */
#ifndef INTERSPAN_HOOK_SYSCALL_H
#define INTERSPAN_HOOK_SYSCALL_H

#include "calls.h"
#include "connection.h"
#include "descriptor.h"
#include "transfer.h"

/* Most messages of a recvmmsg or sendmmsg that have a record each; those after them have their length in one. */
#define MESSAGES_MAXIMUM 32

static __always_inline __u8 direction_of(__u8 call)
{
    switch (call) {
    case INTERSPAN_CALL_READ:
    case INTERSPAN_CALL_READV:
    case INTERSPAN_CALL_RECVFROM:
    case INTERSPAN_CALL_RECVMSG:
    case INTERSPAN_CALL_RECVMMSG: return INTERSPAN_DIRECTION_RECEIVE;
    default: return INTERSPAN_DIRECTION_SEND;
    }
}

static __always_inline int call_peeks(__u8 call, struct pt_regs *regs)
{
    if (call == INTERSPAN_CALL_RECVMSG)
        return CALL_ARGUMENT_3(regs) & MSG_ELSEWHERE;
    return (call == INTERSPAN_CALL_RECVFROM || call == INTERSPAN_CALL_RECVMMSG) && (CALL_ARGUMENT_4(regs) & MSG_ELSEWHERE);
}

static __always_inline __u32 message_length(__u64 messages, __u32 index)
{
    __u32 length = 0;
    __u64 at = messages + index * sizeof(struct user_mmsghdr) + offsetof(struct user_mmsghdr, length);
    bpf_probe_read_user(&length, sizeof(length), (void *)at);
    return length;
}

/* What the messages from one on moved together. Those beyond 16 times the bound are not followed. */
static __noinline __u32 messages_length(__u64 messages, __u32 first, __u32 count)
{
    __u32 sum = 0;
    for (__u32 index = first; index < count && index < 16 * MESSAGES_MAXIMUM; index++)
        sum += message_length(messages, index);
    return sum;
}

/* Global functions, which the verifier looks at once, for their three callers and for the loop. Two, since the stack has
 * not room for both at once. */
__noinline int record_one_transfer(__u64 sk, const struct transfer *t, const struct known_process *process)
{
    struct counter_row *row = row_of(SLOT_SEND);
    if (t && row && process)
        record_transfer(WAY_ADDRESS, SLOT_SEND, row, bpf_get_current_task_btf(), process, (struct sock *)sk, t);
    return 0;
}

__noinline int record_one_datagram(__u64 sk, const struct transfer *t, const struct known_process *process)
{
    struct counter_row *row = row_of(SLOT_SEND);
    if (t && row && process)
        record_datagram(WAY_ADDRESS, SLOT_SEND, row, bpf_get_current_task_btf(), process, (struct sock *)sk, t);
    return 0;
}

static __always_inline void record_one(__u64 sk, const struct transfer *t, const struct known_process *process)
{
    if (t->is_datagram)
        record_one_datagram(sk, t, process);
    else
        record_one_transfer(sk, t, process);
}

static __always_inline void record_messages(const struct known_process *process, struct sock *sk, struct transfer *t,
                                            __u64 messages, __u32 count)
{
    __u32 after = messages_length(messages, 0, count);
    for (__u32 index = 0; index < MESSAGES_MAXIMUM; index++) {
        if (index >= count)
            return;
        t->length = message_length(messages, index);
        after -= t->length;
        t->after = after;
        message_source(&t->source, messages + index * sizeof(struct user_mmsghdr));
        if (t->length != 0)
            record_one((__u64)sk, t, process);
    }
    if (after == 0 || t->is_datagram)
        return;
    t->length = after;
    t->after = 0;
    t->unread = 1;
    record_one((__u64)sk, t, process);
}

static __always_inline void call_returned(struct task_struct *task, struct pt_regs *regs, __u8 call, long result)
{
    struct transfer t = {.length = result, .call = call, .direction = direction_of(call)};
    struct counter_row *row = row_of(SLOT_SEND);
    struct sock *sk;
    if (call == INTERSPAN_CALL_SPLICE) {
        sk = descriptor_socket(task, CALL_ARGUMENT_3(regs));
        if (!sk) {
            sk = descriptor_socket(task, CALL_ARGUMENT_1(regs));
            t.direction = INTERSPAN_DIRECTION_RECEIVE;
        }
    } else {
        sk = descriptor_socket(task, CALL_ARGUMENT_1(regs));
    }
    if (!sk || !row || call_peeks(call, regs))
        return;
    if (result <= 0) {
        if (may_be_the_end(t.direction, BPF_CORE_READ(sk, __sk_common.skc_family), result) && !asks_nothing(regs))
            finds_the_end(WAY_ADDRESS, row, task, sk);
        return;
    }
    enum watched watched = is_watched(WAY_ADDRESS, sk, t.direction);
    if (watched == WATCHED_NOT)
        return;
    t.is_datagram = watched == WATCHED_DATAGRAM;
    const struct known_process *process = process_of(SLOT_SEND, task);
    if (!process)
        return;
    if (process_is_own(row, process->number)) {
        if (t.is_datagram)
            own_datagram_noted(BPF_CORE_READ(sk, __sk_common.skc_num));
        return;
    }
    if (socket_is_elsewhere(WAY_ADDRESS, row, sk) || known_is_left_out(row, task, process))
        return;
    t.source.address = CALL_ARGUMENT_2(regs);
    t.source.vectors = CALL_ARGUMENT_3(regs);
    if (call == INTERSPAN_CALL_RECVMMSG || call == INTERSPAN_CALL_SENDMMSG) {
        record_messages(process, sk, &t, t.source.address, result);
        return;
    }
    if (call == INTERSPAN_CALL_RECVMSG || call == INTERSPAN_CALL_SENDMSG)
        message_source(&t.source, t.source.address);
    if (call == INTERSPAN_CALL_RECVFROM || call == INTERSPAN_CALL_SENDTO)
        t.source.name = CALL_ARGUMENT_5(regs);
    t.source.is_plain = call == INTERSPAN_CALL_READ || call == INTERSPAN_CALL_WRITE ||
                        call == INTERSPAN_CALL_RECVFROM || call == INTERSPAN_CALL_SENDTO;
    t.unread = call == INTERSPAN_CALL_SENDFILE || call == INTERSPAN_CALL_SPLICE;
    record_one((__u64)sk, &t, process);
}

/* Arguments: struct pt_regs *, result. */
SEC("tp_btf/sys_exit")
int syscall_exit(unsigned long long *context)
{
    struct pt_regs *regs = (struct pt_regs *)context[0];
    long result = context[1];
    struct task_struct *task = bpf_get_current_task_btf();
    if (CALL_IS_32_BIT(task))
        return 0;
    if (call_waits(CALL_NUMBER(regs))) {
        turn_begins();
        return 0;
    }
    __u8 call = call_of(CALL_NUMBER(regs));
    if (call != INTERSPAN_CALL_UNKNOWN && (result > 0 || is_final(result)))
        call_returned(task, regs, call, result);
    return 0;
}

#endif
