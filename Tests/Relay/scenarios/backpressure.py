"""A full queue refuses what is new and keeps what it has."""
import threading
import time

from harness.registry import test
from relay import make, sdk
from relay.check import check, equal, require
from relay.load import Load, wait_until
from relay.sender import GRPCSender, HTTPSender, is_taken

SMALL = {"queue_size": 3, "sizer": "requests", "batch": {"flush_timeout": "10ms"}}
MOST = 200


def fill(sender, refused_with):
    """Sends until it is refused: (the ids acknowledged, the answer that refuses)."""
    acknowledged = []
    for _ in range(MOST):
        request, ids = make.traces(10)
        answer = sender.export(request.SerializeToString())
        if not is_taken(answer):
            check(answer.status in refused_with, f"refused with {answer}")
            return acknowledged, answer
        acknowledged += ids
    check(False, f"{MOST} requests were taken by a queue of 3")


def away_and_back(world, make_sender, refused_with):
    """Fills a relay whose backend is away; gives the answer that refused."""
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": backend.section(sending_queue=SMALL)})
    sender = make_sender(agent)
    acknowledged, answer = fill(sender, refused_with)
    check(acknowledged, "not one request was taken")
    check(answer.wait is not None, f"no wait is asked for: {answer}")
    check(0 < answer.wait <= 60, f"a wait of {answer.wait} s is asked for")
    backend.start()
    backend.wait_for_spans(acknowledged)
    # There is room again, as soon as the answers are there.
    request, ids = make.traces(10)
    wait_until(lambda: is_taken(sender.export(request.SerializeToString())), "to be taken although there is room")
    backend.wait_for_spans(ids)
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.counters("otlp_http")
    if counts["accepted"] != len(acknowledged) + 10 or counts["sent"] != counts["accepted"]:
        problems.append(f"{len(acknowledged) + 10} spans were acknowledged, the counters say {counts}")
    if set(backend.taken()) != set(acknowledged + ids):
        problems.append("spans arrived whose request was refused")
    require(problems)
    return answer


@test
def aFullQueueRefusesHTTPWithRetryAfterAndLosesNothing(world):
    answer = away_and_back(world, lambda agent: HTTPSender(agent.http_port), (429, 503))
    equal(answer.headers.get("content-type"), "application/x-protobuf", "the content type of the refusal")


@test
def aFullQueueRefusesGRPCWithRetryInfoAndLosesNothing(world):
    away_and_back(world, lambda agent: GRPCSender(agent.grpc_port), ("UNAVAILABLE", "RESOURCE_EXHAUSTED"))


@test
def aQueueThatCountsSpansRefusesWhatDoesNotFit(world):
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": backend.section(sending_queue={
        "queue_size": 100, "sizer": "items", "batch": {"flush_timeout": "10ms", "min_size": 1}})})
    acknowledged, _ = fill(HTTPSender(agent.http_port), (429, 503))
    # Some may be on their way, but the queue counts them as long as they are not delivered.
    equal(len(acknowledged), 100, "spans that were taken")
    backend.start()
    backend.wait_for_spans(acknowledged)
    agent.stop()
    require(agent.unbalanced())


@test
def aDeadExporterDoesNotKeepTheOtherFromGettingEverything(world):
    alive, dead = world.backend("http"), world.backend("grpc")
    dead.kill()
    agent = world.agent({
        "otlp_http/alive": alive.section(), "otlp_grpc/dead": dead.section(sending_queue=SMALL)})
    sender, acknowledged = HTTPSender(agent.http_port), []
    for _ in range(60):
        request, ids = make.traces(10)
        answer = sender.export(request.SerializeToString())
        check(is_taken(answer), f"refused because of the dead one: {answer}")
        acknowledged += ids
        # One at a time, so that the queue of the one that is alive is never full.
        alive.wait_for_spans(ids)
    dead.start()
    time.sleep(0.5)
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.counters("otlp_grpc/dead")
    if counts["accepted"] + counts["refused"] != 600 or not counts["refused"]:
        problems.append(f"dead: 600 spans were accepted or refused, the counters say {counts}")
    if len(set(dead.taken())) != counts["sent"]:
        problems.append(f"dead: took {len(set(dead.taken()))} spans, the counters say {counts}")
    equal(agent.counters("otlp_http/alive")["sent"], 600, "what the one alive got")
    require(problems)


@test
def blockOnOverflowOfADeadExporterRefusesTheSender(world):
    alive, dead = world.backend("http"), world.backend("grpc")
    dead.kill()
    agent = world.agent({
        "otlp_http/alive": alive.section(),
        "otlp_grpc/dead": dead.section(sending_queue={**SMALL, "block_on_overflow": True})})
    acknowledged, _ = fill(HTTPSender(agent.http_port), (429, 503))
    dead.start()
    for backend in (alive, dead):
        backend.wait_for_spans(acknowledged)
    agent.stop()
    problems = [*agent.unbalanced()]
    for name, backend in (("otlp_http/alive", alive), ("otlp_grpc/dead", dead)):
        if set(backend.taken()) != set(acknowledged):
            problems.append(f"{name}: took {len(set(backend.taken()))} spans, {len(acknowledged)} were acknowledged")
        if agent.counters(name)["sent"] != len(acknowledged):
            problems.append(f"{name}: {agent.counters(name)}")
    require(problems)


@test
def aSlowBackendSlowsItsSendersAndLosesNothing(world):
    backend = world.backend("http", "503:after:1,200,503,200,429,503,200,200,503:after:1,200")
    agent = world.agent({"otlp_http": backend.section(sending_queue=SMALL)})
    load = Load(agent, senders=6, spans=50, pause=0)
    time.sleep(3)
    load.stop()
    backend.wait_for_spans(load.acknowledged)
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.counters("otlp_http")
    if counts["accepted"] != len(load.acknowledged) or counts["sent"] != len(set(backend.taken())):
        problems.append(f"{len(load.acknowledged)} acknowledged, {len(set(backend.taken()))} taken: {counts}")
    world.notes.append(f"{load.refused} requests refused")
    require(problems)


def sdk_waits(world, how):
    """A real exporter of the SDK is refused, waits as it is asked to, and comes again until there is room."""
    backend = world.backend("http")
    backend.kill()
    agent = world.agent({"otlp_http": backend.section(sending_queue=SMALL)})
    acknowledged, _ = fill(HTTPSender(agent.http_port), (429, 503))
    spans = sdk.spans()
    exporter, results = sdk.exporter(how, agent), []
    thread = threading.Thread(target=lambda: results.append(exporter.export(spans).name), daemon=True)
    thread.start()
    # It is refused at least once before there is room.
    time.sleep(1.5)
    backend.start()
    thread.join(20)
    exporter.shutdown()
    equal(results, ["SUCCESS"], "what the SDK's exporter says")
    backend.wait_for_spans([*acknowledged, *(f"{span.context.span_id:016x}" for span in spans)])
    agent.stop()
    problems, counts = [*agent.unbalanced()], agent.receivers["otlp"]
    if counts["refused_spans"] < len(spans):
        problems.append(f"the SDK was never refused: {counts}")
    if backend.taken().total() != len(acknowledged) + len(spans):
        problems.append(f"{backend.taken().total()} spans arrived of {len(acknowledged) + len(spans)}")
    require(problems)


@test
def theSDKComesAgainByHTTPWhenItIsRefused(world):
    sdk_waits(world, "http")


@test
def theSDKComesAgainByGRPCWhenItIsRefused(world):
    sdk_waits(world, "grpc")


@test
def theSDKComesAgainByJSONWhenItIsRefused(world):
    sdk_waits(world, "json")
