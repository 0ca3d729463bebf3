/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * threads: what is remembered of a thread. Written by the programs that see it return from waiting, by those that
 * follow a recvmmsg or sendmmsg, and by the one that leaves a datagram's record to the call's return; read when a record
 * is made. The kernel frees it with the thread.
 * (Task storage in tracing programs: 5.12.)
 */
#ifndef INTERSPAN_MAPS_THREADS_H
#define INTERSPAN_MAPS_THREADS_H

#include "../kernel.h"

/* A UDP socket that received in the current call. */
struct receiver {
    __u64 socket; /* its number; 0 for none */
    __u32 network_namespace;
    __u16 port;
    __u16 is_ipv6;
    __u32 address[4];
};

struct thread_state {
    __u64 messages;   /* the array that the current recvmmsg or sendmmsg works on */
    __u32 index;      /* which of its messages comes next; 0 outside such a call */
    __u32 previous;   /* bytes that the message before moved */
    __u32 turn;       /* how often the thread has returned from waiting for readiness */
    __u32 descriptor; /* by which it called what the receiver is of */
    struct receiver receiver;
};

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct thread_state);
} threads SEC(".maps");

static __always_inline struct thread_state *thread_state(struct task_struct *task)
{
    return bpf_task_storage_get(&threads, task, 0, 0);
}

static __always_inline struct thread_state *thread_state_made(struct task_struct *task)
{
    return bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* A thread returned from waiting for readiness. */
static __always_inline void turn_begins(void)
{
    struct thread_state *thread = thread_state_made(bpf_get_current_task_btf());
    if (thread)
        thread->turn++;
}

#endif
