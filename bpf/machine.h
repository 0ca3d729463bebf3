/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * All that differs between x86-64 and arm64: where a call's number and arguments lie while it returns, how the calls are
 * numbered, and where a thread's own storage is. (The agent's side of it is Sources/Capture/Live/Machine.swift.) Only x86-64 was ever run.
 */
#ifndef INTERSPAN_MACHINE_H
#define INTERSPAN_MACHINE_H

#include "kernel.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpadded"
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)

struct pt_regs {
    unsigned long r10;
    unsigned long r8;
    unsigned long dx;
    unsigned long si;
    unsigned long di;
    unsigned long orig_ax;
};

/* A return leaves every argument where it was: only rax, rcx and r11 change. */
#define CALL_NUMBER(regs) ((long)(regs)->orig_ax)
#define CALL_ARGUMENT_1(regs) ((regs)->di)
#define CALL_ARGUMENT_2(regs) ((regs)->si)
#define CALL_ARGUMENT_3(regs) ((regs)->dx)
#define CALL_ARGUMENT_4(regs) ((regs)->r10)
#define CALL_ARGUMENT_5(regs) ((regs)->r8)

struct thread_struct {
    unsigned long fsbase;
};

/* Of struct task_struct (what follows the underscores is left out when it is looked up in the kernel's types). */
struct task_struct___thread {
    struct thread_struct thread;
};

/* Where a thread keeps what is its own, and the register that names a goroutine: none, it is in the thread's own storage. */
#define THREAD_STORAGE(task) (((struct task_struct___thread *)(task))->thread.fsbase)
#define GOROUTINE_REGISTER(task) 0

/* The function in which the kernel carries out a call. */
#define CALL_FUNCTION(call) "__x64_sys_" #call

/* TS_COMPAT: a 32-bit call, whose numbers and structures are others. */
#define CALL_IS_32_BIT(task) ((task)->thread_info.status & 0x0002)

enum number {
    NUMBER_READ = 0,
    NUMBER_WRITE = 1,
    NUMBER_POLL = 7,
    NUMBER_READV = 19,
    NUMBER_WRITEV = 20,
    NUMBER_SELECT = 23,
    NUMBER_SENDFILE = 40,
    NUMBER_SENDTO = 44,
    NUMBER_RECVFROM = 45,
    NUMBER_SENDMSG = 46,
    NUMBER_RECVMSG = 47,
    NUMBER_EPOLL_WAIT = 232,
    NUMBER_PSELECT6 = 270,
    NUMBER_PPOLL = 271,
    NUMBER_SPLICE = 275,
    NUMBER_EPOLL_PWAIT = 281,
    NUMBER_RECVMMSG = 299,
    NUMBER_SENDMMSG = 307,
    NUMBER_PREADV2 = 327,
    NUMBER_PWRITEV2 = 328,
    NUMBER_EPOLL_PWAIT2 = 441,
};

#elif defined(__TARGET_ARCH_arm64)

struct user_pt_regs {
    __u64 regs[31];
};

struct pt_regs {
    struct user_pt_regs user_regs;
    __u64 orig_x0;
    __s32 syscallno;
};

/* The return value takes the first argument's place; the kernel keeps a copy of that. */
#define CALL_NUMBER(regs) ((long)(regs)->syscallno)
#define CALL_ARGUMENT_1(regs) ((regs)->orig_x0)
#define CALL_ARGUMENT_2(regs) ((regs)->user_regs.regs[1])
#define CALL_ARGUMENT_3(regs) ((regs)->user_regs.regs[2])
#define CALL_ARGUMENT_4(regs) ((regs)->user_regs.regs[3])
#define CALL_ARGUMENT_5(regs) ((regs)->user_regs.regs[4])

struct thread_struct {
    struct {
        unsigned long tp_value;
    } uw;
};

struct task_struct___thread {
    struct thread_struct thread;
};

/* As of when the thread last got its processor: whoever writes its register tells nobody. bpf_task_pt_regs: 5.15. */
#define THREAD_STORAGE(task) (((struct task_struct___thread *)(task))->thread.uw.tp_value)
#define GOROUTINE_REGISTER(task)                                                                                       \
    (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)                                               \
         ? ((struct pt_regs *)bpf_task_pt_regs(task))->user_regs.regs[28]                                              \
         : 0)

#define CALL_FUNCTION(call) "__arm64_sys_" #call

/* TIF_32BIT */
#define CALL_IS_32_BIT(task) ((task)->thread_info.flags & (1UL << 22))

enum number {
    NUMBER_EPOLL_PWAIT = 22,
    NUMBER_READ = 63,
    NUMBER_WRITE = 64,
    NUMBER_READV = 65,
    NUMBER_WRITEV = 66,
    NUMBER_SENDFILE = 71,
    NUMBER_PSELECT6 = 72,
    NUMBER_PPOLL = 73,
    NUMBER_SPLICE = 76,
    NUMBER_SENDTO = 206,
    NUMBER_RECVFROM = 207,
    NUMBER_SENDMSG = 211,
    NUMBER_RECVMSG = 212,
    NUMBER_RECVMMSG = 243,
    NUMBER_SENDMMSG = 269,
    NUMBER_PREADV2 = 286,
    NUMBER_PWRITEV2 = 287,
    NUMBER_EPOLL_PWAIT2 = 441,
    /* Calls that this machine never had: numbers that none will have. */
    NUMBER_POLL = -7,
    NUMBER_SELECT = -23,
    NUMBER_EPOLL_WAIT = -232,
};

#else
#error "no BPF programs for this machine"
#endif

#pragma clang attribute pop
#pragma clang diagnostic pop

#endif
