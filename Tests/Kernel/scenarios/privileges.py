"""What the agent may do: at first what it was given, once it runs four things."""
import json
import pathlib
import shlex
import shutil
import subprocess

from harness.registry import test
from harness.world import check

from .chain import chain

# Where CAP_PERFMON does not open tracepoints.
PARANOID = int(pathlib.Path("/proc/sys/kernel/perf_event_paranoid").read_text()) > 2
# By their numbers in the kernel: DAC_READ_SEARCH, SYS_PTRACE, PERFMON, BPF.
FOUR = 1 << 2 | 1 << 19 | 1 << 38 | 1 << 39
ADMINISTRATOR = 1 << 21
NAMES = "+dac_read_search,+sys_ptrace,+perfmon,+bpf"


def needs_tracepoints(world):
    """Whether the returns of calls are seen by tracepoints, for want of trampolines."""
    said = subprocess.run([world.binary, "doctor", "--json"], capture_output=True, check=True, timeout=60).stdout
    return any(program["name"] == "turn" and program["attachment"].startswith("tracepoint/")
               for program in json.loads(said)["programs"])


def threads(pid):
    """Each thread's name, what /proc says of its status, and its niceness."""
    for folder in pathlib.Path(f"/proc/{pid}/task").iterdir():
        status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines())
        niceness = int((folder / "stat").read_text().rpartition(")")[2].split()[16])
        yield status["Name"], status, niceness


@test(every_hook=False)
def afterItsStartItHoldsFourCapabilitiesAndNoMore(world):
    kept = FOUR | (ADMINISTRATOR if PARANOID and needs_tracepoints(world) else 0)
    agent = world.agent(receivers={"otlp": {"protocols": {"http": {"endpoint": "127.0.0.1:0"}}}})
    found = list(threads(agent.pid))
    check(len(found) > 6, f"few threads: {[name for name, _, _ in found]}")
    for name, status, _ in found:
        for held in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
            surplus = int(status[held], 16) & ~kept
            check(not surplus, f"thread {name}: {held} has {surplus:x} beside what is needed")
        check(int(status["CapEff"], 16) == kept, f"thread {name}: CapEff is {status['CapEff']}")
        check(status["NoNewPrivs"] == "1", f"thread {name} could gain privileges by executing")
    raised = [name for name, _, niceness in found if niceness < 0]
    check(sorted(raised) == ["pipeline", "selection"], f"threads of raised priority: {raised}")
    agent.stop()


@test(every_hook=False)
def fourCapabilitiesAreEnoughForAnOrdinaryUser(world):
    # The folders of a test are root's alone.
    world.folder.chmod(0o755)
    binary = world.folder / "interspan"
    shutil.copy(world.binary, binary)
    wrapper = world.folder / "as-nobody"
    wrapper.write_text(
        "#!/bin/sh\n"
        f"chown -R nobody {shlex.quote(str(world.folder))}/agent*\n"
        f"exec setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=-all,{NAMES}"
        f" --ambient-caps=-all,{NAMES} --bounding-set=-all,{NAMES} {shlex.quote(str(binary))} \"$@\"\n")
    wrapper.chmod(0o755)
    world.binary = wrapper
    chain(world, count=50)
