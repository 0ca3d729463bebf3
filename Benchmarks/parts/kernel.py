"""What a run of each BPF program costs, and the share of the observed programs' CPU time that they take together.

Both by the kernel's own accounting (kernel.bpf_stats_enabled; its own measuring, some 40 ns a run, is included), over
the same half seconds: requests/s swing too much between runs to say anything about a few per cent.
"""
import collections
import contextlib
import json
import pathlib
import subprocess
import time

from harness.process import Failure

from .loads import LOADS, NGINX, everybody
from .stage import Row, cpu_ns, figure

EVERY_HOOK = True
SWITCH = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
WINDOW_S = 0.5
Budget = collections.namedtuple("Budget", "call share", defaults=("", ""))
# How a load is looked at: (in words, the receiver's settings, the budget).
LEFT_OUT = ("everything excluded", {"exclude": [{"exe": "*"}]}, Budget("< 100 ns"))
LENGTHS = ("lengths only", {"payload_limit": 0}, Budget())
WHOLE = ("payload up to 4096 B", {"payload_limit": 4096}, Budget())
FEWER_WAYS = [LEFT_OUT, LENGTHS, ("payload up to 256 B", {"payload_limit": 256}, Budget()), WHOLE]
WAYS = [
    LEFT_OUT, LENGTHS, ("payload up to 256 B", {"payload_limit": 256}, Budget("< 450 ns")),
    ("payload up to 1024 B", {"payload_limit": 1024}, Budget("< 600 ns", "< 7 %")), WHOLE]
# A program that ran more rarely than this a second is not what costs.
RARE = 50

Run = collections.namedtuple("Run", "name time count")


@contextlib.contextmanager
def accounting():
    """Switches the kernel's accounting on, and back to what it was."""
    before = SWITCH.read_text()
    SWITCH.write_text("1")
    try:
        yield
    finally:
        SWITCH.write_text(before)


def program_ids(pid):
    """The BPF programs that a process holds, by the kernel's numbers: directly, or by links."""
    found = set()
    for info in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        with contextlib.suppress(OSError):
            found.update(int(line.split()[1]) for line in info.read_text().splitlines() if line.startswith("prog_id"))
    return found


def runs(ids):
    """What each program has used so far."""
    shown = subprocess.run(["bpftool", "--json", "prog", "show"], stdout=subprocess.PIPE, check=True)
    return {
        program["id"]: Run(program.get("name", "?"), program.get("run_time_ns", 0), program.get("run_cnt", 0))
        for program in json.loads(shown.stdout) if program["id"] in ids}


def measured(stage, load, ids, agent):
    """By half seconds: {program: ns a run}, {program: runs a second}, ns a run of all, shares of the load's time."""
    costs, rates, everything, shares = collections.defaultdict(list), collections.defaultdict(list), [], []
    with accounting():
        for _ in range(4 if stage.quick else 24 if load is NGINX else 12):
            pids = everybody(but=agent.pid)
            before, cpu_before = runs(ids), cpu_ns(pids)
            time.sleep(WINDOW_S)
            after, cpu_after = runs(ids), cpu_ns(pids)
            spent = count = 0
            for number, run in after.items():
                more = run.count - before[number].count
                used = run.time - before[number].time
                spent, count = spent + used, count + more
                if more > RARE * WINDOW_S:
                    costs[run.name].append(used / more)
                    rates[run.name].append(more / WINDOW_S)
            shares.append(100 * spent / (cpu_after - cpu_before))
            if count:
                everything.append(spent / count)
    if not everything:
        raise Failure("no program ran: is anything attached?")
    return costs, rates, everything, shares


def measure(stage):
    """Rows for each load, and each way to look at it."""
    for load in LOADS:
        with load.start(stage):
            for what, receiver, budget in WAYS if load is NGINX else FEWER_WAYS:
                agent = stage.agent(**receiver)
                ids = program_ids(agent.pid)
                if not ids:
                    raise Failure("the agent holds no BPF program")
                costs, rates, everything, shares = measured(stage, load, ids, agent)
                agent.stop()
                yield Row(
                    f"a run of a program, {load.whose} calls, {what}, all together", figure(everything, " ns"),
                    budget.call)
                for name, values in sorted(costs.items()) if load is NGINX else ():
                    rate = figure(rates[name], "/s")
                    yield Row(f"`{name}`, {what} (runs: {rate})", figure(values, " ns"), "")
                yield Row(f"share of {load.whose} CPU time, {what}", figure(shares, " %", 1), budget.share)
