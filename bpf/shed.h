/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What is left out under overload: whole connections, chosen by who they are, the same at both ends.
 */
#ifndef INTERSPAN_SHED_H
#define INTERSPAN_SHED_H

#include "maps/counters.h"
#include "maps/overload.h"
#include "maps/sockets.h"

/* Whether a connection's place is among those left out. One whose identity is not known yet has none. */
static __always_inline int is_below_share(const struct socket_state *state, __u32 share)
{
    if (share == 0)
        return 0;
    if (state->family == AF_UNIX)
        return interspan_connection_place(*(const __u64 *)state->local_address,
                                          *(const __u64 *)state->peer_address) < share;
    return (state->flags & SOCKET_SEQUENCED) &&
           interspan_connection_place(state->first_sent, state->first_received) < share;
}

/* Whether a connection is left out at the moment. Its state must have its identity, if there is one. */
static __always_inline int is_shed(struct counter_row *row, struct socket_state *state)
{
    if (overload.full_since == 0 && !is_below_share(state, overload.share)) {
        if (state->is_shed)
            state->is_shed = 0;
        return 0;
    }
    if (!state->is_shed) {
        state->is_shed = 1;
        count(row, INTERSPAN_COUNTER_SHED_CONNECTIONS);
    }
    return 1;
}

/* An event of a connection that is left out: counted as such. */
static __always_inline void count_shed(struct counter_row *row)
{
    count(row, INTERSPAN_COUNTER_HOOKED);
    count(row, INTERSPAN_COUNTER_DROPPED_SHED);
}

#endif
