/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * excluded: processes that are never recorded, by the number that the agent's pid namespace gives them. Written by the
 * agent, read by every program's filter. Bounded: what does not fit is refused to the agent.
 */
#ifndef INTERSPAN_MAPS_EXCLUDED_H
#define INTERSPAN_MAPS_EXCLUDED_H

#include "../kernel.h"

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u8);
} excluded SEC(".maps");

/* How many there are, so that a look-up is spared while there is none. Written by the agent through a mapping. */
__u32 excluded_count SEC(".data.excluded");

#endif
