/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Threads and processes: made, replaced, ended. For every process but those filtered, whether it has sockets or not.
 */
#ifndef INTERSPAN_LINEAGE_H
#define INTERSPAN_LINEAGE_H

#include "event.h"

/* Describes the current thread; false when its process or its network namespace is filtered. */
static __always_inline int lineage_begin(struct counter_row *row, struct interspan_record *record,
                                         struct task_struct *task)
{
    __u32 number = namespace_pid(task);
    if (process_is_filtered(row, number) || namespace_is_filtered(row, task->nsproxy->net_ns->ns.inum))
        return 0;
    describe_thread(record, task, number);
    record->network_namespace = task->nsproxy->net_ns->ns.inum;
    return 1;
}

/* In the parent's context, for threads as well as processes. Arguments: parent, child. */
SEC("tp_btf/sched_process_fork")
int process_fork(unsigned long long *context)
{
    struct task_struct *child = (struct task_struct *)context[1];
    struct interspan_record record = {};
    struct counter_row *row = row_of(SLOT_FORK);
    if (row && lineage_begin(row, &record, bpf_get_current_task_btf())) {
        record.peer_pid = child->tgid;
        record.peer_tid = child->pid;
        event_submit(row, &record, INTERSPAN_KIND_FORK);
    }
    return 0;
}

SEC("tp_btf/sched_process_exec")
int process_exec(void *context)
{
    (void)context;
    struct interspan_record record = {};
    struct counter_row *row = row_of(SLOT_EXEC);
    if (row && lineage_begin(row, &record, bpf_get_current_task_btf()))
        event_submit(row, &record, INTERSPAN_KIND_EXEC);
    return 0;
}

/* Comes before the process's sockets are closed. Two last threads that end at the same instant may both report it. */
SEC("tp_btf/sched_process_exit")
int process_exit(void *context)
{
    (void)context;
    struct interspan_record record = {};
    struct task_struct *task = bpf_get_current_task_btf();
    struct counter_row *row = row_of(SLOT_EXIT);
    if (row && task->signal->live.counter == 0 && lineage_begin(row, &record, task))
        event_submit(row, &record, INTERSPAN_KIND_EXIT);
    return 0;
}

#endif
