"""What a system call costs that has nothing to do with sockets, beside the agent and without it."""
import os
import time

from .stage import Row, figure

EVERY_HOOK = True
CALLS = 200_000


def ns_a_call():
    """The least of a few short runs, ns: a call that does next to nothing, and what Python adds to it."""
    least = float("inf")
    for _ in range(5):
        begin = time.perf_counter_ns()
        for _ in range(CALLS):
            os.getppid()
        least = min(least, (time.perf_counter_ns() - begin) / CALLS)
    return least


def measure(stage):
    """Pairs of runs, and the difference within each pair."""
    stage.start_nginx()
    without, added = [], []
    for _ in range(2 if stage.quick else 7):
        without.append(ns_a_call())
        agent = stage.agent()
        added.append(ns_a_call() - without[-1])
        agent.stop()
    yield Row("`getppid`, a call that is not on a socket, from Python, without the agent", figure(without, " ns"), "")
    yield Row("what is added to it beside the agent", figure(added, " ns"), "0")
