"""Kernels that cannot be watched: one line that says what is missing, and what to do."""
import errno
import json
import pathlib
import shlex
import subprocess
import sys

from harness.registry import test
from harness.world import SERVICES, check

from .situations import check_refusal, run

# Nobody else's addresses are taken, and nothing is exported.
QUIET = {"OTEL_TRACES_EXPORTER": "console", **{
    f"INTERSPAN_SERVICE__TELEMETRY__{server}__ADDRESS": "none" for server in ("METRICS", "HEALTH")}}
VARIABLES = [f"{name}={value}" for name, value in QUIET.items()]
# Where libbpf looks for a kernel's types.
TYPES = ("/sys/kernel/btf", "/boot", "/lib/modules")


def without_types(*command):
    """Words that run a command where no file tells the kernel's types."""
    hidden = " && ".join(f"mount -t tmpfs none {folder}" for folder in TYPES if pathlib.Path(folder).is_dir())
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c",
            f"{hidden} && exec {shlex.join(map(str, command))}"]


def refusing(what, number, *command):
    """Words that run a command whose bpf() fails."""
    return [sys.executable, SERVICES / "refusing.py", what, number, *command]


def report(*command):
    """What `doctor --json` says, run by a command's words; it ends with 1 where nothing can be seen."""
    result = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    check(result.returncode in (0, 1), f"doctor ended with {result.returncode}: {result.stderr[-500:]}")
    return json.loads(result.stdout)


@test(every_hook=False)
def aKernelThatDoesNotTellItsTypesIsRefusedInOneLine(world):
    command = without_types("env", *VARIABLES, world.binary, "run")
    check_refusal(run(*command), 1, "/sys/kernel/btf/vmlinux", "CONFIG_DEBUG_INFO_BTF")
    found = report(*without_types(world.binary, "doctor", "--json"))
    check(found["btf"] is False, f"doctor says of BTF: {found['btf']}")
    check("anything" in found["not_seen"][0], f"doctor says that is not seen: {found['not_seen']}")


@test(every_hook=False)
def aKernelWithoutRingBuffersIsRefusedInOneLine(world):
    command = refusing("maps", errno.EINVAL, "/usr/bin/env", *VARIABLES, world.binary, "run")
    check_refusal(run(*command), 1, "no BPF ring buffers", "5.8")


@test(every_hook=False)
def aContainerThatMayNotUseBPFIsToldWhatItsProfileNeeds(world):
    command = refusing("bpf", errno.EPERM, "/usr/bin/env", *VARIABLES, world.binary, "run")
    check_refusal(run(*command), 1, "seccomp profile must allow bpf and perf_event_open")


@test(every_hook=False)
def aKernelWithoutBPFIsRefusedInOneLine(world):
    command = refusing("bpf", errno.ENOSYS, "/usr/bin/env", *VARIABLES, world.binary, "run")
    check_refusal(run(*command), 1, "no bpf()", "CONFIG_BPF_SYSCALL")
