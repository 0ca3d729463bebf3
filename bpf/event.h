/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * Records without payload: what processes and connections do besides moving bytes.
 */
#ifndef INTERSPAN_EVENT_H
#define INTERSPAN_EVENT_H

#include "filters.h"
#include "maps/rings.h"
#include "record.h"

/* Submits an event of the current thread. Lives on the stack: 160 of its 512 bytes. */
static __always_inline void event_submit(struct counter_row *row, struct interspan_record *record,
                                         enum interspan_kind kind)
{
    count(row, INTERSPAN_COUNTER_HOOKED);
    record->kind = kind;
    record->size = sizeof(*record);
    record->time = bpf_ktime_get_ns();
    submit(row, record, sizeof(*record));
}

#endif
