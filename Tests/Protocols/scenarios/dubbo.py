"""Dubbo 2, between a client and a server that are made of its documentation."""
import collections
import sys

from harness import patience
from harness.registry import test
from harness.world import check
from live.world import CLIENTS

NAMES = {20: "OK", 60: "SERVICE_NOT_FOUND"}
TRACE = "0af7651916cd43dd8448eb211c80319c"


def served(world):
    """A port where calls are answered, and who answers them."""
    port = world.port()
    return port, world.server("dubbo", [sys.executable, "-B", CLIENTS / "dubbo_server.py", port], port)


def calls(lines):
    """The calls a client made."""
    return [line for line in lines if "call" in line]


def check_calls(world, spans, done):
    """Holds spans against the calls that were made."""
    for kind in ("CLIENT", "SERVER"):
        world.same_names(spans, kind, collections.Counter(line["call"] for line in done))
        for line in done:
            span = next(span for span in spans if span.kind == kind and span.name == line["call"])
            status = span.attributes.get("rpc.response.status_code")
            check(status == NAMES.get(line["status"]), f"{line}: {status}")
            check(span.attributes["rpc.system.name"] == "dubbo", f"{span}")
            method = line["call"].rpartition("/")[2]
            wrong = {"throw": "com.example.NoStock", "missing": "SERVICE_NOT_FOUND"}.get(method)
            check(span.attributes.get("error.type") == wrong and (span.status == "ERROR") == bool(wrong), f"{span}")
            check("s3cret" not in str(span), f"{span}")


@test
def callsAreSeenByBothSides(world):
    port, _ = served(world)
    recording = world.record(port)
    agent = world.agent()
    client = world.start_client("dubbo_client.py", port)
    client.wait_ready()
    client.go()
    done = calls(client.wait())
    check(len(done) == 10, f"{done}")
    spans = world.finish(agent, port)
    check_calls(world, spans, done)
    # Their attachments stand behind arguments, of which those of one are longer than what is copied.
    for method in ("order", "upload", "lines"):
        traces = {span.trace_id for span in spans if span.name.endswith(f"/{method}")}
        check(traces == {TRACE}, f"{method}: {traces}")
    replayed = world.replayed(recording)
    check_calls(world, replayed, done)
    world.same_story(spans, replayed)


@test(every_hook=False)
def aDubboConnectionIsJoinedInTheMiddle(world):
    port, _ = served(world)
    client = world.start_client("dubbo_client.py", port)
    client.wait_ready()
    agent = world.agent()
    client.go()
    done = calls(client.wait())
    check_calls(world, world.finish(agent, port), done)


@test(every_hook=False)
def callsToAServerThatIsKilledHaveNoAnswer(world):
    port, server = served(world)
    agent = world.agent()
    client = world.start_client("dubbo_client.py", port, "cut")
    client.wait_ready()
    client.go()
    patience.sleep(0.5)
    server.kill()
    client.wait()
    spans = world.finish(agent, port)
    errors = {span.kind: span.attributes.get("error.type") for span in spans}
    check(errors == {"CLIENT": "no_response", "SERVER": "process_exited"}, f"{errors}")
    world.same_names(spans, "CLIENT", ["com.example.Shop/hang"])
