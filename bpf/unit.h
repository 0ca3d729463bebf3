/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What runs on the current thread where its runtime has units of its own: a goroutine, a task, a virtual thread. Read
 * from the process's memory, without a probe in it: a page that is not there, or a chain that leads elsewhere, is no unit.
 */
#ifndef INTERSPAN_UNIT_H
#define INTERSPAN_UNIT_H

#include "filters.h"
#include "interspan.h"
#include "machine.h"
#include "maps/units.h"

/* Eight bytes of the current process; 0 where there are none. */
static __always_inline __u64 user_word(__u64 address)
{
    __u64 word = 0;
    bpf_probe_read_user(&word, sizeof(word), (void *)address);
    return word;
}

/* Where an object of HotSpot's lies by what a handle holds. Generational ZGC (21 and later) keeps colours in the low bits, one
 * of four of which says how far the address is shifted (zAddress.hpp); what is shifted is no address that programs have. */
static __always_inline __u64 object_address(__u64 handle)
{
    __u64 word = user_word(handle);
    if (word >> 47 == 0)
        return word;
    switch (word >> 12 & 15) {
    case 1:
        return word >> 13;
    case 2:
        return word >> 14;
    case 4:
        return word >> 15;
    default:
        return word >> 16;
    }
}

/* Where a chain ends; 0 when it is broken. */
static __always_inline __u64 unit_address(const struct interspan_unit_layout *layout, struct task_struct *task)
{
    __u64 address = THREAD_STORAGE(task);
    if (layout->step_count == 0)
        return GOROUTINE_REGISTER(task);
    for (int step = 0; step < INTERSPAN_UNIT_STEPS; step++) {
        if (step >= layout->step_count || address == 0)
            break;
        address = user_word(address + layout->steps[step]);
    }
    return address;
}

/* A function of its own for the room on the stack. */
static __noinline int find_unit(struct interspan_record *record, const struct interspan_unit_layout *layout,
                                struct task_struct *task)
{
    /* What says that the chain led to the right place, and behind it what tasks may share: one reading for both. */
    __u64 words[3] = {};
    __u64 address = unit_address(layout, task);
    if (address == 0 || bpf_probe_read_user(words, sizeof(words), (void *)(address + layout->check)))
        return 0;
    if (layout->kind == INTERSPAN_UNIT_VIRTUAL_THREAD) {
        /* Handles of the thread's own object and of the one that it runs, which is another where a virtual thread is
         * mounted. */
        address = object_address(words[1]);
        if (address == 0 || address == object_address(words[0]))
            return 0;
    } else if (words[0] != (layout->expected != 0 ? layout->expected : address)) {
        return 0;
    }
    __u64 number = layout->number != 0 ? user_word(address + layout->number) : address;
    if (number == 0)
        return 0;
    record->unit = number;
    record->unit_kind = layout->kind;
    if (layout->has_group)
        record->group = words[2];
    return 0;
}

/* Which unit the current thread runs, by the layout of its process; NULL while nobody has looked at it. A process without a
 * number in the agent's namespace is never looked at. */
static __always_inline void describe_unit_by(struct interspan_record *record, struct task_struct *task,
                                             const struct interspan_unit_layout *layout)
{
    record->unit = 0;
    record->group = 0;
    record->unit_kind = INTERSPAN_UNIT_NONE;
    record->unexamined = 0;
    if (record->namespace_pid == 0)
        return;
    if (!layout)
        record->unexamined = 1;
    else if (layout->kind != INTERSPAN_UNIT_NONE)
        find_unit(record, layout, task);
}

/* The same where the layout has not been looked up. A function of its own for the room on the stack. */
static __noinline int describe_unit(struct interspan_record *record, struct task_struct *task)
{
    describe_unit_by(record, task, unit_layout(task));
    return 0;
}

#endif
