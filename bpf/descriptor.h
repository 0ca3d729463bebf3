/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * From a descriptor's number to its socket, and from user space's message structures to its buffers.
 */
#ifndef INTERSPAN_DESCRIPTOR_H
#define INTERSPAN_DESCRIPTOR_H

#include "kernel.h"
#include "maps/scratch.h"
#include "payload.h"

/* The socket behind a descriptor of the current process; NULL when it is none. The table is walked without a lock: its
 * memory is freed after a grace period that the program holds up. */
static __always_inline struct sock *descriptor_socket(struct task_struct *task, __u32 descriptor)
{
    struct fdtable *table = task->files->fdt;
    struct file *file = NULL;
    if (descriptor >= table->max_fds)
        return NULL;
    bpf_probe_read_kernel(&file, sizeof(file), table->fd + descriptor);
    /* A socket without sockfs cannot be opened, so the kind of inode is enough. */
    if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
        return NULL;
    struct socket *socket = BPF_CORE_READ(file, private_data);
    return socket ? BPF_CORE_READ(socket, sk) : NULL;
}

static __always_inline int uses_io_uring(struct task_struct *task)
{
    return bpf_core_field_exists(task->io_uring) && task->io_uring != NULL;
}

/* The vectors and the peer's address of a msghdr in user space. */
static __always_inline void message_source(struct source *source, __u64 address)
{
    struct user_msghdr message = {};
    bpf_probe_read_user(&message, sizeof(message), (void *)address);
    source->address = message.vectors;
    source->vectors = message.vector_count;
    if (!source->is_kernel_name)
        source->name = message.name;
}

#endif
