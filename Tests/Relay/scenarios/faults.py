"""What a backend answers decides what becomes of a request, and every span is accounted for."""
import time

from harness.registry import test
from relay import make
from relay.backend import TAKE
from relay.check import check, equal, require
from relay.load import wait_until
from relay.sender import HTTPSender, is_taken

RETRIED = {
    "http": ["429", "502", "503", "504"],
    "grpc": ["CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS",
             "RESOURCE_EXHAUSTED:after:0.01"],
}
REFUSED = {
    "http": ["400", "401", "403", "404", "405", "409", "413", "415", "418", "422", "500", "501", "505", "301"],
    "grpc": ["UNKNOWN", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "FAILED_PRECONDITION",
             "UNIMPLEMENTED", "INTERNAL", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED"],
}


class Relay:
    """A relay with one backend, to which requests are handed one at a time."""

    def __init__(self, world, kind, actions, **settings):
        self.kind, self.backend = kind, world.backend(kind, actions)
        self.name = self.backend.exporter
        self.agent = world.agent({self.name: self.backend.section(**settings)})
        self.sender = HTTPSender(self.agent.http_port)
        self.ids = []

    def send(self, spans=10):
        """Hands it a request, and gives the ids of its spans."""
        request, ids = make.traces(spans)
        answer = self.sender.export(request.SerializeToString())
        check(is_taken(answer), f"was not taken: {answer}")
        self.ids += ids
        return ids

    def finish(self, **expected):
        """Ends it and compares its counters."""
        self.agent.stop()
        counts = self.agent.counters(self.name)
        wrong = [*self.agent.unbalanced()]
        for name, count in {"accepted": len(self.ids), "queued": 0, "refused": 0, **expected}.items():
            if counts.get(name, 0) != count:
                wrong.append(f"{name} is {counts.get(name, 0)}, not {count}: {counts}")
        require(wrong)


def tries_again(world, kind):
    """Every status that may be retried, one after the other, for the same request."""
    relay = Relay(world, kind, ",".join(RETRIED[kind] + [TAKE[kind]]))
    ids = relay.send()
    relay.backend.wait_for_spans(ids)
    requests = relay.backend.requests()
    equal([request["action"] for request in requests], RETRIED[kind] + [TAKE[kind]], "what the backend answered")
    check(all(request["spans"] == ids for request in requests), "a retry was not the same request")
    relay.finish(sent=10, dropped=0)


def drops(world, kind):
    """Every other status, each for a request of its own."""
    relay = Relay(world, kind, ",".join(REFUSED[kind] + [TAKE[kind]]))
    for number in range(len(REFUSED[kind])):
        relay.send()
        relay.backend.wait_for_requests(number + 1)
    last = relay.send()
    relay.backend.wait_for_spans(last)
    equal(len(relay.backend.requests()), len(REFUSED[kind]) + 1, "requests that came")
    dropped = 10 * len(REFUSED[kind])
    relay.finish(sent=10, dropped=dropped, dropped_not_retryable=dropped)


def waits(world, kind, action, seconds):
    """A wait that the backend asks for rules, although its own would be over in 20 ms."""
    relay = Relay(world, kind, f"{action},{TAKE[kind]}")
    relay.backend.wait_for_spans(relay.send())
    first, second = relay.backend.requests()
    check(second["at"] - first["at"] >= seconds, f"it came again after {second['at'] - first['at']:.3f} s")
    relay.finish(sent=10, dropped=0)


@test
def everyHTTPStatusThatMayBeRetriedIs(world):
    tries_again(world, "http")


@test
def everyGRPCCodeThatMayBeRetriedIs(world):
    tries_again(world, "grpc")


@test
def everyOtherHTTPStatusDropsTheRequestAndCountsIt(world):
    drops(world, "http")


@test
def everyOtherGRPCCodeDropsTheRequestAndCountsIt(world):
    drops(world, "grpc")


@test
def retryAfterInSecondsIsHonoured(world):
    waits(world, "http", "503:after:1", 1.0)
    waits(world, "http", "429:after:1", 1.0)


@test
def retryAfterAsADateIsHonoured(world):
    # A date has whole seconds: up to one of them is gone when it is written.
    waits(world, "http", "503:date:2", 1.0)


@test
def retryInfoIsHonoured(world):
    waits(world, "grpc", "UNAVAILABLE:after:0.7", 0.7)
    waits(world, "grpc", "RESOURCE_EXHAUSTED:after:0.7", 0.7)


@test
def retryInfoDoesNotMakeARefusalRetryable(world):
    relay = Relay(world, "grpc", "INVALID_ARGUMENT:after:0.01,OK")
    relay.send()
    relay.backend.wait_for_requests(1)
    relay.backend.wait_for_spans(relay.send())
    relay.finish(sent=10, dropped=10, dropped_not_retryable=10)


@test
def connectionsResetInTheMiddleAreTriedAgain(world):
    relay = Relay(world, "http", "cut-request,cut-response,cut-request,200")
    ids = relay.send(2000)
    # What was cut in its answer was taken: only the protocol's own doubt makes a duplicate.
    relay.backend.wait_for(lambda backend: len(backend.requests()) == 4, "4 requests")
    taken = relay.backend.taken()
    equal({taken[span] for span in ids}, {2}, "how often each span was taken")
    relay.finish(sent=2000, dropped=0)


@test
def gRPCConnectionsResetInTheMiddleAreTriedAgain(world):
    from relay.cutter import Cutter
    backend = world.backend("grpc")
    # In the preface, in the request and in the answer.
    cutter = world.enter(Cutter(backend.port, [("up", 10), ("up", 20_000), ("down", 40), None]))
    agent = world.agent({"otlp_grpc": {**backend.section(compression="none"), "endpoint": cutter.endpoint}})
    request, ids = make.traces(2000)
    check(is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())), "was not taken")
    backend.wait_for_spans(ids)
    wait_until(lambda: cutter.cut == 3, "three connections to be cut")
    agent.stop()
    require(agent.unbalanced())
    counts = agent.counters("otlp_grpc")
    equal((counts["sent"], counts["dropped"]), (2000, 0), "sent and dropped")


@test
def anHTTPAnswerThatNeverComesIsTriedAgain(world):
    relay = Relay(world, "http", "hang,200", timeout="500ms")
    relay.backend.wait_for_spans(relay.send())
    relay.finish(sent=10, dropped=0)


@test
def aGRPCAnswerThatNeverComesIsTriedAgain(world):
    relay = Relay(world, "grpc", "hang,OK", timeout="500ms")
    relay.backend.wait_for_spans(relay.send())
    relay.finish(sent=10, dropped=0)


def partial(world, kind):
    """Partial success is success: what was rejected is counted and never resent."""
    relay = Relay(world, kind, f"partial:3,{TAKE[kind]}")
    first = relay.send()
    relay.backend.wait_for_requests(1)
    relay.backend.wait_for_spans(relay.send())
    taken = relay.backend.taken()
    equal({taken[span] for span in first}, {1}, "how often the spans came")
    check("not these" in relay.agent.process.errors(), "the backend's message is not in the log")
    relay.finish(sent=17, dropped=3, dropped_rejected=3)


@test
def whatAnHTTPBackendRejectsIsCountedAndNotResent(world):
    partial(world, "http")


@test
def whatAGRPCBackendRejectsIsCountedAndNotResent(world):
    partial(world, "grpc")


@test
def answersThatAreNoProtobufAreTakenAsGiven(world):
    relay = Relay(world, "http", "junk,flood,200")
    for number in range(3):
        relay.send()
        relay.backend.wait_for_requests(number + 1)
    relay.finish(sent=30, dropped=0)


@test
def whatIsRetriedForTooLongIsDroppedAndCounted(world):
    retry = {"initial_interval": "20ms", "max_interval": "50ms", "max_elapsed_time": "5s"}
    relays = [Relay(world, kind, action, retry_on_failure=retry)
              for kind, action in (("http", "503"), ("grpc", "UNAVAILABLE"))]
    for relay in relays:
        relay.send()
    for relay in relays:
        relay.backend.wait_for_requests(3)
        relay.agent.process.wait_for(relay.agent.process.err, "dropped 10 spans", timeout=15)
        before = len(relay.backend.requests())
        time.sleep(0.3)
        equal(len(relay.backend.requests()), before, f"{relay.kind} requests after the time was over")
        relay.backend.tell(TAKE[relay.kind])
        relay.backend.wait_for_spans(relay.send())
        relay.finish(sent=10, dropped=10, dropped_retries_exhausted=10)


@test
def withoutRetriesAFailureIsDroppedAtOnce(world):
    for kind, action in (("http", "503"), ("grpc", "UNAVAILABLE")):
        relay = Relay(world, kind, f"{action},{TAKE[kind]}", retry_on_failure={"enabled": False})
        relay.send()
        relay.backend.wait_for_requests(1)
        relay.backend.wait_for_spans(relay.send())
        equal(len(relay.backend.requests()), 2, "requests")
        relay.finish(sent=10, dropped=10)
