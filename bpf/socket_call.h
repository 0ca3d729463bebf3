/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * sock and fexit: a program is called for a socket and the number of bytes that one message moved. Which call it was
 * and where its buffers lie stands in the thread's saved registers (bpf_task_pt_regs: 5.15).
 */
#ifndef INTERSPAN_SOCKET_CALL_H
#define INTERSPAN_SOCKET_CALL_H

#include "calls.h"
#include "connection.h"
#include "descriptor.h"
#include "transfer.h"

/* Which message of a recvmmsg or sendmmsg this is. The kernel writes each one's length into the array after the hook;
 * where the one before does not have the length that was seen, this is another call on the same array. */
static __always_inline __u64 next_message(struct task_struct *task, __u64 messages, __u64 vectors, __u32 length)
{
    struct thread_state *thread = thread_state_made(task);
    if (!thread)
        return messages;
    __u32 index = thread->messages == messages && thread->index < vectors ? thread->index : 0;
    if (index != 0) {
        __u32 previous = 0;
        __u64 at = messages + (index - 1) * sizeof(struct user_mmsghdr) + offsetof(struct user_mmsghdr, length);
        bpf_probe_read_user(&previous, sizeof(previous), (void *)at);
        if (previous != thread->previous)
            index = 0;
    }
    thread->messages = messages;
    thread->previous = length;
    thread->index = index + 1;
    return messages + index * sizeof(struct user_mmsghdr);
}

/* A recvmmsg that finds nothing more ends: its array begins anew. */
static __always_inline void messages_end(struct task_struct *task, struct pt_regs *regs)
{
    if (CALL_NUMBER(regs) != NUMBER_RECVMMSG && CALL_NUMBER(regs) != NUMBER_SENDMMSG)
        return;
    struct thread_state *thread = thread_state(task);
    if (thread)
        thread->index = 0;
}

/* Finds a call's buffers. Sets `unread` where there are none. */
static __always_inline void find_source(struct transfer *t, struct task_struct *task, struct sock *sk,
                                        struct pt_regs *regs)
{
    __u64 address = CALL_ARGUMENT_2(regs);
    __u64 vectors = CALL_ARGUMENT_3(regs);
    t->call = CALL_IS_32_BIT(task) ? INTERSPAN_CALL_UNKNOWN : call_of(CALL_NUMBER(regs));
    /* io_uring works with the registers of whatever call its thread is in, or was in when it began. */
    if (!CALL_IS_32_BIT(task) && (t->call == INTERSPAN_CALL_UNKNOWN ||
                                  (uses_io_uring(task) && descriptor_socket(task, CALL_ARGUMENT_1(regs)) != sk)))
        t->call = INTERSPAN_CALL_IO_URING;
    switch (t->call) {
    case INTERSPAN_CALL_SENDTO:
        if (!t->source.is_kernel_name)
            t->source.name = CALL_ARGUMENT_5(regs);
        /* fallthrough */
    case INTERSPAN_CALL_READ:
    case INTERSPAN_CALL_WRITE:
    case INTERSPAN_CALL_RECVFROM:
        t->source.address = address;
        t->source.is_plain = 1;
        break;
    case INTERSPAN_CALL_READV:
    case INTERSPAN_CALL_WRITEV:
        t->source.address = address;
        t->source.vectors = vectors;
        break;
    case INTERSPAN_CALL_RECVMMSG:
    case INTERSPAN_CALL_SENDMMSG:
        address = next_message(task, address, vectors, t->length);
        /* fallthrough */
    case INTERSPAN_CALL_RECVMSG:
    case INTERSPAN_CALL_SENDMSG:
        message_source(&t->source, address);
        break;
    default:
        t->unread = 1;
    }
}

/* A server that does not connect its socket received a datagram: whose it is will be known when the call returns. Returns
 * whether that is being watched. */
static __always_inline int leave_to_return(struct counter_row *row, struct task_struct *task, struct sock *sk, __u8 call,
                                           __u32 descriptor)
{
    __u32 bit = call == INTERSPAN_CALL_RECVFROM  ? INTERSPAN_DATAGRAM_CALL_RECVFROM
                : call == INTERSPAN_CALL_RECVMSG ? INTERSPAN_DATAGRAM_CALL_RECVMSG
                : call == INTERSPAN_CALL_RECVMMSG ? INTERSPAN_DATAGRAM_CALL_RECVMMSG : 0;
    if (!(datagram_calls.watched & bit)) {
        datagram_calls.wanted |= bit;
        return 0;
    }
    struct socket_state *state = socket_made(WAY_TYPED, sk);
    struct thread_state *thread = thread_state_made(task);
    if (!state || !thread)
        return 0;
    /* The return of a call that began before its returns were watched was not seen. One recvmmsg comes here for each of its
     * messages. */
    if (thread->receiver.socket != 0 && call != INTERSPAN_CALL_RECVMMSG)
        count_without_state(row);
    describe_receiver(&thread->receiver, sk);
    thread->receiver.socket = state->number;
    thread->descriptor = descriptor;
    return 1;
}

/* A datagram through a UDP socket. A function of its own for the room on the stack. */
static __noinline int datagram_call(enum slot slot, struct counter_row *row, const struct known_process *process,
                                    struct sock *sk, struct transfer *t)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
    t->is_datagram = 1;
    find_source(t, task, sk, regs);
    if (!t->source.is_kernel_name && t->direction == INTERSPAN_DIRECTION_RECEIVE) {
        /* Not written yet, or left from another call. */
        t->source.name = 0;
        if (sk->__sk_common.skc_dport == 0 && sk->__sk_common.skc_num == INTERSPAN_DATAGRAM_PORT &&
            leave_to_return(row, task, sk, t->call, CALL_ARGUMENT_1(regs)))
            return 0;
    }
    record_datagram(WAY_TYPED, slot, row, task, process, sk, t);
    return 0;
}

/* One message moved `result` bytes through a socket, or none. `message`: the kernel's own description of it, where it is
 * to be had. */
static __always_inline int socket_call(enum slot slot, struct sock *sk, const struct msghdr *message, long result,
                                       __u8 direction)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct counter_row *row = row_of(slot);
    if (!row)
        return 0;
    if (result <= 0) {
        struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
        if (may_be_the_end(direction, sk->__sk_common.skc_family, result) && !asks_nothing(regs))
            finds_the_end(WAY_TYPED, row, task, sk);
        messages_end(task, regs);
        return 0;
    }
    enum watched watched = is_watched(WAY_TYPED, sk, direction);
    if (watched == WATCHED_NOT || (task->flags & PF_KTHREAD))
        return 0;
    const struct known_process *process = process_of(slot, task);
    if (!process)
        return 0;
    if (process_is_own(row, process->number)) {
        if (watched == WATCHED_DATAGRAM)
            own_datagram_noted(sk->__sk_common.skc_num);
        return 0;
    }
    if (socket_is_elsewhere(WAY_TYPED, row, sk) || known_is_left_out(row, task, process))
        return 0;
    struct transfer t = {.length = result, .direction = direction};
    if (watched == WATCHED_DATAGRAM) {
        if (message) {
            t.source.name = (__u64)message->msg_name;
            t.source.is_kernel_name = 1;
        }
        return datagram_call(slot, row, process, sk, &t);
    }
    find_source(&t, task, sk, (struct pt_regs *)bpf_task_pt_regs(task));
    if (t.call == INTERSPAN_CALL_IO_URING)
        count(row, INTERSPAN_COUNTER_IO_URING);
    record_transfer(WAY_TYPED, slot, row, task, process, sk, &t);
    return 0;
}

#endif
