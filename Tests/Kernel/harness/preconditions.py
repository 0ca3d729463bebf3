"""What this machine allows, found out without the program under test, so that its own faults are never a reason to
skip."""
import ctypes
import os
import pathlib
import tempfile

from .agent import Agent
from .process import Failure, is_root

BTF = pathlib.Path("/sys/kernel/btf/vmlinux")
# Names in the kernel's type information that tell a tracepoint is there.
NEEDED = {"sock": b"btf_trace_sock_send_length", "syscall": b"btf_trace_sys_enter"}
SYSTEM_CALL_BPF = {"x86_64": 321, "aarch64": 280}


def _bpf_refusal():
    """Why bpf() is refused; None if it is not: makes a map of one element, as any of its users must."""
    number = SYSTEM_CALL_BPF.get(os.uname().machine)
    if number is None:
        return f"no bpf() known for {os.uname().machine}"
    libc = ctypes.CDLL(None, use_errno=True)
    array_map = (ctypes.c_uint32 * 16)(2, 4, 4, 1)
    descriptor = libc.syscall(number, 0, ctypes.byref(array_map), ctypes.sizeof(array_map))
    if descriptor < 0:
        return f"bpf() is refused here: {os.strerror(ctypes.get_errno())}"
    os.close(descriptor)
    return None


def hooks(binary, wanted):
    """(the ways of hooking that can be tested here, {another: why it cannot})."""
    reason = None if is_root() else "needs root"
    reason = reason or (None if BTF.exists() else "the kernel has no type information (/sys/kernel/btf/vmlinux)")
    reason = reason or _bpf_refusal()
    if reason:
        return [], {hook: reason for hook in wanted}
    possible, refused = [], {}
    types = BTF.read_bytes()
    for hook in wanted:
        if hook == "fexit":
            reason = _fexit_refusal(binary)
        else:
            reason = None if NEEDED[hook] in types else f"the kernel lacks {NEEDED[hook].decode()}"
        if reason:
            refused[hook] = reason
        else:
            possible.append(hook)
    return possible, refused


def _fexit_refusal(binary):
    """Whether trampolines are allowed shows only when a program is attached, which the agent does."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            agent = Agent(binary, folder, "fexit")
        except OSError as error:
            return str(error)
        try:
            agent.wait_until_active()
            return None
        except Failure:
            return agent.process.last_words()
        finally:
            agent.process.stop()
