/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The system calls that move a socket's bytes, and where each keeps its buffers. Second argument: the data, an array
 * of vectors, a msghdr, or an array of mmsghdr; third: how many of them.
 */
#ifndef INTERSPAN_CALLS_H
#define INTERSPAN_CALLS_H

#include "interspan.h"
#include "machine.h"

/* enum interspan_call of a call's number; UNKNOWN when it is none that moves a socket's bytes. */
static __always_inline __u8 call_of(long number)
{
    switch (number) {
    case NUMBER_READ: return INTERSPAN_CALL_READ;
    case NUMBER_WRITE: return INTERSPAN_CALL_WRITE;
    case NUMBER_RECVFROM: return INTERSPAN_CALL_RECVFROM;
    case NUMBER_SENDTO: return INTERSPAN_CALL_SENDTO;
    case NUMBER_READV:
    case NUMBER_PREADV2: return INTERSPAN_CALL_READV;
    case NUMBER_WRITEV:
    case NUMBER_PWRITEV2: return INTERSPAN_CALL_WRITEV;
    case NUMBER_RECVMSG: return INTERSPAN_CALL_RECVMSG;
    case NUMBER_SENDMSG: return INTERSPAN_CALL_SENDMSG;
    case NUMBER_RECVMMSG: return INTERSPAN_CALL_RECVMMSG;
    case NUMBER_SENDMMSG: return INTERSPAN_CALL_SENDMMSG;
    case NUMBER_SENDFILE: return INTERSPAN_CALL_SENDFILE;
    case NUMBER_SPLICE: return INTERSPAN_CALL_SPLICE;
    default: return INTERSPAN_CALL_UNKNOWN;
    }
}

/* Whether a call returns from waiting for readiness: a turn of an event loop begins. */
static __always_inline int call_waits(long number)
{
    return number == NUMBER_EPOLL_WAIT || number == NUMBER_EPOLL_PWAIT || number == NUMBER_EPOLL_PWAIT2 ||
           number == NUMBER_POLL || number == NUMBER_PPOLL || number == NUMBER_SELECT || number == NUMBER_PSELECT6;
}

/* Whether a receiving call asked for no bytes at all, so that receiving none says nothing. */
static __always_inline int asks_nothing(struct pt_regs *regs)
{
    return (CALL_NUMBER(regs) == NUMBER_READ || CALL_NUMBER(regs) == NUMBER_RECVFROM) && CALL_ARGUMENT_3(regs) == 0;
}

#endif
