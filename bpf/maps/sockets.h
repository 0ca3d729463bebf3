/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * sockets, sockets_by_address: what is remembered of a socket. Made when a program first meets it, written by the
 * programs alone; the agent never reads it.
 *
 * sockets is storage that belongs to the socket and goes with it (in tracing programs: 5.11). It needs a pointer that
 * the verifier knows for a socket. The way over system calls finds its sockets by walking the table of descriptors,
 * which gives a bare address: it has sockets_by_address, where the inode tells a socket from another one that later
 * lies at the same address, and the one that was used least recently makes room.
 */
#ifndef INTERSPAN_MAPS_SOCKETS_H
#define INTERSPAN_MAPS_SOCKETS_H

#include "../kernel.h"

/* How a program came to its socket. A constant where it is used: the compiler removes the other branch. */
enum way {
    WAY_TYPED,   /* sock and fexit: pointers that the verifier knows, read without a helper */
    WAY_ADDRESS, /* syscall: bare addresses, read by probe reads */
};

/* A field of a kernel structure, by the way's means. */
#define READ(way, pointer, field) ((way) == WAY_TYPED ? (pointer)->field : BPF_CORE_READ(pointer, field))

enum socket_flag {
    SOCKET_ADDRESSED = 1 << 0, /* the addresses are filled in */
    SOCKET_SEQUENCED = 1 << 1, /* first_sent and first_received are fixed */
    SOCKET_CLOSED = 1 << 2,    /* its CLOSE has been recorded */
    SOCKET_OWN = 1 << 3,       /* one end of it is the agent: never recorded */
    SOCKET_ASKS = 1 << 4,      /* UDP: it has asked a DNS server, so what it receives may answer */
    SOCKET_PEER_CLOSED = 1 << 5, /* its PEER_CLOSED has been recorded */
};

struct socket_state {
    __u64 number; /* unique since the programs were loaded; 0 until it is given */
    __u64 inode;  /* of the socket; sockets_by_address only */
    __u32 first_sent;
    __u32 first_received;
    __u32 sent;     /* AF_UNIX: bytes sent since the socket was first met (low half) */
    __u32 received; /* AF_UNIX: bytes received, likewise */
    __u32 network_namespace;
    __u16 family;
    __u16 local_port;
    __u16 peer_port;
    __u16 flags; /* enum socket_flag */
    __u8 local_address[16];
    __u8 peer_address[16];
    __u8 is_told; /* a record of it was submitted: its end is told as well, whatever it turned out to be */
    __u8 is_shed; /* it was left out when it was last used */
    __u8 reserved[2];
};

struct {
    __uint(type, BPF_MAP_TYPE_SK_STORAGE);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, int);
    __type(value, struct socket_state);
} sockets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 32768); /* the agent sets it to 1 where another way of hooking is used */
    __type(key, __u64);
    __type(value, struct socket_state);
} sockets_by_address SEC(".maps");

/* The last number given to a socket. */
__u64 socket_numbers = 0;

static __always_inline __u64 socket_inode(struct sock *sk)
{
    struct socket *socket = BPF_CORE_READ(sk, sk_socket);
    if (!socket)
        return 0;
    return BPF_CORE_READ((struct socket_alloc *)socket, vfs_inode.i_ino);
}

static __always_inline struct socket_state *socket_found_by_address(struct sock *sk)
{
    __u64 key = (__u64)sk;
    struct socket_state *state = bpf_map_lookup_elem(&sockets_by_address, &key);
    __u64 inode = socket_inode(sk);
    /* A socket that its process has left has no inode any more, and is still the one that was there. */
    if (state && inode != 0 && state->inode != inode) {
        bpf_map_delete_elem(&sockets_by_address, &key);
        return NULL;
    }
    return state;
}

/* What is known of a socket, or NULL. */
static __always_inline struct socket_state *socket_found(enum way way, struct sock *sk)
{
    return way == WAY_TYPED ? bpf_sk_storage_get(&sockets, sk, 0, 0) : socket_found_by_address(sk);
}

/* What is known of a socket, made if need be; NULL when there is no memory for it. */
static __always_inline struct socket_state *socket_made(enum way way, struct sock *sk)
{
    struct socket_state *state;
    if (way == WAY_TYPED) {
        state = bpf_sk_storage_get(&sockets, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
    } else {
        state = socket_found_by_address(sk);
        if (!state) {
            struct socket_state fresh = {.inode = socket_inode(sk)};
            __u64 key = (__u64)sk;
            bpf_map_update_elem(&sockets_by_address, &key, &fresh, BPF_NOEXIST);
            state = bpf_map_lookup_elem(&sockets_by_address, &key);
        }
    }
    /* Two CPUs may meet a new socket at once: the first number stays. */
    if (state && state->number == 0)
        __sync_val_compare_and_swap(&state->number, 0, __sync_fetch_and_add(&socket_numbers, 1) + 1);
    return state;
}

/* Forgets a TCP socket for good, where its memory would not be freed with it. */
static __always_inline void socket_forgotten(enum way way, struct sock *sk)
{
    __u64 key = (__u64)sk;
    if (way == WAY_ADDRESS)
        bpf_map_delete_elem(&sockets_by_address, &key);
}

#endif
