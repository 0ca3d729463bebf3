"""What is done inside: each way of hooking watches the same traffic, and everything that is needed to judge it is
reported. Nothing is judged here."""
import os
import pathlib
import struct
import subprocess
import time
import traceback

import names
import traffic
from harness import agent, kernel_objects, patience
from harness.process import children
from harness.world import World

BINARY = "/usr/bin/interspan"
# A response reaches the client before the call that sent it has returned in the server: here, a while before.
LAST_RETURN_S = 1
# An emulated machine whose host has other things to do may take a minute for what takes a second elsewhere, and does
# not see that time is taken away from it: the clock of all who wait here is slower by so much.
SLOWNESS = 9
patience.now = lambda: time.monotonic() / SLOWNESS
# By that clock.
PATIENCE_S = 10
agent.START_TIMEOUT = agent.STOP_TIMEOUT = PATIENCE_S


def run(report, hooks, lacking):
    """Everything, for the ways of hooking that the kernel has and for those that it has not."""
    report.say("release", os.uname().release)
    report.say("doctor", doctor())
    for hook in (*lacking, "auto"):
        report.say(hook, guarded(start, hook))
    for hook in hooks:
        report.say(hook, guarded(watch, hook))


def guarded(action, hook):
    """What an action finds, or why it found nothing."""
    folder = pathlib.Path("/tmp", hook)
    folder.mkdir()
    begin = time.monotonic()
    try:
        with World(folder, BINARY, hook) as world:
            finding = action(world)
    except Exception:
        finding = {"failure": traceback.format_exc()}
    return {**finding, "seconds": round(time.monotonic() - begin, 1)}


def doctor():
    """The doctor's findings, as it writes them."""
    result = subprocess.run([BINARY, "doctor", "--json"], capture_output=True, text=True, timeout=240)
    return {"status": result.returncode, "json": result.stdout, "errors": result.stderr}


def start(world):
    """A start that may be refused, and an end, with nothing in between."""
    process = world.agent_starting().process
    end = patience.now() + PATIENCE_S
    while process.status is None and "capture active" not in process.errors() and patience.now() < end:
        time.sleep(0.05)
    return {"status": process.stop(timeout=PATIENCE_S), "log": process.errors()}


def watch(world):
    """The traffic, watched."""
    world.token, early = f"by-{world.hook}-", f"early-{world.hook}"
    scene = traffic.Scene(world)
    scene.open_connections()
    watching = world.agent()
    scene.use_open_connections(early)
    scene.play()
    asked = names.play(world.token)
    privileges = pathlib.Path(f"/proc/{watching.pid}/status").read_text()
    turns = turns_of(watching, children(scene.loop.process.pid))
    time.sleep(LAST_RETURN_S)
    watching.stop()
    return {
        "selected": select(world, scene.middle),
        "status": watching.process.status, "log": watching.process.errors(),
        "spans": watching.spans_file.read_text(),
        "truth": world.truth(), "token": world.token, "early": early, "asked": asked, "turns": turns,
        "privileges": privileges,
        "paranoid": int(pathlib.Path("/proc/sys/kernel/perf_event_paranoid").read_text())}


def turns_of(watching, processes):
    """How often each process has returned from waiting, as the agent's programs have counted: `struct thread_state`."""
    threads = next(each for each in kernel_objects.Map.of(watching.pid) if each.name == "threads")
    states = [threads.of_task(process) for process in processes]
    return [struct.unpack_from("=I", state, 16)[0] if state else 0 for state in states]


def select(world, service):
    """The same way of hooking, with one process selected: who asks it is not, nor whom it calls."""
    watching = world.agent(receiver={"select": [{"ports": [str(service.port)]}]})
    world.client().send(service.url, [f"selected-{world.hook}-{number}" for number in range(traffic.SELECTED)])
    time.sleep(LAST_RETURN_S)
    watching.stop()
    return {"log": watching.process.errors(), "spans": watching.spans_file.read_text()}
