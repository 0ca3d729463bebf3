"""Processes, and namespaces, that are gone before anybody could ask who they were."""
import json
import os
import pathlib
import signal
import sys
import time

from harness import patience
from harness.otlp import CLIENT, ERROR
from harness.process import Failure
from harness.registry import test
from harness.world import SERVICES, check, require

from .selection import client, service

TURNS = 12
NAMES = ("baker", "butcher")
FLEETING = 300
EVERY = 10
OPEN = 4
TIMEOUT_S = 30.0


def reborn(world, served, *arguments):
    """Programs that take over one process number from each other, each with a request of its own."""
    process = world.process("reborn", [
        sys.executable, SERVICES / "reborn.py", "--truth", world.watch("reborn"), "--folder", world.folder, "--at",
        served.address, "--turns", TURNS, *arguments, f"/{served.name}/{world.token}-", *NAMES])
    check(process.wait(TIMEOUT_S) == 0, f"the programs: {process.last_words()}")
    taken_over = json.loads(process.output())["taken_over"]
    world.notes.append(f"{taken_over} times within a second")
    check(taken_over >= TURNS / 2, f"a number was taken over {taken_over} times only")


def name_in(path):
    """Which program sent the request."""
    return path.rpartition("/")[2].split("-")[1]


@test
def aNumberThatIsUsedAgainWithinASecondIsAnotherProcess(world):
    served = world.backend("a")
    agent = world.agent()
    reborn(world, served)
    expected, spans = world.finish(agent)
    check(len(expected) == 2 * TURNS, f"the truth itself has {len(expected)} spans, not {2 * TURNS}")
    require([f"{span.path} is said to be of {span.resource.get('service.name')}" for span in spans
             if span.key in expected and span.kind == CLIENT
             and span.resource.get("service.name") != name_in(span.path)])


@test(every_hook=False)
def aVerdictOnAProcessIsNotForTheNextOfItsNumber(world):
    served = world.backend("a")
    agent = world.agent(receiver={"select": [{"command": f"*/{NAMES[0]} *"}]})
    # A program that is to be seen is there for long enough to be judged; the others make their call at once.
    reborn(world, served, "--waits", NAMES[0])
    patience.sleep(0.3)
    agent.stop()
    require(agent.unbalanced())
    spans = [span for span in agent.spans() if world.token in span.path]
    found = sorted((name_in(span.path), span.kind) for span in spans)
    check(found == [(NAMES[0], CLIENT)] * (TURNS // 2), f"of {TURNS // 2} requests that were selected: {found}")


@test
def whatDiesBetweenItsExecAndItsFirstCallIsNoLoss(world):
    """The rule makes the agent look at each of them, which is gone by then."""
    served = service(world, "a")
    agent = world.agent(receiver={"select": [{"command": "*backend.py*"}, {"command": "*once.py*"}]})
    process = world.process("fleeting", [
        sys.executable, SERVICES / "fleeting.py", "--truth", world.watch("fleeting"), "--at", served.address, "--every",
        EVERY, FLEETING, f"/{served.name}/", world.token])
    check(process.wait(60) == 0, f"the programs: {process.last_words()}")
    killed = json.loads(process.output())["killed"]
    check(killed > FLEETING / 2, f"{killed} were killed")
    expected, _ = world.finish(agent)
    check(len(expected) == 2 * FLEETING // EVERY, f"the truth itself has {len(expected)} spans")


def namespace_is_gone(inode):
    """Whether no process lives in a network namespace."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("ns/net").stat().st_ino == inode:
                return False
        except OSError:
            continue
    return True


@test
def aNamespaceThatVanishesTakesNothingWithIt(world):
    """Everything in it is killed at once, in the middle of requests; then others go on as if nothing had been."""
    holder = world.process("holder", ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"])
    holder.wait_for(holder.out, "up")
    inode = os.stat(f"/proc/{holder.pid}/ns/net").st_ino
    within = ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]
    lost = service(world, "lost", within, "127.0.0.1:8080")
    agent = world.agent()
    inside = client(world, within, connections=OPEN)
    inside.send(lost.url, world.names(20))
    cut = world.names(OPEN, "cut")
    inside.start(lost.url, cut, query="delay=60000")
    wait_for_open(lost.process.pid, OPEN)
    for process in (inside.process, lost.process, holder):
        os.kill(process.pid, signal.SIGKILL)
    end = patience.now() + TIMEOUT_S
    while not namespace_is_gone(inode):
        if patience.now() > end:
            raise Failure("the namespace does not vanish")
        time.sleep(0.05)
    for name in cut:
        path = f"/lost/{name}"
        world.remember({"path": None, "pid": inside.process.pid, "calls": [{"path": path, "status": None}]})
        world.remember({"path": path, "pid": lost.process.pid, "status": None, "calls": []})
    world.client(2).send(world.backend("after").url, world.names(20, "after"))
    expected, spans = world.finish(agent)
    check(len(expected) == 2 * (40 + OPEN), f"the truth itself has {len(expected)} spans")
    require([f"{span.path} ended as if it were whole: status {span.status}" for span in spans
             if "cut-" in span.path and span.status != ERROR])


def wait_for_open(pid, count):
    """Waits until a service of a thread for each connection has so many threads that answer."""
    end = patience.now() + TIMEOUT_S
    while len(os.listdir(f"/proc/{pid}/task")) < count + 1:
        if patience.now() > end:
            raise Failure(f"process {pid} has {len(os.listdir(f'/proc/{pid}/task'))} threads")
        time.sleep(0.05)
    # Threads are there once a connection is; its request comes a moment later.
    patience.sleep(0.5)
