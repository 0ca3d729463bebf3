/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * How much of a call's bytes leaves the kernel. Plain arithmetic, so that it compiles in user mode as well.
 */
#ifndef INTERSPAN_CUT_H
#define INTERSPAN_CUT_H

/* Most bytes of one call, in any mode. */
#define PAYLOAD_MAXIMUM 65536u
/* Most bytes of the last part. */
#define TAIL_MAXIMUM 1024u

struct cut {
    unsigned int head; /* bytes from the start */
    unsigned int tail; /* bytes from the end */
};

/* All of it within the limit; else its first part and the last min(1 KiB, limit / 4), together exactly the limit. */
static inline __attribute__((always_inline)) struct cut cut_of(unsigned int length, unsigned int limit)
{
    struct cut cut = {.head = length, .tail = 0};
    if (length > limit) {
        cut.tail = limit / 4 < TAIL_MAXIMUM ? limit / 4 : TAIL_MAXIMUM;
        cut.head = limit - cut.tail;
    }
    return cut;
}

#endif
