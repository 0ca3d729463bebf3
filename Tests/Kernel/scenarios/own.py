"""The agent does not watch itself."""
import json
import time

from harness import free, patience
from harness.process import Skip
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import LAST_RETURN_S, check, require

QUIET_S = 3.0
SCRAPES = 150
# Counters are published so often.
PUBLISHED_EVERY_S, SETTLE_TIMEOUT_S = 1.0, 10.0


def receiver(world, name="receiver", *arguments):
    """An OTLP/HTTP receiver: (its process, its endpoint, the folder of what it got)."""
    folder = world.folder / f"{name}-batches"
    process = world.script(name, "receiver.py", "--folder", folder, *arguments)
    host, port = json.loads(process.wait_for(process.out, "listening"))["listening"]
    return process, f"http://{host}:{port}", folder


def settled(folder):
    """How many batches have come when no more came for QUIET_S seconds."""
    end = patience.now() + SETTLE_TIMEOUT_S
    count = -1
    while count != len(list(folder.iterdir())) and patience.now() < end:
        count = len(list(folder.iterdir()))
        patience.sleep(QUIET_S)
    return count


@test
def ownExportsAreNotObserved(world):
    process, endpoint, folder = receiver(world)
    service = world.backend("a")
    agent = world.agent(exporters={"otlp_http": {"endpoint": endpoint}})
    client = world.client(2)
    # Something to export, or there would be no traffic of our own to see.
    client.send(service.url, world.names(10))
    batches = settled(folder)
    check(batches > 0, f"nothing was exported: {agent.process.last_words()}")
    patience.sleep(QUIET_S)
    more = len(list(folder.iterdir())) - batches
    _, spans = world.finish(agent)
    ours = [span for span in spans if span.pid in (agent.pid, process.pid) or "/v1/traces" in span.path]
    require([f"a span of our own traffic: {span.name} of process {span.pid}" for span in ours])
    others = {span.pid for span in spans if world.token not in span.path}
    check(others or not more, "exports go on while nothing else talks")
    if others:
        world.notes.append(f"others talked as well: processes {sorted(map(str, others))}")


@test
def nothingIsSeenWhenNothingTalks(world):
    process, endpoint, folder = receiver(world)
    agent = world.agent(exporters={"otlp_http": {"endpoint": endpoint}})
    patience.sleep(QUIET_S)
    agent.stop()
    require(agent.unbalanced())
    spans = agent.spans()
    if spans and not any(span.pid in (agent.pid, process.pid) for span in spans):
        raise Skip(f"somebody else talks on this machine: processes {sorted({str(span.pid) for span in spans})}")
    require([f"a span of our own traffic: {span.name} of process {span.pid}" for span in spans])
    check(not list(folder.iterdir()), "something was exported although there is no span")


@test
def whatSDKsSendToUsIsNotObserved(world):
    _, endpoint, _ = receiver(world)
    port = free.port()
    service = world.backend("a")
    agent = world.agent(
        exporters={"otlp_http": {"endpoint": endpoint}},
        receivers={"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}})
    exporter = world.script("exporter", "exporter.py", "--port", port, "--every", "0.1")
    end = patience.now() + SETTLE_TIMEOUT_S
    client = world.client(2)
    # Something to be seen besides, or nothing might be seen at all.
    client.send(service.url, world.names(10))
    while exporter.output().count("\n") < 20 and patience.now() < end:
        patience.sleep(0.1)
    client.send(service.url, world.names(10, "later"))
    exporter.stop()
    sent = [json.loads(line) for line in exporter.output().splitlines()]
    check(len(sent) >= 10, f"the exporter sent {len(sent)} requests: {exporter.last_words()}")
    require([f"a request was not taken: {line}" for line in sent if line["status"] != 200])
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    # What the SDK sent passes through, by its own ids; nothing else may speak of it.
    passed = {span for line in sent for span in line["spans"]}
    spans = [span for span in agent.spans() if span.span_id not in passed]
    seen = [span for span in spans if world.token in span.path]
    problems = [f"{len(seen)} spans of 20 requests, not 40"] if len(seen) != 40 else []
    problems += [f"a span of telemetry: {span.name} of process {span.pid}" for span in spans
                 if span.pid in (agent.pid, exporter.pid) or "/v1/traces" in span.path]
    require(problems)


def followed(telemetry):
    """How many connections the agent follows, as soon as it says so."""
    end = patience.now() + SETTLE_TIMEOUT_S
    while True:
        page = telemetry.get("/metrics", telemetry.metrics_port)[1].decode().splitlines()
        found = [line for line in page if line.startswith("interspan_capture_connections")]
        if found:
            return float(found[0].split()[1])
        check(patience.now() < end, "it does not say how many connections it follows")
        time.sleep(0.2)


@test
def whoAsksTheAgentIsForgottenWhenItIsGone(world):
    telemetry = Telemetry()
    agent = world.agent_starting(telemetry=telemetry.section)
    telemetry.wait_until(True)
    before = followed(telemetry)
    for _ in range(SCRAPES):
        telemetry.get("/healthz")
    patience.sleep(2 * PUBLISHED_EVERY_S)
    end = patience.now() + SETTLE_TIMEOUT_S
    # Others on this machine may talk as well.
    while (after := followed(telemetry)) > before + SCRAPES / 2 and patience.now() < end:
        time.sleep(PUBLISHED_EVERY_S)
    check(after <= before + SCRAPES / 2,
          f"{after:.0f} connections are followed, {before:.0f} before {SCRAPES} were made and closed")
    agent.stop()
    require(agent.unbalanced())
