"""What the programs remember of a process is of that process alone, of its program and of its user."""
import json
import os
import pathlib
import signal
import socket
import sys
import time

from harness import patience
from harness.agent import OUR_LOSSES
from harness.otlp import SERVER
from harness.registry import test
from harness.world import LAST_RETURN_S, SERVICES, check, require

REQUESTS = 5
STOP_S = 10


class Connection:
    """A connection that is kept."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)

    def ask(self, path):
        """A request that is answered."""
        self.socket.sendall(f"GET /{path} HTTP/1.1\r\nHost: known\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"ok"):
            piece = self.socket.recv(65536)
            check(piece, f"{path} was not answered")
            answer += piece


def stop(pid):
    """Has a process stand still. Its other threads go on until the one that was told has had its turn."""
    os.kill(pid, signal.SIGSTOP)
    end = patience.now() + STOP_S
    while any(task.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "T"
              for task in pathlib.Path(f"/proc/{pid}/task").iterdir()):
        check(patience.now() < end, "the agent does not stand still")
        time.sleep(0.01)


def becomes_another(world, how, own_connection=False):
    """Who is watched answers, and then somebody else over the same connection, of whom the agent cannot say anything,
    since it is stopped: nothing may be recorded."""
    process = world.process(how, [sys.executable, SERVICES / "changing.py", how])
    said = json.loads(process.wait_for(process.out, "listening"))
    agent = world.agent(receiver={"select": [{"pid": said["pid"]}]})
    connection = Connection(said["listening"][1])
    for name in world.names(REQUESTS, "before"):
        connection.ask(name)
    # What is remembered now is not looked up anew because the agent has written something.
    time.sleep(LAST_RETURN_S)
    try:
        stop(agent.pid)
        connection.ask(f"{world.token}-change")
        if own_connection:
            connection = Connection(said["listening"][1])
        for name in world.names(REQUESTS, "after"):
            connection.ask(name)
        time.sleep(LAST_RETURN_S)
    finally:
        os.kill(agent.pid, signal.SIGCONT)
    agent.stop()
    require(agent.unbalanced([loss for loss in OUR_LOSSES if loss != "gap"]))
    paths = [span.path for span in agent.spans() if world.token in span.path and span.kind == SERVER]
    wanted = [f"/{name}" for name in [*world.names(REQUESTS, "before"), f"{world.token}-change"]]
    check(sorted(paths) == sorted(wanted), f"spans of {sorted(paths)}")


@test
def anotherProgramInTheProcessIsJudgedAnew(world):
    becomes_another(world, "exec")


@test
def anotherProgramThatAThreadBeganIsJudgedAnew(world):
    becomes_another(world, "thread")


@test
def anotherUserOfTheProcessIsJudgedAnew(world):
    becomes_another(world, "setuid")


@test
def aChildThatWasLeftASocketIsJudgedItself(world):
    becomes_another(world, "fork")


@test
def whoIsGivenASocketIsJudgedItself(world):
    becomes_another(world, "pass")


@test
def whoHasTheNumberOfAnotherIsJudgedItself(world):
    becomes_another(world, "again", own_connection=True)
