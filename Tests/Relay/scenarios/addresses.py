"""Addresses that somebody else has."""
import socket

from harness import free
from harness.registry import test
from relay import make
from relay.check import check, equal
from relay.sender import HTTPSender, is_taken


@test
def aTakenAddressIsAnErrorAtStartThatNamesIt(world):
    backend = world.backend("http")
    for place in (0, 1):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            ports = [free.port(), free.port()]
            ports[place] = taken
            agent = world.agent_starting({"otlp_http": backend.section()}, ports=ports)
            equal(agent.process.wait(15), 1, f"exit status ({agent.process.last_words()})")
            line = f"127.0.0.1:{taken}"
            check(line in agent.process.errors(), f"no line names {line}: {agent.process.last_words()}")


@test
def oneProtocolAloneIsEnough(world):
    backend = world.backend("http")
    port = free.port()
    agent = world.agent_starting(
        {"otlp_http/x": backend.section()}, ports=(port, port), configuration={
            "receivers": {"otlp": None, "otlp/one": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
            "service": {"pipelines": {"traces": {"receivers": ["otlp/one"]}}}}).wait_until_listening()
    request, ids = make.traces(2)
    check(is_taken(HTTPSender(port).export(request.SerializeToString())), "was not taken")
    backend.wait_for_spans(ids)
    agent.stop()


@test
def theAgentGoesOnAtTheSameAddressAfterItsEnd(world):
    backend = world.backend("http")
    ports = free.port(), free.port()
    for _ in range(3):
        agent = world.agent({"otlp_http": backend.section()}, ports=ports)
        # A connection that it ends itself stays with its kernel for a minute.
        sender = HTTPSender(agent.http_port)
        request, ids = make.traces(2)
        check(is_taken(sender.export(request.SerializeToString())), "was not taken")
        agent.stop()
        backend.wait_for_spans(ids)
