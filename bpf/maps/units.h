/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * units: how each process's units of execution (goroutines, tasks, virtual threads) are found. The agent writes it for
 * the process's first thread, once it has looked at what the process runs; a child that is forked begins with its parent's,
 * and one that replaces its program loses it. Programs remember what they read (processes.h). The kernel frees it with the
 * process.
 */
#ifndef INTERSPAN_MAPS_UNITS_H
#define INTERSPAN_MAPS_UNITS_H

#include "../kernel.h"
#include "interspan.h"

struct {
    __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct interspan_unit_layout);
} units SEC(".maps");

/* NULL while nobody has looked at the process. */
static __always_inline const struct interspan_unit_layout *unit_layout(struct task_struct *task)
{
    return bpf_task_storage_get(&units, task->group_leader, 0, 0);
}

/* A process was forked. (Where there is no room its first record says so, and the agent looks.) */
static __always_inline void unit_layout_inherited(struct task_struct *parent, struct task_struct *child)
{
    struct interspan_unit_layout *layout = bpf_task_storage_get(&units, parent->group_leader, 0, 0);
    if (layout)
        bpf_task_storage_get(&units, child, layout, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* A process replaced its program. */
static __always_inline void unit_layout_forgotten(struct task_struct *task)
{
    bpf_task_storage_delete(&units, task);
}

#endif
