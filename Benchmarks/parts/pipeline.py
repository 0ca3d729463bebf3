"""The whole pipeline in user space, from captured packets to OTLP, by the CPU time it takes."""
import os
import subprocess

from harness import pcap
from harness.process import Failure

from .stage import Row, figure

EVERY_HOOK = False


def cpu_seconds(command):
    """User and system time of a command, all its threads together."""
    process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failure(f"replay ended with {process.returncode}: {errors[-300:].decode(errors='replace')}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def write(path, count):
    """A capture of so many exchanges, both ends on loopback."""
    with open(path, "wb") as file:
        for piece in pcap.exchanges(count, path="/checkout/item/{}"):
            file.write(piece)


def measure(stage):
    """Replays of a large capture, less those of one that is nearly empty, which is what starting costs."""
    count = 10_000 if stage.quick else 200_000
    small, large = stage.folder / "small.pcap", stage.folder / "large.pcap"
    write(small, 10)
    write(large, count)
    rates, memory = [], []
    for _ in range(3 if stage.quick else 7):
        start = cpu_seconds([stage.binary, "replay", small, "--output", "/dev/null"])[0]
        used, most = cpu_seconds([stage.binary, "replay", large, "--output", "/dev/null"])
        rates.append(count / max(used - start, 1e-6))
        memory.append(most)
    what = "`replay` of HTTP/1.1 over 16 connections, 4 packets an exchange, to OTLP/JSON"
    yield Row(f"{what}: exchanges a CPU second", figure(rates, "/s"), "")
    yield Row(f"{what}: spans a CPU second", figure([2 * rate for rate in rates], "/s"), "> 300,000/s")
    yield Row(f"`replay` of {count:,} exchanges: most resident memory", figure(memory, " MiB", 1), "")
