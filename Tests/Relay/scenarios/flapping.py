"""Backends that come and go while SDKs send: every acknowledged span arrives, and the counters add up."""
import time

from harness.registry import test
from relay.check import check, require
from relay.load import Load

FLAPPING_S = 24.0


@test
def backendsThatComeAndGoGetEverythingThatWasAcknowledged(world):
    backends = {f"otlp_{kind}": world.backend(kind) for kind in ("http", "grpc")}
    agent = world.agent({name: backend.section(timeout="2s") for name, backend in backends.items()})
    load = Load(agent, senders=4, pause=0.02)
    end, flaps = time.monotonic() + FLAPPING_S, 0
    while time.monotonic() < end:
        for backend in backends.values():
            time.sleep(world.chance.uniform(0.3, 1.0))
            backend.kill()
        for backend in backends.values():
            time.sleep(world.chance.uniform(0.1, 0.6))
            backend.start()
        flaps += 1
    load.stop()
    for backend in backends.values():
        backend.wait_for_spans(load.acknowledged, timeout=30)
    agent.stop()
    sent, problems = len(load.acknowledged), [*agent.unbalanced()]
    for name, backend in backends.items():
        counts, taken = agent.counters(name), backend.taken()
        # What was answered with nothing, for the agent to say so, cannot be there: it was alive all the time.
        if counts["accepted"] != sent or counts["sent"] != sent or counts["dropped"]:
            problems.append(f"{name}: {sent} spans were acknowledged, the counters say {counts}")
        if set(taken) != set(load.acknowledged):
            problems.append(f"{name}: took {len(set(taken) - set(load.acknowledged))} spans that were not acknowledged")
        world.notes.append(f"{name}: {taken.total() - len(taken)} of {len(taken)} spans twice")
    check(load.unanswered == 0, f"{load.unanswered} requests were not answered")
    world.notes.append(f"{flaps} times away, {load.refused} requests refused")
    require(problems)
