/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way over sock_send_length and sock_recv_length (6.3): called for each message of a socket call and for nothing
 * else. splice(2) out of a socket does not come by.
 */
#ifndef INTERSPAN_HOOK_SOCK_H
#define INTERSPAN_HOOK_SOCK_H

#include "socket_call.h"

/* Arguments of both: struct sock *, result, flags. */
SEC("tp_btf/sock_send_length")
int sock_send(unsigned long long *context)
{
    return socket_call(SLOT_SEND, (struct sock *)context[0], (int)context[1], INTERSPAN_DIRECTION_SEND);
}

SEC("tp_btf/sock_recv_length")
int sock_receive(unsigned long long *context)
{
    if (context[2] & MSG_PEEK)
        return 0;
    return socket_call(SLOT_RECEIVE, (struct sock *)context[0], (int)context[1], INTERSPAN_DIRECTION_RECEIVE);
}

#endif
