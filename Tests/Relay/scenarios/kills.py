"""What was acknowledged into a queue on disk survives."""
import time

from harness.registry import test
from relay import disk, make
from relay.check import check, equal, require
from relay.load import Load
from relay.sender import HTTPSender, is_taken

KILLS = 20
# What the queue can hold is far more than the load makes, so that a refusal would be a fault.
LARGE = {"queue_size": 100_000}


@test
def nothingAcknowledgedIsLostWhenKilledAtAnyMoment(world):
    backend = world.backend("http")
    folder = world.folder / "queue"
    exporters = {"otlp_http": disk.section(backend, sending_queue=LARGE)}
    agent = world.agent(exporters, configuration=disk.storage(folder))
    ports = agent.grpc_port, agent.http_port
    load = Load(agent, senders=4, spans=20)
    for number in range(KILLS):
        # Now with a backend, now without one, so that there is always something in the queue.
        if number % 4 == 1:
            backend.kill()
        time.sleep(world.chance.uniform(0.02, 0.5))
        agent.kill()
        agent = world.agent(exporters, configuration=disk.storage(folder), ports=ports)
        load.use(agent)
        if number % 4 == 3:
            backend.start()
    load.stop()
    backend.wait_for_spans(load.acknowledged, timeout=40)
    agent.stop()
    taken = backend.taken()
    problems = [*agent.unbalanced()]
    if agent.counters("otlp_http")["queued"]:
        problems.append(f"something is still there: {agent.counters('otlp_http')}")
    check(len(load.acknowledged) > KILLS * 20, f"the load was no load: {len(load.acknowledged)} spans")
    world.notes.append(f"{len(load.acknowledged)} spans acknowledged, {taken.total() - len(taken)} came twice,"
                       f" {load.unanswered} requests unanswered")
    require(problems)


@test
def killedByGRPCToABackendThatSpeaksItNothingIsLost(world):
    backend = world.backend("grpc")
    folder = world.folder / "queue"
    exporters = {"otlp_grpc": disk.section(backend, sending_queue=LARGE)}
    agent = world.agent(exporters, configuration=disk.storage(folder))
    ports = agent.grpc_port, agent.http_port
    load = Load(agent, senders=4, spans=20)
    for _ in range(5):
        time.sleep(world.chance.uniform(0.05, 0.5))
        agent.kill()
        agent = world.agent(exporters, configuration=disk.storage(folder), ports=ports)
        load.use(agent)
    load.stop()
    backend.wait_for_spans(load.acknowledged, timeout=30)
    agent.stop()
    require(agent.unbalanced())


def send(agent, requests, spans=10, size=0):
    """Sends requests that must be taken, and gives their ids."""
    sender, acknowledged = HTTPSender(agent.http_port), []
    for _ in range(requests):
        request, ids = make.traces(spans, size=size)
        answer = sender.export(request.SerializeToString())
        check(is_taken(answer), f"was not taken: {answer}")
        acknowledged += ids
    return acknowledged


@test(tier="aside")
def aRestartDeliversWhatWasLeft(world):
    backend = world.backend("http")
    backend.kill()
    exporters = {"otlp_http": disk.section(backend)}
    configuration = disk.storage(world.folder / "queue")
    agent = world.agent(exporters, configuration=configuration)
    acknowledged = send(agent, 30)
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.counters("otlp_http")
    if (counts["accepted"], counts["queued"], counts["dropped"]) != (300, 300, 0):
        problems.append(f"300 spans should be on disk: {counts}")
    backend.start()
    agent = world.agent(exporters, configuration=configuration)
    backend.wait_for_spans(acknowledged)
    agent.stop()
    equal(backend.taken().total(), 300, "spans that arrived, each once")
    # What was found on disk at start is accepted again, so that the sum holds.
    counts = agent.counters("otlp_http")
    if (counts["sent"], counts["queued"]) != (300, 0):
        problems.append(f"300 spans were sent: {counts}")
    require(problems + [*agent.unbalanced()])


@test
def everySignalSurvives(world):
    backend = world.backend("http")
    backend.kill()
    exporters = {"otlp_http": disk.section(backend)}
    configuration = disk.storage(world.folder / "queue")
    agent = world.agent(exporters, configuration=configuration)
    sender = HTTPSender(agent.http_port)
    sent = {"traces": make.traces(4)[0], "metrics": make.metrics(5), "logs": make.logs(6)}
    for signal, request in sent.items():
        check(is_taken(sender.export(request.SerializeToString(), signal)), f"{signal} were not taken")
    agent.kill()
    backend.start()
    agent = world.agent(exporters, configuration=configuration)
    backend.wait_for_requests(3)
    agent.stop()
    from relay import messages
    problems = [*agent.unbalanced()]
    for signal, request in sent.items():
        problems += messages.differences(signal, [request], backend.bodies(signal))
    require(problems)


@test
def aBackendThatIsAwayLongerThanRetriesLastDropsAndCounts(world):
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": disk.section(backend, retry_on_failure={
        "initial_interval": "20ms", "max_interval": "50ms", "max_elapsed_time": "500ms"})},
        configuration=disk.storage(world.folder / "queue"))
    early = send(agent, 5)
    time.sleep(2.0)
    backend.start()
    late = send(agent, 5)
    backend.wait_for_spans(late)
    agent.stop()
    counts, arrived = agent.counters("otlp_http"), len(set(early) & set(backend.taken()))
    problems = [*agent.unbalanced()]
    if (counts["sent"], counts.get("dropped_retries_exhausted", 0)) != (50 + arrived, 50 - arrived):
        problems.append(f"50 and {arrived} of 50 arrived: {counts}")
    if counts.get("dropped_retries_exhausted", 0) < 10:
        problems.append(f"nothing was given up: {counts}")
    require(problems)


@test
def withoutALimitOnRetriesABackendMayBeAwayForAnyTime(world):
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": disk.section(backend, retry_on_failure={
        "initial_interval": "20ms", "max_interval": "50ms", "max_elapsed_time": 0})},
        configuration=disk.storage(world.folder / "queue"))
    acknowledged = send(agent, 10)
    time.sleep(2.0)
    backend.start()
    backend.wait_for_spans(acknowledged)
    agent.stop()
    require(agent.unbalanced())
    equal(agent.counters("otlp_http")["sent"], 100, "spans sent")
