#pragma once
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What Swift cannot say: variadic calls, and atomic access to memory that the kernel shares with us. */

static inline uint64_t interspan_load_acquire(const void *address) {
    return __atomic_load_n((const uint64_t *)address, __ATOMIC_ACQUIRE);
}

static inline uint32_t interspan_load_acquire_32(const void *address) {
    return __atomic_load_n((const uint32_t *)address, __ATOMIC_ACQUIRE);
}

static inline void interspan_store_release(void *address, uint64_t value) {
    __atomic_store_n((uint64_t *)address, value, __ATOMIC_RELEASE);
}

static inline void interspan_store_release_32(void *address, uint32_t value) {
    __atomic_store_n((uint32_t *)address, value, __ATOMIC_RELEASE);
}

/* What was written before is seen by whoever sees the new number. */
static inline void interspan_increment_32(void *address) {
    __atomic_fetch_add((uint32_t *)address, 1, __ATOMIC_SEQ_CST);
}

/* An event for a tracepoint on all of the system, to attach a program to. A descriptor, or -1 with errno. */
static inline int interspan_open_tracepoint(uint64_t id) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.size = sizeof(attributes);
    attributes.config = id;
    return (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

/* A descriptor that stands for a process (5.3), or -1 with errno. */
static inline int interspan_open_process(uint32_t number) {
    return (int)syscall(SYS_pidfd_open, number, 0);
}

/* tracefs, mounted nowhere (5.2): a descriptor of its root, or -1 with errno. */
static inline int interspan_open_tracefs(void) {
    int context = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int root = -1;
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        root = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
    close(context);
    return root;
}

/* The calling thread keeps of its capabilities at most these, by their bits, and gains none by executing. 0, or -1 with
 * errno. */
static inline int interspan_keep_capabilities(uint64_t kept) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2];
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) return -1;
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    for (int word = 0; word < 2; word++) {
        uint32_t bits = (uint32_t)(kept >> (32 * word));
        data[word].permitted &= bits;
        data[word].effective = data[word].permitted;
        data[word].inheritable = 0;
    }
    return (int)syscall(SYS_capset, &header, data);
}

/* A line of libbpf's, put together. Returns its length as vsnprintf does. */
static inline int interspan_format(char *buffer, size_t size, const char *format, va_list arguments) {
    return vsnprintf(buffer, size, format, arguments);
}
