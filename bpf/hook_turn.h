/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * sock and fexit: a thread returned from waiting for readiness. Where the kernel has trampolines, each of the calls' own
 * functions has a program, and nobody pays who does not call it. Else one program is attached to each of the calls' tracepoints
 * (syscalls:sys_exit_epoll_wait and its like), where tracefs names them: the kernel then takes the slow way out of every call of
 * every process, some 55 ns each, and 190 ns for the calls that wait (measured on 6.18). The names are those of the agent's
 * CallReturns.
 */
#ifndef INTERSPAN_HOOK_TURN_H
#define INTERSPAN_HOOK_TURN_H

#include "machine.h"
#include "maps/threads.h"

SEC("tracepoint")
int turn(void *context)
{
    (void)context;
    turn_begins();
    return 0;
}

#define TURN(call)                   \
    SEC("fexit/" CALL_FUNCTION(call)) \
    int turn_##call(void *context)   \
    {                                \
        (void)context;               \
        turn_begins();               \
        return 0;                    \
    }

TURN(epoll_wait)
TURN(epoll_pwait)
TURN(epoll_pwait2)
TURN(poll)
TURN(ppoll)
TURN(select)
TURN(pselect6)

#endif
