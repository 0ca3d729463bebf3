"""How long the relay bears with those that send nothing whole."""
import threading
import time

from harness.registry import test
from relay import make, raw
from relay.check import equal, require

# What it says itself, and what a machine under load may add.
PATIENCE_S = 60.0
TOLERANCE_S = 15.0


@test(tier="aside")
def whoSendsNothingWholeIsClosedAfterAMinute(world):
    agent = world.agent({"otlp_http": world.backend("http").section()})
    request = raw.post(make.traces(3)[0].SerializeToString())
    hello = raw.PREFACE + raw.frame(raw.SETTINGS)
    # What is sent at first, and what is then sent again and again.
    cases = {
        "nothing by HTTP": (agent.http_port, b"", b""),
        "headers bit by bit": (agent.http_port, request[:30], b"x"),
        "a body bit by bit": (agent.http_port, request[:-100], b"x"),
        "nothing by gRPC": (agent.grpc_port, b"", b""),
        "half a preface": (agent.grpc_port, raw.PREFACE[:10], b""),
        "no call": (agent.grpc_port, hello, b""),
        "half a header block": (agent.grpc_port, hello + raw.frame(raw.HEADERS, 0, 1, b"\x83"), b""),
    }
    closed = {}

    def wait(what, port, first, more):
        begin = time.monotonic()
        with raw.connect(port, timeout=1) as connection:
            connection.sendall(first)
            while time.monotonic() - begin < PATIENCE_S + TOLERANCE_S:
                try:
                    if not connection.recv(1000):
                        break
                except TimeoutError:
                    try:
                        connection.sendall(more)
                    except OSError:
                        break
                except OSError:
                    break
        closed[what] = time.monotonic() - begin

    threads = [threading.Thread(target=wait, args=(what, *case)) for what, case in cases.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    agent.stop()
    equal(set(closed), set(cases), "connections")
    problems = [f"{what}: closed after {seconds:.0f} s" for what, seconds in closed.items()
                if not PATIENCE_S / 2 < seconds < PATIENCE_S + TOLERANCE_S]
    require(problems)
    equal(agent.receivers["otlp"].get("timeouts"), len(cases), "timeouts that were counted")
