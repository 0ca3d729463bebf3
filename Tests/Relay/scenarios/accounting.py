"""Under load, with every kind of answer in any order: the closing counters are what the backends themselves counted."""
import time

from harness.registry import test
from relay.backend import TAKE
from relay.check import check, require
from relay.load import Load

ANSWERS = 150
# Far more than any answer takes: a request that is tried again behind the backend's back is no longer what it counted.
TIMEOUT = "5s"
# How often each comes. What is cut in its answer has been taken, and comes again.
CHANCES = {
    "http": {"200": 30, "503": 6, "429": 4, "504:after:0": 2, "400": 5, "500": 5, "403": 2, "partial:3": 6, "junk": 3,
             "cut-request": 3, "cut-response": 3, "hang": 1},
    "grpc": {"OK": 30, "UNAVAILABLE": 6, "ABORTED": 4, "UNAVAILABLE:after:0.05": 3, "RESOURCE_EXHAUSTED": 5,
             "RESOURCE_EXHAUSTED:after:0.05": 3, "INVALID_ARGUMENT": 5, "INTERNAL": 3, "partial:3": 6, "hang": 1},
}
REFUSALS = {"400", "500", "403", "RESOURCE_EXHAUSTED", "INVALID_ARGUMENT", "INTERNAL"}


def is_through(backend, acknowledged):
    """Whether each of these spans was in a request that was taken or refused, and not only in one to be tried again."""
    return set(acknowledged) <= {
        span for request in backend.requests() if request["taken"] or request["action"] in REFUSALS
        for span in request["spans"]}


def accounted(backend, counts, acknowledged):
    """Where an exporter's counters are not what its backend wrote down."""
    requests = backend.requests()
    refused = sum(len(request["spans"]) for request in requests if request["action"] in REFUSALS)
    rejected = sum(3 for request in requests if request["action"].startswith("partial:"))
    expected = {
        "accepted": len(acknowledged), "queued": 0, "refused": 0, "dropped": refused + rejected,
        "dropped_not_retryable": refused, "dropped_rejected": rejected,
        "sent": len(acknowledged) - refused - rejected}
    for name, count in expected.items():
        if counts.get(name, 0) != count:
            yield f"{backend.name}: {name} is {counts.get(name, 0)}, the backend's own count is {count}: {counts}"
    lost = {span for request in requests if request["action"] in REFUSALS for span in request["spans"]}
    taken = backend.taken()
    # What is taken in a request whose answer is cut off comes again, and may be refused then.
    cut = {span for request in requests if request["action"] == "cut-response" for span in request["spans"]}
    if set(acknowledged) - lost != set(taken) - (cut & lost):
        yield f"{backend.name}: took {len(taken)} spans, {len(acknowledged)} less {len(lost)} were to come"
    doubles = {span for span, times in taken.items() if times > 1}
    if doubles - cut:
        yield f"{backend.name}: {len(doubles - cut)} spans came twice without need"


@test
def everySpanIsAccountedForWhateverIsAnswered(world):
    backends = {}
    for kind, chances in CHANCES.items():
        actions = world.chance.choices(list(chances), list(chances.values()), k=ANSWERS)
        backends[f"otlp_{kind}"] = world.backend(kind, ",".join([*actions, TAKE[kind]]))
    agent = world.agent({name: backend.section(timeout=TIMEOUT) for name, backend in backends.items()})
    load = Load(agent, senders=4, spans=20, pause=0.03)
    for backend in backends.values():
        # As many requests as there are answers, and then all that is left.
        backend.wait_for_requests(ANSWERS + 1, timeout=30)
    load.stop()
    check(load.unanswered == load.refused == 0, f"{load.unanswered} unanswered, {load.refused} refused")
    for backend in backends.values():
        backend.wait_for(lambda backend: is_through(backend, load.acknowledged), "every span", timeout=30)
    time.sleep(0.5)
    agent.stop()
    problems = [*agent.unbalanced()]
    for name, backend in backends.items():
        problems += accounted(backend, agent.counters(name), load.acknowledged)
    world.notes.append(f"{len(load.acknowledged)} spans")
    require(problems)
