/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Threads and processes: made, replaced, ended. For every process but those filtered, whether it has sockets or not.
 */
#ifndef INTERSPAN_LINEAGE_H
#define INTERSPAN_LINEAGE_H

#include "event.h"
#include "maps/units.h"

static __always_inline void lineage_describe(struct interspan_record *record, struct task_struct *task, __u32 number)
{
    describe_thread(record, task, number);
    record->network_namespace = task->nsproxy->net_ns->ns.inum;
}

/* Whether the current thread's network namespace is not the one to watch; counted. */
static __always_inline int namespace_is_left_out(struct counter_row *row, struct task_struct *task)
{
    return one_namespace_is_watched() && namespace_is_other(row, task->nsproxy->net_ns->ns.inum);
}

/* Describes the current thread; false when its process or its network namespace is left out. */
static __always_inline int lineage_begin(struct counter_row *row, struct interspan_record *record,
                                         struct task_struct *task)
{
    __u32 number = namespace_pid(task);
    if (process_is_own(row, number) || namespace_is_left_out(row, task) || process_is_left_out(row, task, number))
        return 0;
    lineage_describe(record, task, number);
    return 1;
}

/* The same of one that has just replaced its program, which is to be judged anew: told where it was watched before, which
 * is not known where a thread that was not its first did so and has taken that one's place. */
static __always_inline int lineage_replaced(struct counter_row *row, struct interspan_record *record,
                                            struct task_struct *task, int was_first)
{
    __u32 number = namespace_pid(task);
    if (process_is_own(row, number) || namespace_is_left_out(row, task) ||
        (selection.is_on && !verdict_ended(row, task, number) && was_first))
        return 0;
    lineage_describe(record, task, number);
    return 1;
}

/* In the parent's context, for threads as well as processes. Arguments: parent, child. */
SEC("tp_btf/sched_process_fork")
int process_fork(unsigned long long *context)
{
    struct task_struct *child = (struct task_struct *)context[1];
    struct interspan_record record = {};
    struct task_struct *parent = bpf_get_current_task_btf();
    struct counter_row *row = row_of(SLOT_FORK);
    if (child->tgid != parent->tgid) {
        unit_layout_inherited(parent, child);
        if (row && selection.is_on)
            verdict_inherited(row, parent, child, settings.pid_namespace_ino == INITIAL_PID_NAMESPACE);
    }
    if (row && lineage_begin(row, &record, parent)) {
        record.peer_pid = child->tgid;
        record.peer_tid = child->pid;
        event_submit(row, &record, INTERSPAN_KIND_FORK);
    }
    return 0;
}

/* Arguments: the thread, which is its process's first now, and the number that it had before. */
SEC("tp_btf/sched_process_exec")
int process_exec(unsigned long long *context)
{
    struct interspan_record record = {};
    struct task_struct *task = bpf_get_current_task_btf();
    struct counter_row *row = row_of(SLOT_EXEC);
    unit_layout_forgotten(task);
    if (row && lineage_replaced(row, &record, task, (int)context[1] == task->pid)) {
        /* One that cannot be named cannot be looked at. */
        record.unexamined = record.namespace_pid != 0;
        event_submit(row, &record, INTERSPAN_KIND_EXEC);
    }
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
