"""What a run of each BPF program costs, and the share of nginx's and wrk's CPU time that they take together.

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

from .stage import Row, cpu_ns, figure

EVERY_HOOK = True
SWITCH = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
WINDOW_S = 0.5
# (payload_limit, the budget of a call in ns)
LIMITS = [(256, "< 450 ns"), (1024, "< 600 ns"), (4096, "")]
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


def measure(stage):
    """Rows for each amount of payload."""
    stage.start_nginx()
    for limit, budget in LIMITS:
        agent = stage.agent(payload_limit=limit)
        ids = program_ids(agent.pid)
        if not ids:
            raise Failure("the agent holds no BPF program")
        load = stage.load()
        pids = [*stage.workers(), load.pid]
        costs, shares, rates, everything = collections.defaultdict(list), [], collections.defaultdict(list), []
        with accounting():
            for _ in range(4 if stage.quick else 24):
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
        load.stop()
        agent.stop()
        if not everything:
            raise Failure("no program ran: is anything attached?")
        what = f"payload up to {limit} B"
        yield Row(f"a run of a program, {what}, all together", figure(everything, " ns"), budget)
        for name, values in sorted(costs.items()):
            rate = figure(rates[name], "/s")
            yield Row(f"`{name}`, {what} (runs: {rate})", figure(values, " ns"), "")
        yield Row(
            f"share of nginx's and wrk's CPU time, {what}", figure(shares, " %", 1), "< 7 %" if limit == 1024 else "")
