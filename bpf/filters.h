/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What is not recorded: first and cheap.
 */
#ifndef INTERSPAN_FILTERS_H
#define INTERSPAN_FILTERS_H

#include "maps/counters.h"
#include "maps/verdicts.h"
#include "settings.h"

/* PROC_PID_INIT_INO: the initial pid namespace's inode never changes. */
#define INITIAL_PID_NAMESPACE 0xEFFFFFFCu

/* The current process's number in the agent's pid namespace; 0 where it has none. */
static __always_inline __u32 namespace_pid(struct task_struct *task)
{
    struct bpf_pidns_info numbers = {};
    if (settings.pid_namespace_ino == INITIAL_PID_NAMESPACE)
        return task->tgid;
    if (bpf_get_ns_current_pid_tgid(settings.pid_namespace_dev, settings.pid_namespace_ino, &numbers, sizeof(numbers)))
        return 0;
    return numbers.tgid;
}

/* Whether the current process is ourselves; counted. */
static __always_inline int process_is_own(struct counter_row *row, __u32 number)
{
    if (number == 0 || number != settings.agent_pid)
        return 0;
    count(row, INTERSPAN_COUNTER_FILTERED_SELF);
    return 1;
}

/* Whether a network namespace is not the one to watch; counted. */
static __always_inline int namespace_is_filtered(struct counter_row *row, __u32 inode)
{
    if (settings.network_namespace == 0 || inode == settings.network_namespace)
        return 0;
    count(row, INTERSPAN_COUNTER_FILTERED_NAMESPACE);
    return 1;
}

/* Whether the current process is not among those selected; counted. Comes last: nobody is asked about who is out of scope. */
static __always_inline int process_is_left_out(struct counter_row *row, struct task_struct *task, __u32 number)
{
    return selection.is_on && process_is_unselected(row, task, number);
}

#endif
