"""Far more than can be read: whole connections are left out, alike at both ends, and everything is counted."""
import collections
import pathlib
import re
import shutil
import signal
import time

from harness import free
from harness.nginx import Nginx
from harness.otlp import CLIENT, SERVER
from harness.process import Skip
from harness.registry import test
from harness.telemetry import Telemetry
from harness.tree import exchange_of
from harness.world import check, require

CONNECTIONS = 64
# How long each load lasts, and the consumer is stopped; seconds.
LOAD_S = 4
STOPPED_S = 5
# How much memory may grow from one load to the next, bytes.
GROWTH = 24 << 20


def both_or_neither(spans, mark):
    """Exchanges whose path has the mark of which one end alone is there."""
    ends = collections.defaultdict(set)
    for span in spans:
        if mark in span.path:
            ends[exchange_of(span)].add(span.kind)
    return [f"of {exchange} only {kinds} is there" for exchange, kinds in ends.items() if kinds != {CLIENT, SERVER}]


def overloaded(world):
    """nginx, and an agent that has the smallest rings."""
    files = world.folder / "files"
    files.mkdir()
    (files / world.token).write_text("x" * 100)
    port = free.port()
    nginx = Nginx(world.folder, [f"127.0.0.1:{port}"], {}, files=files, log=False)
    world.at_end(nginx.stop)
    telemetry = Telemetry()
    agent = world.agent(receiver={"ring_buffer": "64KiB"}, telemetry=telemetry.section)
    return agent, telemetry, f"http://127.0.0.1:{port}/files/{world.token}"


def load(world, url, seconds):
    """wrk, as fast as it can."""
    wrk = shutil.which("wrk")
    if not wrk:
        raise Skip("wrk is not installed")
    name = f"wrk{time.monotonic_ns()}"
    return world.process(name, [
        # An answer that comes late on a slow machine is none that is missing.
        wrk, "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "120s", url])


def finished(process):
    """How many requests a load made."""
    process.wait(60)
    made = re.search(r"(\d+) requests in", process.output())
    check(made, f"wrk did not say what it did: {process.last_words()}")
    check("Socket errors" not in process.output(), f"wrk had errors: {process.output()}")
    return int(made[1])


def resident(pid):
    """Resident memory, bytes."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) << 10


def require_all_is_seen(world, agent, telemetry):
    """When the load is over everything is seen again, and of what came before nothing is half there.

    Gives the spans of the load."""
    service = world.backend("calm")
    telemetry.wait_until_all_is_seen()
    world.client(1).send(service.url, world.names(20, "calm"))
    expected, spans = world.finish(agent, token=f"{world.token}calm", losses=())
    check(len(expected) == 40, f"the truth itself has {len(expected)} spans, not 40")
    mark = f"/files/{world.token}"
    require(both_or_neither(spans, mark))
    return [span for span in spans if span.path == mark]


def by_connection(spans):
    """How many requests of each connection were seen, fewest first."""
    return sorted(collections.Counter(
        span.attributes.get("network.peer.port") for span in spans if span.kind == SERVER).values())


@test
def moreThanCanBeReadIsLeftOutByConnectionAndAlikeAtBothEnds(world):
    agent, telemetry, url = overloaded(world)
    made, memory = 0, []
    for _ in range(3):
        made += finished(load(world, url, LOAD_S))
        memory.append(resident(agent.pid))
    spans = require_all_is_seen(world, agent, telemetry)
    counts = by_connection(spans)
    shed = {name: count for name, count in agent.counters.items() if "shed" in name or name == "lost_ring_full"}
    world.notes.append(f"{made} requests, {len(spans)} spans, {shed}, by connection {counts}, memory {memory}")
    check(agent.counters["lost_shed"] > 0, "nothing was left out")
    check(agent.counters["lost_shed"] > 100 * agent.counters["lost_ring_full"],
          f"records were lost rather than connections left out: {shed}")
    check(0 < len(counts) < 3 * CONNECTIONS, f"of {3 * CONNECTIONS} connections {len(counts)} were seen")
    check(memory[-1] - memory[0] < GROWTH, f"memory grows: {memory}")
    errors = agent.process.errors()
    check("connections are left out, alike" in errors, "the log does not say that connections are left out")
    check("no connections are left out any more" in errors, "the log does not say that it is over")


@test
def aConsumerThatIsStoppedComesBackWhole(world):
    agent, telemetry, url = overloaded(world)
    finished(load(world, url, 1))
    before = resident(agent.pid)
    running = load(world, url, STOPPED_S)
    agent.process.popen.send_signal(signal.SIGSTOP)
    made = finished(running)
    agent.process.popen.send_signal(signal.SIGCONT)
    telemetry.wait_until_all_is_seen()
    after = resident(agent.pid)
    spans = require_all_is_seen(world, agent, telemetry)
    counters = {name: count for name, count in agent.counters.items() if "shed" in name or name == "lost_ring_full"}
    world.notes.append(
        f"{made} requests while it was stopped, {len(spans)} spans, {counters}, memory {before}, {after}")
    calls = agent.counters["lost_shed"]
    check(after - before < GROWTH, f"memory grew from {before} to {after}")
    check(calls > made, f"of {made} requests only {calls} calls are counted")
