// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The BPF programs: they copy what crosses a socket, with who, where and when, into ring buffers. Start reading at
 * transfer.h, the body that the three ways of hooking share; include/interspan.h is what crosses to the agent.
 *
 * The agent loads one of the three: sock (6.3), fexit (5.15) or syscall (5.12), besides what all need. Both follow
 * pointers that the verifier knows (tp_btf, fexit: 5.5), so fields are loads and not probe reads; threads and sockets
 * carry our state in local storage; atomic operations that return a value need 5.12.
 */
#include "hook_fexit.h"
#include "hook_sock.h"
#include "hook_syscall.h"
#include "hook_turn.h"
#include "lineage.h"

char programs_license[] SEC("license") = "Dual MIT/GPL";
