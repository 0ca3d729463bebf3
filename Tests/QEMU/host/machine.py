"""An emulated machine: starts it, waits for its end, and gives what it said."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "QEMU/guest"))

import report  # noqa: E402
from harness import patience  # noqa: E402

PROGRAM = "qemu-system-x86_64"
MEMORY_MIB = 1024


def is_there():
    """Whether it can be emulated at all."""
    return shutil.which(PROGRAM) is not None


def run(kernel, ramdisk, parameters, folder, timeout):
    """Runs a kernel with a ramdisk to its end; parameters are handed to its first process. Gives the findings, by name;
    what the kernel and everything else wrote lies in console.log."""
    findings, console = folder / "findings", folder / "console.log"
    # What works around real processors' faults costs an emulated one much and protects nobody.
    line = ["console=ttyS0", "quiet", "panic=-1", "mitigations=off"]
    line += [f"{name}={value}" for name, value in parameters.items() if value]
    # One thread for both processors: where they have one each, the emulation may run code that the kernel is patching
    # as it was a moment before (int3 in syscall_exit_to_user_mode_prepare), which no real processor does.
    command = [
        PROGRAM, "-accel", "tcg,thread=single", "-cpu", "max", "-smp", "2", "-m", str(MEMORY_MIB), "-nodefaults",
        "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio", "-serial", f"file:{findings}",
        "-kernel", kernel, "-initrd", ramdisk, "-append", " ".join(line)]
    findings.write_text("")
    with open(console, "wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True)
        try:
            end = patience.now() + timeout
            while process.poll() is None and patience.now() < end:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(1)
            if process.poll() is None:
                with open(console, "a") as file:
                    file.write(f"\nnot done after {timeout} s\n")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return report.read(findings.read_text(errors="replace"))
