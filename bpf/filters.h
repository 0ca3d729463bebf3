/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What is not recorded: first and cheap.
 */
#ifndef INTERSPAN_FILTERS_H
#define INTERSPAN_FILTERS_H

#include "maps/counters.h"
#include "maps/processes.h"
#include "maps/units.h"
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

/* Whether there is but one network namespace to watch. Asked before a socket's is read, which costs something. */
static __always_inline int one_namespace_is_watched(void)
{
    return settings.network_namespace != 0;
}

/* Whether a network namespace is not that one; counted. */
static __always_inline int namespace_is_other(struct counter_row *row, __u32 inode)
{
    if (inode == settings.network_namespace)
        return 0;
    count(row, INTERSPAN_COUNTER_FILTERED_NAMESPACE);
    return 1;
}

/* Whether the current process is not among those selected; counted. Comes last: nobody is asked about who is out of scope. */
static __always_inline int process_is_left_out(struct counter_row *row, struct task_struct *task, __u32 number)
{
    return selection.is_on && process_is_unselected(row, task, number);
}

/* Looks up what the tables have for the current process. A function of its own for the room on the stack. */
static __noinline int process_looked_up(struct known_process *known, struct task_struct *task)
{
    struct interspan_verdict *verdict;
    const struct interspan_unit_layout *layout;
    /* Before the tables are read: what the agent writes while they are counts as written since. */
    known->generation = __sync_fetch_and_add(&selection.generation, 0);
    known->tgid = task->tgid;
    known->start = task->group_leader->start_boottime;
    known->programs = task->self_exec_id;
    known->user = task->cred->euid.val;
    known->number = namespace_pid(task);
    known->verdict = INTERSPAN_VERDICT_NONE;
    known->is_examined = 0;
    if (known->number == 0)
        return 0;
    verdict = bpf_task_storage_get(&verdicts, task->group_leader, 0, 0);
    if (verdict && verdict_holds(verdict, task))
        known->verdict = verdict->kind;
    layout = unit_layout(task);
    if (layout) {
        known->layout = *layout;
        known->is_examined = 1;
    }
    return 0;
}

/* What is known of the current process; NULL for no slot. What is compared are fields of the thread and of the process's
 * first thread, which the kernel has just used: no call of its own is made. */
static __always_inline const struct known_process *process_of(enum slot slot, struct task_struct *task)
{
    __u32 key = slot;
    struct known_processes *row = bpf_map_lookup_elem(&processes, &key);
    if (!row)
        return NULL;
    __u32 tgid = task->tgid;
    struct known_process *known = &row->places[tgid % KNOWN_PROCESSES];
    if (known->tgid != tgid || known->start != task->group_leader->start_boottime ||
        known->programs != task->self_exec_id || known->user != task->cred->euid.val ||
        known->generation != selection.generation)
        process_looked_up(known, task);
    return known;
}

/* How its units are found; NULL while nobody has looked at it. */
static __always_inline const struct interspan_unit_layout *layout_of(const struct known_process *known)
{
    return known->is_examined ? &known->layout : NULL;
}

/* Whether a process that is known is not among those selected; counted. */
static __always_inline int known_is_left_out(struct counter_row *row, struct task_struct *task,
                                             const struct known_process *known)
{
    if (!selection.is_on || known->verdict == INTERSPAN_VERDICT_WATCHED)
        return 0;
    if (known->verdict == INTERSPAN_VERDICT_NONE)
        return process_is_unselected(row, task, known->number);
    count(row, INTERSPAN_COUNTER_FILTERED_EXCLUDED);
    return 1;
}

#endif
