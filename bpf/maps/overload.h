/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * overload: which connections are left out because more happens than the agent reads. The agent writes the share through
 * a mapping; the programs write since when a ring had no room; both are read for every call, from one cache line.
 */
#ifndef INTERSPAN_MAPS_OVERLOAD_H
#define INTERSPAN_MAPS_OVERLOAD_H

#include "../kernel.h"
#include "interspan.h"

struct interspan_overload overload SEC(".data.overload");

/* A record had no room: it belonged to somebody, and so will the next ones. Rather than tear holes into any connection,
 * all are left out until the agent has read. */
static __always_inline void overload_noted(__u64 time)
{
    __sync_val_compare_and_swap(&overload.full_since, 0, time);
}

#endif
