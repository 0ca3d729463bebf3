/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * verdicts: whether a process is watched, where that is for the agent to say. The agent writes it for the process's first
 * thread; a child that is forked begins with its parent's where that holds for children, and one that replaces its program
 * loses it. Programs make an empty one to remember when they asked. Programs remember what they read (processes.h). The
 * kernel frees it with the process, so nothing ever has to make room.
 *
 * questions: processes that the agent is asked about, in a ring of its own: an answer must not wait for records. Where it
 * is full the question is counted and asked again with the process's next call.
 *
 * selection: what is asked. Written by the agent, before programs are attached and through a mapping later.
 */
#ifndef INTERSPAN_MAPS_VERDICTS_H
#define INTERSPAN_MAPS_VERDICTS_H

#include "../kernel.h"
#include "counters.h"
#include "interspan.h"

/* How long an answer may take before the same is asked again, ns. */
#define ASK_AGAIN 200000000ull

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct interspan_verdict);
} verdicts SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 << 10); /* 16,384 questions */
} questions SEC(".maps");

struct interspan_selection selection SEC(".data.selection");

/* Asks the agent about a process; false, and counted, where there is no room. */
static __always_inline int ask(struct counter_row *row, __u32 number, __u16 port, enum interspan_question_kind kind)
{
    struct interspan_question *question = bpf_ringbuf_reserve(&questions, sizeof(*question), 0);
    if (!question) {
        count(row, INTERSPAN_COUNTER_UNASKED);
        return 0;
    }
    question->process = number;
    question->port = port;
    question->kind = kind;
    question->reserved = 0;
    bpf_ringbuf_submit(question, 0);
    return 1;
}

/* Whether a verdict is about the program that the process runs now, and about its user. A process that ends has given up its
 * memory before that is told, but for recent kernels: it runs the program that it ran. */
static __always_inline int verdict_holds(const struct interspan_verdict *verdict, struct task_struct *task)
{
    __u64 stack = task->mm->start_stack;
    return verdict->user == task->cred->euid.val &&
           (verdict->stack == 0 || stack == 0 || verdict->stack == stack);
}

/* Whether the current process is not to be watched; counted. Nobody has judged it yet: it is not, and the agent is asked.
 * One without a number in the agent's namespace can be told from no other. A function of its own, since it is rarely needed. */
static __noinline int process_is_unselected(struct counter_row *row, struct task_struct *task, __u32 number)
{
    struct interspan_verdict *verdict;
    if (number == 0) {
        count(row, INTERSPAN_COUNTER_FILTERED_EXCLUDED);
        return 1;
    }
    verdict = bpf_task_storage_get(&verdicts, task->group_leader, 0, 0);
    if (verdict && verdict->kind != INTERSPAN_VERDICT_NONE && verdict_holds(verdict, task)) {
        if (verdict->kind == INTERSPAN_VERDICT_WATCHED)
            return 0;
        count(row, INTERSPAN_COUNTER_FILTERED_EXCLUDED);
        return 1;
    }
    count(row, INTERSPAN_COUNTER_FILTERED_UNJUDGED);
    if (!verdict)
        verdict = bpf_task_storage_get(&verdicts, task->group_leader, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
    __u64 now = bpf_ktime_get_ns();
    if (verdict && now - verdict->asked < ASK_AGAIN)
        return 1;
    if (ask(row, number, 0, INTERSPAN_QUESTION_MET) && verdict)
        verdict->asked = now;
    return 1;
}

/* A process was forked: it begins as its parent, or is asked about when it does something. */
static __always_inline void verdict_inherited(struct counter_row *row, struct task_struct *parent,
                                              struct task_struct *child, int has_number)
{
    struct interspan_verdict *verdict = bpf_task_storage_get(&verdicts, parent->group_leader, 0, 0);
    if (verdict && verdict->is_inherited)
        bpf_task_storage_get(&verdicts, child, verdict, BPF_LOCAL_STORAGE_GET_F_CREATE);
    if (selection.asks_children && has_number)
        ask(row, child->tgid, 0, INTERSPAN_QUESTION_FORKED);
}

/* A process replaced its program: what was said of it is over. Returns whether it was watched. */
static __always_inline int verdict_ended(struct counter_row *row, struct task_struct *task, __u32 number)
{
    struct interspan_verdict *verdict = bpf_task_storage_get(&verdicts, task, 0, 0);
    int was_watched = verdict && verdict->kind == INTERSPAN_VERDICT_WATCHED;
    if (verdict)
        bpf_task_storage_delete(&verdicts, task);
    if (number != 0)
        ask(row, number, 0, INTERSPAN_QUESTION_EXEC);
    return was_watched;
}

#endif
