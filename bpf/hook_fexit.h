/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way over the returns of the protocols' own functions (5.15, for bpf_task_pt_regs), where trampolines are allowed.
 */
#ifndef INTERSPAN_HOOK_FEXIT_H
#define INTERSPAN_HOOK_FEXIT_H

#include "socket_call.h"

/* Arguments: struct sock *, msghdr, size. */
SEC("fexit/tcp_sendmsg")
int fexit_tcp_send(unsigned long long *context)
{
    return socket_call(SLOT_SEND, (struct sock *)context[0], NULL, (int)context[3], INTERSPAN_DIRECTION_SEND);
}

/* An argument, or behind them the result, by its place. Left to itself the compiler computes the place first, which the
 * verifier refuses. */
#define PLACE(context, place)                                                                                          \
    ({                                                                                                                 \
        unsigned long long value;                                                                                      \
        asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(value) : "r"(context), "i"((place) * 8));                         \
        value;                                                                                                         \
    })

/* tcp_recvmsg, and its like of UDP with it, had 6 arguments before 5.19 (flags fifth), 5 from then on, and has 4 in the
 * latest (flags fourth). The result comes behind them. */
#define RECEIVE_FLAGS(context) (settings.receive_arguments == 6 ? PLACE(context, 4) : PLACE(context, 3))
#define RECEIVE_RESULT(context)                                                                                        \
    ((int)(settings.receive_arguments == 6   ? PLACE(context, 6)                                                       \
           : settings.receive_arguments == 5 ? PLACE(context, 5)                                                       \
                                             : PLACE(context, 4)))

SEC("fexit/tcp_recvmsg")
int fexit_tcp_receive(unsigned long long *context)
{
    if (RECEIVE_FLAGS(context) & MSG_ELSEWHERE)
        return 0;
    return socket_call(SLOT_RECEIVE, (struct sock *)context[0], NULL, RECEIVE_RESULT(context),
                       INTERSPAN_DIRECTION_RECEIVE);
}

/* Arguments: struct sock *, msghdr, size. An IPv6 socket's datagram to an IPv4 peer comes by here as well, from within
 * udpv6_sendmsg. */
SEC("fexit/udp_sendmsg")
int fexit_udp_send(unsigned long long *context)
{
    struct sock *sk = (struct sock *)context[0];
    if (sk->__sk_common.skc_family != AF_INET)
        return 0;
    return socket_call(SLOT_UDP_SEND, sk, (struct msghdr *)context[1], (int)context[3], INTERSPAN_DIRECTION_SEND);
}

SEC("fexit/udpv6_sendmsg")
int fexit_udp6_send(unsigned long long *context)
{
    return socket_call(SLOT_UDP6_SEND, (struct sock *)context[0], (struct msghdr *)context[1], (int)context[3],
                       INTERSPAN_DIRECTION_SEND);
}

SEC("fexit/udp_recvmsg")
int fexit_udp_receive(unsigned long long *context)
{
    if (RECEIVE_FLAGS(context) & MSG_ELSEWHERE)
        return 0;
    return socket_call(SLOT_UDP_RECEIVE, (struct sock *)context[0], (struct msghdr *)context[1],
                       RECEIVE_RESULT(context), INTERSPAN_DIRECTION_RECEIVE);
}

SEC("fexit/udpv6_recvmsg")
int fexit_udp6_receive(unsigned long long *context)
{
    if (RECEIVE_FLAGS(context) & MSG_ELSEWHERE)
        return 0;
    return socket_call(SLOT_UDP6_RECEIVE, (struct sock *)context[0], (struct msghdr *)context[1],
                       RECEIVE_RESULT(context), INTERSPAN_DIRECTION_RECEIVE);
}

/* Arguments: struct socket *, msghdr, size. */
SEC("fexit/unix_stream_sendmsg")
int fexit_unix_send(unsigned long long *context)
{
    return socket_call(SLOT_UNIX_SEND, ((struct socket *)context[0])->sk, NULL, (int)context[3], INTERSPAN_DIRECTION_SEND);
}

/* Arguments: struct socket *, msghdr, size, flags. */
SEC("fexit/unix_stream_recvmsg")
int fexit_unix_receive(unsigned long long *context)
{
    if (context[3] & MSG_ELSEWHERE)
        return 0;
    struct sock *sk = ((struct socket *)context[0])->sk;
    return socket_call(SLOT_UNIX_RECEIVE, sk, NULL, (int)context[4], INTERSPAN_DIRECTION_RECEIVE);
}

/* sendfile and splice into a socket, before 6.5; from then they come by the sending functions above. Arguments: the
 * socket, page, offset, size, flags. */
SEC("fexit/tcp_sendpage")
int fexit_tcp_page(unsigned long long *context)
{
    return socket_call(SLOT_PAGE, (struct sock *)context[0], NULL, (int)context[5], INTERSPAN_DIRECTION_SEND);
}

SEC("fexit/unix_stream_sendpage")
int fexit_unix_page(unsigned long long *context)
{
    return socket_call(SLOT_UNIX_PAGE, ((struct socket *)context[0])->sk, NULL, (int)context[5], INTERSPAN_DIRECTION_SEND);
}

#endif
