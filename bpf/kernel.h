/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The kernel's structures, as far as the programs read them. Offsets are relocated against the running kernel's BTF
 * when the programs are loaded (CO-RE), so only names and types matter here: a vmlinux.h would be 2.8 MB of the same.
 */
#ifndef INTERSPAN_KERNEL_H
#define INTERSPAN_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
/* MSG_PEEK and MSG_ERRQUEUE: what a receive with them returns does not leave the stream. */
#define MSG_ELSEWHERE (2 | 0x2000)
#define SOCK_DONE 1 /* skc_flags, a bit's number: the peer's FIN has been received */
#define SHUTDOWN_RECEIVING 1 /* sk_shutdown: nothing more can be received, but for what already was */
#define SHUTDOWN_BOTH 3 /* sk_shutdown: neither direction can move anything any more */
#define ERROR_PIPE 32       /* errno.h: of a connection that was reset after the peer had closed its direction */
#define ERROR_RESET 104     /* of one that was reset */
#define ERROR_TIMED_OUT 110 /* of one that was given up */
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define PF_KTHREAD 0x00200000
#define EEXIST 17

/* include/net/tcp_states.h */
enum tcp_state {
    STATE_ESTABLISHED = 1,
    STATE_SYN_SENT = 2,
    STATE_SYN_RECV = 3,
    STATE_FIN_WAIT1 = 4,
    STATE_FIN_WAIT2 = 5,
    STATE_TIME_WAIT = 6,
    STATE_CLOSE = 7,
    STATE_CLOSE_WAIT = 8,
    STATE_LAST_ACK = 9,
    STATE_LISTEN = 10,
    STATE_CLOSING = 11,
};

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpadded"
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
    unsigned int inum;
};

struct net {
    struct ns_common ns;
};

struct nsproxy {
    struct net *net_ns;
};

typedef struct {
    struct net *net;
} possible_net_t;

struct in6_addr {
    union {
        __u8 u6_addr8[16];
        __be32 u6_addr32[4];
    } in6_u;
};

struct sock_common {
    union {
        struct {
            __be32 skc_daddr;
            __be32 skc_rcv_saddr;
            unsigned long skc_flags;
};
    };
    union {
        struct {
            __be16 skc_dport;
            __u16 skc_num;
        };
    };
    unsigned short skc_family;
    volatile unsigned char skc_state;
    possible_net_t skc_net;
    struct in6_addr skc_v6_daddr;
    struct in6_addr skc_v6_rcv_saddr;
};

struct socket;

struct sk_buff_head {
    __u32 qlen;
};

struct pid_namespace {
    struct ns_common ns;
};

/* A process's number in one namespace. */
struct upid {
    int nr;
    struct pid_namespace *ns;
};

/* All of its numbers, from the initial namespace's to its own. */
struct pid {
    unsigned int level;
    struct upid numbers[1];
};

struct sock {
    struct sock_common __sk_common;
    struct socket *sk_socket;
    struct sk_buff_head sk_receive_queue;
    struct pid *sk_peer_pid; /* AF_UNIX: of an accepted socket, who connected; of another, who listens */
    __u16 sk_protocol;
    __u16 sk_type;
    __u8 sk_shutdown;
};

struct tcp_sock {
    __u32 copied_seq;
    __u32 write_seq;
    __u32 rcv_nxt;
    __u32 snd_nxt;
    __u32 snd_una;
    __u64 bytes_sent;
    __u64 bytes_retrans;
    __u64 bytes_received;
    __u64 bytes_acked;
};

struct unix_address;

struct unix_sock {
    struct unix_address *addr;
    struct sock *peer;
};

struct inode {
    unsigned short i_mode;
    unsigned long i_ino;
};

struct socket {
    struct sock *sk;
};

/* An inode of sockfs lies behind its socket. */
struct socket_alloc {
    struct socket socket;
    struct inode vfs_inode;
};

struct file {
    void *private_data;
    struct inode *f_inode;
};

struct fdtable {
    unsigned int max_fds;
    struct file **fd;
};

struct files_struct {
    struct fdtable *fdt;
};

typedef struct {
    int counter;
} atomic_t;

struct signal_struct {
    atomic_t live;
};

struct thread_info {
    unsigned long flags;
    __u32 status; /* x86 only */
};

struct kernfs_node {
    __u64 id; /* a plain number since 5.5 */
};

struct cgroup {
    struct kernfs_node *kn;
};

struct css_set {
    struct cgroup *dfl_cgrp;
};

struct mm_struct {
    unsigned long start_stack;
};

typedef struct {
    __u32 val;
} kuid_t;

struct cred {
    kuid_t euid;
};

struct io_uring_task;

struct task_struct {
    struct thread_info thread_info;
    unsigned int flags;
    int pid;
    int tgid;
    struct task_struct *group_leader;
    __u64 start_boottime; /* since 5.5 */
    char comm[16];
    struct files_struct *files;
    struct io_uring_task *io_uring;
    struct nsproxy *nsproxy;
    struct signal_struct *signal;
    struct css_set *cgroups;
    struct mm_struct *mm;
    const struct cred *cred;
    __u64 self_exec_id; /* how often it has replaced its program; 64 bits since 5.7 */
};

/* The kernel's own, with the peer's address copied from user space, or to be copied there. */
struct msghdr {
    void *msg_name;
};

struct linux_binprm;
struct page;

#pragma clang attribute pop

/* What user space passes to the calls that take vectors; its layout never changes. */
struct user_iovec {
    __u64 base;
    __u64 length;
};

struct user_msghdr {
    __u64 name;
    __u32 name_length;
    __u32 reserved;
    __u64 vectors;
    __u64 vector_count;
    __u64 control;
    __u64 control_length;
    __u64 flags;
};

struct user_mmsghdr {
    struct user_msghdr message;
    __u32 length;
    __u32 reserved;
};

/* The beginning of a sockaddr_in, and of a sockaddr_in6, whose address comes behind it. */
struct user_sockaddr {
    __u16 family;
    __be16 port;
    __u32 address;
};

#pragma clang diagnostic pop

#endif
