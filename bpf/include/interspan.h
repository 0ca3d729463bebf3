/* SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0
 *
 * What the BPF programs and the agent say to each other: the record that crosses the ring buffers, the settings
 * that the agent writes before loading, the modes it sets per socket while running, and the counters it reads.
 *
 * This header is the only place where any of it is written down: the BPF programs include it, and Swift imports it
 * as the module CInterspanBPF. Every struct pads explicitly and its size is asserted, so that both sides agree.
 */
#ifndef INTERSPAN_H
#define INTERSPAN_H

#ifdef __bpf__
typedef unsigned char __is_u8;
typedef unsigned short __is_u16;
typedef unsigned int __is_u32;
typedef int __is_s32;
typedef unsigned long long __is_u64;
#define uint8_t __is_u8
#define uint16_t __is_u16
#define uint32_t __is_u32
#define int32_t __is_s32
#define uint64_t __is_u64
#else
#include <stdint.h>
#endif

/* What a record is about. */
enum interspan_kind {
    INTERSPAN_KIND_DATA = 1,   /* bytes moved through a socket */
    INTERSPAN_KIND_OPEN = 2,   /* a connection is being opened by the calling thread (TCP: SYN about to leave) */
    INTERSPAN_KIND_CLOSE = 3,  /* this end closed, or the connection was reset; nothing follows on the socket */
    INTERSPAN_KIND_FORK = 4,   /* the calling thread made a thread or process: `peer_pid`, `peer_tid` */
    INTERSPAN_KIND_EXEC = 5,   /* the calling process replaced its program */
    INTERSPAN_KIND_EXIT = 6,   /* the calling process (its last thread) ended */
    INTERSPAN_KIND_PEER_CLOSED = 7, /* the peer sends nothing more. TCP: its FIN came, and `sequence` is the number behind its
                                     * last byte; AF_UNIX: everything it sent has been read */
};

enum interspan_direction {
    INTERSPAN_DIRECTION_NONE = 0,
    INTERSPAN_DIRECTION_SEND = 1,
    INTERSPAN_DIRECTION_RECEIVE = 2,
};

/* The system call that moved the bytes. Those from SENDFILE on give their length only. */
enum interspan_call {
    INTERSPAN_CALL_UNKNOWN = 0,
    INTERSPAN_CALL_READ = 1,
    INTERSPAN_CALL_WRITE = 2,
    INTERSPAN_CALL_READV = 3,
    INTERSPAN_CALL_WRITEV = 4,
    INTERSPAN_CALL_RECVFROM = 5,
    INTERSPAN_CALL_SENDTO = 6,
    INTERSPAN_CALL_RECVMSG = 7,
    INTERSPAN_CALL_SENDMSG = 8,
    INTERSPAN_CALL_RECVMMSG = 9,
    INTERSPAN_CALL_SENDMMSG = 10,
    INTERSPAN_CALL_SENDFILE = 11,
    INTERSPAN_CALL_SPLICE = 12,
    INTERSPAN_CALL_IO_URING = 13,
};

enum interspan_flag {
    INTERSPAN_FLAG_SEQUENCED = 1 << 0,  /* sequence and first_* are valid (TCP) */
    INTERSPAN_FLAG_UNREAD = 1 << 1,     /* the bytes could not be read (a page was not there, or the call gives none) */
    INTERSPAN_FLAG_ASSUMED = 1 << 2,    /* first_* are a guess: a capture file that lacks the connection's handshake */
    INTERSPAN_FLAG_DATAGRAM = 1 << 3,   /* one datagram: nothing is sequenced; peer_port is 0 where the peer is not known */
    INTERSPAN_FLAG_RANGES = 1 << 4,     /* the tail is no payload: it has an interspan_range for each part of the head */
};

/* What `unit` names. */
enum interspan_unit_kind {
    INTERSPAN_UNIT_NONE = 0,           /* not known: the thread is all there is */
    INTERSPAN_UNIT_GOROUTINE = 1,      /* Go: the goroutine's number */
    INTERSPAN_UNIT_TASK = 2,           /* CPython: the address of the context that the thread runs in */
    INTERSPAN_UNIT_VIRTUAL_THREAD = 3, /* Java: the number of the virtual thread that the carrier runs */
};

/* Most pointers between a thread's own storage and its unit. */
#define INTERSPAN_UNIT_STEPS 6

/* How the unit that runs on a thread is found in a process's memory: a chain of pointers from the thread's own storage.
 * The agent finds it out for each process, in the files that it runs; the programs follow it whenever they make a record. */
struct interspan_unit_layout {
    uint64_t expected;  /* what must be found at `check`, or the chain led elsewhere; 0: the chain's own end */
    int32_t steps[INTERSPAN_UNIT_STEPS]; /* where each pointer lies: first in the thread's storage */
    uint16_t check;     /* offset from the chain's end */
    uint16_t number;    /* likewise, of the unit's number; 0: the chain's end itself is its number */
    uint8_t has_group;  /* 1: two words behind `check` is what tasks may share */
    uint8_t reserved;   /* 0 */
    uint8_t step_count; /* 0: the chain is a register, see bpf/machine.h */
    uint8_t kind;       /* enum interspan_unit_kind; NONE: the process has no units but threads */
};
_Static_assert(sizeof(struct interspan_unit_layout) == 40, "unit layout");

/* One event. Payload follows at once: `head_length` bytes from the start of what was moved, then `tail_length` from
 * its end. Where head_length + tail_length < length, what lies between is known by length alone. */
struct interspan_record {
    uint32_t size;              /* of this record in bytes, payload included */
    uint8_t kind;               /* enum interspan_kind */
    uint8_t direction;          /* enum interspan_direction */
    uint8_t call;               /* enum interspan_call */
    uint8_t flags;              /* enum interspan_flag */
    uint64_t time;              /* ns, CLOCK_MONOTONIC, when the call returned (OPEN: began) */
    uint64_t process_start;     /* ns, CLOCK_BOOTTIME: with pid, the process's identity */
    uint64_t cgroup;            /* cgroup v2 id of the calling thread */
    uint64_t socket;            /* unique among all sockets since the programs were loaded; 0 for none */
    uint64_t unit;              /* goroutine or task running on the thread; 0 when not known */
    uint64_t group;             /* what tasks made for one piece of work may share; 0 when not known */
    uint32_t pid;               /* process (tgid), initial pid namespace */
    uint32_t tid;               /* thread, initial pid namespace */
    uint32_t namespace_pid;     /* process in the agent's own pid namespace; 0 when it has no number there */
    uint32_t turn;              /* how often the thread has returned from waiting for readiness (wraps) */
    uint32_t network_namespace; /* inode of the socket's network namespace */
    uint32_t first_sent;        /* TCP: number of the first byte this end ever sent */
    uint32_t first_received;    /* TCP: number of the first byte the peer ever sent */
    uint32_t sequence;          /* TCP: number of the first byte moved by this call. AF_UNIX: bytes moved in this
                                 * direction since the programs first met the socket, before this call (low half) */
    uint32_t length;            /* bytes moved by the call */
    uint32_t head_length;       /* bytes of payload from the start */
    uint32_t tail_length;       /* bytes of payload from the end */
    uint16_t family;            /* AF_INET, AF_INET6 or AF_UNIX; 0 for no socket */
    uint16_t local_port;        /* host byte order */
    uint16_t peer_port;         /* host byte order */
    uint8_t unit_kind;          /* enum interspan_unit_kind */
    uint8_t unexamined;         /* 1: nobody has found out yet what units the process has */
    uint32_t peer_pid;          /* FORK: the new task's process */
    uint32_t peer_tid;          /* FORK: the new task's thread */
    uint32_t reserved2;         /* 0 */
    uint8_t local_address[16];  /* IPv4 in the first 4 bytes; AF_UNIX: a number, see bpf/address.h, in the first 8 */
    uint8_t peer_address[16];   /* likewise; AF_UNIX: the peer's number, 0 for none */
    uint8_t command[16];        /* the thread's name (comm), NUL padded */
};
_Static_assert(sizeof(struct interspan_record) == 168, "record");

/* Where bytes of the payload were in the call. Those of a record follow each other without overlap; what no range has is
 * known by length alone. */
struct interspan_range {
    uint32_t offset; /* of the first of them, from the call's first byte */
    uint32_t count;
};
_Static_assert(sizeof(struct interspan_range) == 8, "range");

/* The only port whose UDP datagrams are watched: DNS. (5353, mDNS, asks everybody and nobody.) */
#define INTERSPAN_DATAGRAM_PORT 53

/* How much of a socket's bytes is wanted. */
enum interspan_mode {
    INTERSPAN_MODE_DEFAULT = 0,     /* head and tail, up to `payload_limit` */
    INTERSPAN_MODE_EVERYTHING = 1,  /* up to 64 KiB a call */
    INTERSPAN_MODE_LENGTHS = 2,     /* lengths only, for calls that end at or before `until` */
    INTERSPAN_MODE_IGNORED = 3,     /* no record at all */
    INTERSPAN_MODE_HTTP2 = 4,       /* all but the inside of long DATA frames; where frames cannot be told, and by the
                                     * way over system calls, EVERYTHING */
};

/* A slot of the mode table, which the agent maps and writes without a system call. A socket's slot is its number
 * modulo INTERSPAN_MODE_SLOTS; when another socket holds it, the mode is the default. `socket` is written last. */
struct interspan_socket_mode {
    uint64_t socket;
    uint32_t send_until;     /* LENGTHS: where bodies end, in the numbers of a record's `sequence` */
    uint32_t receive_until;
    uint8_t send;            /* enum interspan_mode, for each direction */
    uint8_t receive;
    uint8_t reserved[6];     /* 0 */
};
_Static_assert(sizeof(struct interspan_socket_mode) == 24, "mode slot");
#define INTERSPAN_MODE_SLOTS 16384

/* What the agent said of a process: whether it is watched. Given for the program that it runs and for its user. */
enum interspan_verdict_kind {
    INTERSPAN_VERDICT_NONE = 0, /* nobody has judged it */
    INTERSPAN_VERDICT_WATCHED = 1,
    INTERSPAN_VERDICT_LEFT_OUT = 2,
};

struct interspan_verdict {
    uint64_t stack;       /* where its stack begins (startstack of /proc/PID/stat): with another program it begins
                           * elsewhere; 0 when that is not known, then the verdict ends with the program's replacement */
    uint64_t asked;       /* ns, CLOCK_MONOTONIC, when a program last asked; 0 in what the agent writes */
    uint32_t user;        /* its effective user's number */
    uint8_t kind;         /* enum interspan_verdict_kind */
    uint8_t is_inherited; /* 1: holds for children as well */
    uint8_t is_lasting;   /* 1: the agent does not look again of its own accord */
    uint8_t reserved;     /* 0 */
};
_Static_assert(sizeof(struct interspan_verdict) == 24, "verdict");

/* Why the agent is asked about a process. */
enum interspan_question_kind {
    INTERSPAN_QUESTION_MET = 0,     /* it does something that would be recorded, and nobody has judged it */
    INTERSPAN_QUESTION_EXEC = 1,    /* it replaced its program */
    INTERSPAN_QUESTION_LISTENS = 2, /* it began to listen at `port` */
    INTERSPAN_QUESTION_FORKED = 3,  /* it was just made */
};

struct interspan_question {
    uint32_t process; /* its number in the agent's pid namespace */
    uint16_t port;    /* LISTENS: host byte order; 0 when the kernel has yet to choose one */
    uint8_t kind;     /* enum interspan_question_kind */
    uint8_t reserved; /* 0 */
};
_Static_assert(sizeof(struct interspan_question) == 8, "question");

/* What the agent wants to be asked; all 0 where everything in scope is watched. */
struct interspan_selection {
    uint32_t is_on;          /* 1: a process is watched where the agent said so, and not before */
    uint32_t asks_listeners; /* 1: it is asked whenever a process begins to listen */
    uint32_t asks_children;  /* 1: it is asked about each new process, which may take another user's place */
    uint32_t generation;     /* how often the agent has written what it says of a process (wraps): raised after each time */
};
_Static_assert(sizeof(struct interspan_selection) == 16, "selection");

/* Fixed before the programs are loaded (they live in .rodata, so that the verifier removes what is switched off). */
struct interspan_settings {
    uint32_t agent_pid;          /* ourselves, in our own pid namespace: never recorded */
    uint32_t payload_limit;      /* most bytes of one call in the default mode: 0 is lengths only */
    uint32_t network_namespace;  /* inode of the only one to watch; 0 for all */
    uint32_t wake_mark;          /* bytes, a power of two: a program that has written so many more wakes the agent */
    uint64_t pid_namespace_dev;  /* of our pid namespace (st_dev and st_ino of /proc/self/ns/pid) */
    uint64_t pid_namespace_ino;
    uint32_t payload_bound;      /* most bytes of one call in any mode: a record never exceeds a quarter of its ring */
    uint32_t scratch_slots;      /* how many programs put records with payload together, and remember processes */
    uint32_t receive_arguments;  /* how many arguments the kernel's tcp_recvmsg has; 0 when it is not hooked */
    uint32_t reserved;           /* 0 */
};
_Static_assert(sizeof(struct interspan_settings) == 48, "settings");

/* sock: a datagram's sender is told to the calling process only after the hook, so where a server does not connect its
 * socket the record is made when the call returns. The calls whose return is watched, which costs every such call a
 * little, and those whose return should be: bits of enum interspan_datagram_call. */
struct interspan_datagram_calls {
    uint32_t watched; /* written by the agent */
    uint32_t wanted;  /* written by the programs, when they meet such a call */
};
_Static_assert(sizeof(struct interspan_datagram_calls) == 8, "datagram calls");

enum interspan_datagram_call {
    INTERSPAN_DATAGRAM_CALL_RECVFROM = 1 << 0,
    INTERSPAN_DATAGRAM_CALL_RECVMSG = 1 << 1,
    INTERSPAN_DATAGRAM_CALL_RECVMMSG = 1 << 2,
};

/* Where a connection to the agent comes from, as the agent sees its peer, and where it came to. */
struct interspan_caller_place {
    uint8_t address[16]; /* as in struct interspan_record; IPv4 in the first four */
    uint16_t port;
    uint16_t listener;   /* the agent's port */
    uint32_t reserved;   /* 0 */
};
_Static_assert(sizeof(struct interspan_caller_place) == 24, "caller place");

/* A process of this host that talks to the agent. */
struct interspan_caller {
    uint64_t process_start; /* as in struct interspan_record */
    uint32_t pid;
    uint32_t reserved;      /* 0 */
};
_Static_assert(sizeof(struct interspan_caller) == 16, "caller");

/* Overload: what is left out because more happens than the agent reads. */
struct interspan_overload {
    uint64_t full_since; /* ns, CLOCK_MONOTONIC: written by the programs when a record found no room, with its time. Until the
                          * agent, which has to read first, makes it 0 again, every connection is left out. */
    uint32_t share;      /* written by the agent: connections whose interspan_connection_place is below it are left out */
    uint32_t reserved;   /* 0 */
};
_Static_assert(sizeof(struct interspan_overload) == 16, "overload");

/* Every connection has one of so many places. */
#define INTERSPAN_CONNECTION_PLACES 65536

/* Where a connection stands among those that may be left out: by its identity alone (the numbers of each direction's first
 * byte; AF_UNIX: both ends' numbers), the smaller one first, so that it is the same at both ends and on every host. The
 * finaliser that Stafford published as "Mix13", over both. */
static inline __attribute__((always_inline)) uint32_t interspan_connection_place(uint64_t one, uint64_t other)
{
    uint64_t word = (one < other ? one : other) * 0x9E3779B97F4A7C15ull + (one < other ? other : one);
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9ull;
    word = (word ^ word >> 27) * 0x94D049BB133111EBull;
    return (uint32_t)(word >> 48);
}

/* Counters, a row for each program on each CPU. HOOKED = SUBMITTED + every DROPPED_*; FILTERED_* are not hooked. */
enum interspan_counter {
    INTERSPAN_COUNTER_HOOKED = 0,           /* calls (and other events) that passed the filters */
    INTERSPAN_COUNTER_SUBMITTED = 1,        /* records handed to a ring */
    INTERSPAN_COUNTER_DROPPED_RING_FULL = 2,
    INTERSPAN_COUNTER_DROPPED_NO_STATE = 3, /* no per-socket state could be made */
    INTERSPAN_COUNTER_FILTERED_SELF = 4,
    INTERSPAN_COUNTER_FILTERED_EXCLUDED = 5, /* of processes that are not selected */
    INTERSPAN_COUNTER_FILTERED_NAMESPACE = 6,
    INTERSPAN_COUNTER_FILTERED_IGNORED = 7, /* the socket's mode is IGNORED */
    INTERSPAN_COUNTER_UNREAD = 8,           /* records whose bytes could not be read */
    INTERSPAN_COUNTER_IO_URING = 9,         /* calls made by io_uring: length only */
    INTERSPAN_COUNTER_FILTERED_UNJUDGED = 10, /* of processes that nobody has judged yet */
    INTERSPAN_COUNTER_UNASKED = 11,         /* questions for which there was no room: asked again later */
    INTERSPAN_COUNTER_DROPPED_SHED = 12,    /* of connections that are left out for want of room */
    INTERSPAN_COUNTER_SHED_CONNECTIONS = 13, /* how often an end of a connection began to be left out */
    INTERSPAN_COUNTERS = 14,
};

#endif
