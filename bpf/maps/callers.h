/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * callers: which watched process is at the other end of a connection with the agent, by that end's address and port: what an
 * SDK sends is its process's, whatever names it gives itself. Written where such an end moves something, taken away where the
 * agent accepts a connection from the same place anew, read by the agent where spans come in; the one that was used least
 * recently makes room.
 */
#ifndef INTERSPAN_MAPS_CALLERS_H
#define INTERSPAN_MAPS_CALLERS_H

#include "interspan.h"
#include "scratch.h"
#include "sockets.h"

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct interspan_caller_place);
    __type(value, struct interspan_caller);
} callers SEC(".maps");

/* The current process uses a socket whose other end is the agent: looked up each time, since others that were written
 * later may have made it make room, and a child may go on with its parent's socket. What is written is put together in
 * the scratch, whose record is not going to be: the stack has no room for it, nor for this where it is called. */
static __noinline int caller_noted(struct socket_state *state, struct scratch *scratch)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct interspan_caller_place *place = (struct interspan_caller_place *)&scratch->record;
    struct interspan_caller *caller = (struct interspan_caller *)(place + 1);
    _Static_assert(sizeof(*place) + sizeof(*caller) <= sizeof(scratch->record), "room for both");
    __builtin_memcpy(place->address, state->local_address, sizeof(place->address));
    place->port = state->local_port;
    place->listener = state->peer_port;
    place->reserved = 0;
    const struct interspan_caller *known = bpf_map_lookup_elem(&callers, place);
    if (known && known->pid == (__u32)task->tgid && known->process_start == task->group_leader->start_boottime)
        return 0;
    caller->process_start = task->group_leader->start_boottime;
    caller->pid = task->tgid;
    caller->reserved = 0;
    bpf_map_update_elem(&callers, place, caller, BPF_ANY);
    return 0;
}

/* The agent has accepted a connection, which nobody has used yet: what is known of its place is of an earlier one.
 * state: of the agent's end. */
static __noinline int caller_forgotten(const struct socket_state *state)
{
    struct interspan_caller_place place = {.port = state->peer_port, .listener = state->local_port};
    __builtin_memcpy(place.address, state->peer_address, sizeof(place.address));
    bpf_map_delete_elem(&callers, &place);
    return 0;
}

#endif
