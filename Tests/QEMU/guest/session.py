"""What is done inside: each way of hooking watches the same traffic, and everything that is needed to judge it is
reported. Nothing is judged here."""
import os
import pathlib
import subprocess
import time
import traceback

import traffic
from harness.process import Failure
from harness.world import World

BINARY = "/usr/bin/interspan"
HOOKS = ("sock", "fexit", "syscall")
# A response reaches the client before the call that sent it has returned in the server, here after a while.
LAST_RETURN_S = 1


def run(report):
    """Everything."""
    report.say("release", os.uname().release)
    report.say("doctor", doctor())
    for hook in (*HOOKS, "auto"):
        begin = time.monotonic()
        folder = pathlib.Path("/tmp", hook)
        folder.mkdir()
        try:
            with World(folder, BINARY, hook) as world:
                # The same names for every hook, so that the spans can be compared.
                world.token = "t"
                finding = start_alone(world) if hook == "auto" else watch(world)
        except Exception:
            finding = {"failure": traceback.format_exc()}
        finding["seconds"] = round(time.monotonic() - begin, 1)
        report.say(hook, finding)


def doctor():
    """The doctor's findings, as it writes them."""
    result = subprocess.run([BINARY, "doctor", "--json"], capture_output=True, text=True, timeout=60)
    return {"status": result.returncode, "json": result.stdout, "errors": result.stderr}


def start_alone(world):
    """A start and an end, with nothing in between."""
    agent = world.agent()
    agent.stop()
    return {"status": agent.process.status, "log": agent.process.errors()}


def watch(world):
    """The traffic, watched."""
    scene = traffic.Scene(world)
    scene.before()
    agent = world.agent_starting()
    try:
        agent.wait_until_active()
    except Failure:
        # Whether it may refuse is judged outside.
        return {"status": agent.process.wait(5), "log": agent.process.errors()}
    scene.play()
    time.sleep(LAST_RETURN_S)
    agent.stop()
    return {
        "status": agent.process.status, "log": agent.process.errors(), "truth": world.truth(),
        "spans": agent.spans_file.read_text()}
