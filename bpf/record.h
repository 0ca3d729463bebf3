/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What every record has: who, when, and which socket.
 */
#ifndef INTERSPAN_RECORD_H
#define INTERSPAN_RECORD_H

#include "maps/sockets.h"
#include "maps/threads.h"
#include "interspan.h"

/* Who: the current thread. */
static __always_inline void describe_thread(struct interspan_record *record, struct task_struct *task, __u32 number)
{
    struct thread_state *thread = thread_state(task);
    record->pid = task->tgid;
    record->tid = task->pid;
    record->namespace_pid = number;
    record->turn = thread ? thread->turn : 0;
    record->process_start = task->group_leader->start_boottime;
    record->cgroup = task->cgroups->dfl_cgrp->kn->id;
    __u64 *command = (__u64 *)record->command;
    command[0] = *(__u64 *)&task->comm[0];
    command[1] = *(__u64 *)&task->comm[8];
}

/* Which socket. */
static __always_inline void describe_socket(struct interspan_record *record, const struct socket_state *state)
{
    record->socket = state->number;
    record->network_namespace = state->network_namespace;
    record->first_sent = state->first_sent;
    record->first_received = state->first_received;
    record->family = state->family;
    record->local_port = state->local_port;
    record->peer_port = state->peer_port;
    __builtin_memcpy(record->local_address, state->local_address, sizeof(record->local_address));
    __builtin_memcpy(record->peer_address, state->peer_address, sizeof(record->peer_address));
}

#endif
