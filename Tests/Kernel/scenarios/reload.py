"""SIGHUP: a new configuration while requests go on."""
import contextlib
import itertools
import json
import math
import os
import signal
import socket
import threading
import time

from harness import free, otlp, patience
from harness.agent import OUR_LOSSES
from harness.process import Failure
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import LAST_RETURN_S, check, require

WAIT_S = 15


def reload(agent, configuration, says="configuration reloaded", until=None):
    """Gives the agent another configuration, and waits until it has said what it has to say of it, or until something
    holds: it says nothing more than five times in ten seconds."""
    agent.configuration.write_text(
        configuration if isinstance(configuration, str) else json.dumps(configuration, indent=1))
    before = agent.process.errors().count(says)
    os.kill(agent.pid, signal.SIGHUP)
    end = patience.now() + WAIT_S
    while not (until() if until else agent.process.errors().count(says) > before):
        if agent.process.status is not None or patience.now() > end:
            raise Failure(f"it did not say {says!r}: {agent.process.last_words()}")
        time.sleep(0.02)


def configuration(agent):
    """The one it has."""
    return json.loads(agent.configuration.read_text())


@contextlib.contextmanager
def requests_meanwhile(world, client, url, most=math.inf):
    """Requests, 20 at a time, until the block ends or there are so `most`. Gives the names of those answered."""
    done, sent = threading.Event(), []

    def send():
        while not done.is_set() and len(sent) < most:
            names = world.names(20, f"-{len(sent)}")
            client.send(url, names)
            sent.extend(names)

    traffic = threading.Thread(target=send)
    traffic.start()
    try:
        yield sent
    finally:
        done.set()
        traffic.join()


def listens(port):
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@test
def reloadsUnderTrafficLoseNoSpan(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    agent, client = world.agent(), world.client(8)
    files = [agent.spans_file]
    for number in range(12):
        client.send(a.url, world.names(40, f"-{number}"))
        settings = configuration(agent)
        files.append(agent.folder / f"spans{number}.jsonl")
        settings["exporters"]["file"]["path"] = str(files[-1])
        traffic = threading.Thread(target=client.send, args=(a.url, world.names(200, f"-during-{number}")))
        traffic.start()
        reload(agent, settings, until=files[-1].exists)
        traffic.join()
    agent.spans = lambda: [span for file in files if file.exists() for span in otlp.read(file)]
    expected, _ = world.finish(agent)
    check(len(expected) == 12 * 240 * 4, f"the truth itself has {len(expected)} spans")
    used = [file for file in files if file.exists() and file.stat().st_size]
    check(len(used) > 6, f"only {len(used)} of {len(files)} files were written to")


@test(every_hook=False)
def aStormOfReloadsLosesNoSpan(world):
    a = world.backend("a")
    agent, client = world.agent(), world.client(8)
    for _ in range(200):
        os.kill(agent.pid, signal.SIGHUP)
    client.send(a.url, world.names(300))
    settings = configuration(agent)
    files = [agent.spans_file, agent.folder / "last.jsonl"]
    settings["exporters"]["file"]["path"] = str(files[-1])
    reload(agent, settings, until=files[-1].exists)
    agent.spans = lambda: [span for file in files for span in otlp.read(file)]
    world.finish(agent)


@test(every_hook=False)
def aWrongConfigurationChangesNothingAndIsSaid(world):
    a = world.backend("a")
    agent, client = world.agent(), world.client(2)
    good = agent.configuration.read_text()
    refused = "configuration not reloaded"
    for wrong in ("receivers: [", "exporters: {file: {path: 5, pth: x}}\n", ""):
        reload(agent, wrong, refused)
    agent.configuration.unlink()
    os.kill(agent.pid, signal.SIGHUP)
    agent.process.wait_for(agent.process.err, "interspan.yaml", WAIT_S)
    check("exporters.file.pth: line 1" in agent.process.errors(), "the wrong key is not named with its line")
    # What cannot be opened is found out when it is: the former exporter goes on.
    settings = json.loads(good)
    settings["exporters"]["file"]["path"] = str(world.folder / "no" / "such" / "folder" / "x.jsonl")
    reload(agent, settings, refused)
    client.send(a.url, world.names(50))
    world.finish(agent)


@test(every_hook=False)
def whatCannotChangeWhileItRunsIsNamed(world):
    agent = world.agent()
    settings = configuration(agent)
    settings["receivers"]["ebpf"]["ring_buffer"] = "1MiB"
    settings["processors"] = {"correlate": {"window": "5s", "max_memory": "1MiB"}, "merge": {"sdk_spans": "drop"}}
    settings["service"]["state_directory"] = str(world.folder / "elsewhere")
    reload(agent, settings)
    left = [line.split(": takes effect")[0].split()[-1] for line in agent.process.errors().splitlines()
            if ": takes effect at the next start (" in line]
    check(left == ["receivers.ebpf.ring_buffer", "processors.correlate.max_memory", "processors.merge.sdk_spans",
                   "service.state_directory"], f"named are {left}")
    agent.stop()


@test(every_hook=False)
def receiversComeAndGo(world):
    first, second = free.port(), free.port()
    agent = world.agent(receivers={"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{first}"}}}})
    check(listens(first), "the receiver does not listen")
    settings = configuration(agent)
    settings["receivers"]["otlp"]["protocols"]["http"]["endpoint"] = f"127.0.0.1:{second}"
    reload(agent, settings)
    check(listens(second) and not listens(first), "the receiver did not move")
    # Of another size, at the same place.
    settings["receivers"]["otlp"]["protocols"]["http"]["max_request_body_size"] = "1MiB"
    reload(agent, settings)
    check(listens(second), "the receiver was not started again")
    # One that cannot start changes nothing.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings["receivers"]["otlp/more"] = {
            "protocols": {"http": {"endpoint": f"127.0.0.1:{taken.getsockname()[1]}"}}}
        settings["service"]["pipelines"]["traces"]["receivers"].append("otlp/more")
        reload(agent, settings, "configuration not reloaded")
    check(listens(second), "the receiver went")
    agent.stop()


@test(every_hook=False)
def aQueueOnDiskGoesToTheExporterThatTakesItsPlace(world):
    away, there = world.backend_of_spans(), world.backend_of_spans()
    away.is_up = False
    a = world.backend("a")

    def exporter(backend):
        return {
            "endpoint": f"http://127.0.0.1:{backend.port}", "encoding": "json", "compression": "none",
            "retry_on_failure": {"initial_interval": "100ms"}, "sending_queue": {"storage": "file_storage/queue"}}

    agent = world.agent(
        file=False, exporters={"otlp_http/backend": exporter(away)},
        extensions={"file_storage/queue": {"directory": str(world.folder / "queue")}})
    settings = configuration(agent)
    client = world.client(4)
    client.send(a.url, world.names(100, "-away"))
    patience.sleep(1)
    settings["exporters"]["otlp_http/backend"] = exporter(there)
    reload(agent, settings)
    client.send(a.url, world.names(100, "-there"))
    patience.sleep(1)
    agent.stop()
    names = {span.path.rpartition("/")[2] for span in there.spans(world.folder) if world.token in span.path}
    missing = {*world.names(100, "-away"), *world.names(100, "-there")} - names
    check(not missing, f"{len(missing)} requests have no span: {sorted(missing)[:4]}")
    require(agent.unbalanced())


def sections():
    """Configurations that differ in every section that can change, none of which leaves out a request of the test."""
    redact = [{}, {"query": "keep", "headers": {"allow": ["x-test"]}, "patterns": [{"pattern": "secret"}]}]
    merge = [{}, {"ttl": "30s", "reroot": "link", "native": ["b3"], "baggage": ["tenant"], "sql_comments": False}]
    correlate = [{}, {"window": "9s", "echo_ignore": ["x-none"]}]
    sample = [None, {"ratio": 1}, {"rate_limit": 1000000},
              {"ratio": 0, "keep": [{"attribute": {"http.request.method": "GET"}}]}]
    select = [{}, {"exclude": [{"user": "nobody"}]}, {"select": [{"command": "*"}]}, {"exclude": [{"ports": [1]}]}]
    service = [{}, {"routes": ["/a/{any}"], "identity": {"container_runtime": "none", "kubernetes": "none"}}]
    for number in itertools.count():
        processors = {"redact": redact[number % 2], "merge": merge[number // 2 % 2], "correlate": correlate[number % 2]}
        if sample[number % 4] is not None:
            processors["sample"] = sample[number % 4]
        yield processors, select[number // 2 % 4], service[number % 2]


@test
def everySectionChangesUnderTrafficAndNoSpanIsLost(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    agent, client = world.agent(), world.client(8)
    original = configuration(agent)
    files = [agent.spans_file]
    with requests_meanwhile(world, client, a.url, most=400) as sent:
        for number, (processors, select, service) in zip(range(16), sections()):
            settings = json.loads(json.dumps(original))
            files.append(agent.folder / f"spans{number}.jsonl")
            settings["exporters"]["file"]["path"] = str(files[-1])
            settings["processors"] = processors
            settings["receivers"]["ebpf"].update(select)
            settings["service"].update(service)
            settings["service"]["pipelines"]["traces"]["processors"] = list(processors)
            settings["service"]["telemetry"]["logs"] = {"level": ["info", "debug"][number % 2]}
            reload(agent, settings, until=files[-1].exists)
    check("not reloaded" not in agent.process.errors(), "a configuration was refused")
    agent.spans = lambda: [span for file in files if file.exists() for span in otlp.read(file)]
    world.finish(agent)
    check(len(sent) >= 20, "nothing was sent meanwhile")


@test
def whoIsWatchedChanges(world):
    a, b = world.backend("a"), world.backend("b")
    # Each keeps its connections.
    agent, clients = world.agent(), {"a": world.client(4), "b": world.client(4)}
    settings = configuration(agent)

    def select(**rules):
        for key in ("select", "exclude"):
            settings["receivers"]["ebpf"].pop(key, None)
        settings["receivers"]["ebpf"].update(rules)
        reload(agent, settings)

    def seen(name):
        clients["a"].send(a.url, world.names(5, f"-a-{name}"))
        clients["b"].send(b.url, world.names(5, f"-b-{name}"))

    seen("all")
    select(exclude=[{"pid": b.process.pid}])
    seen("excluded")
    select(select=[{"pid": b.process.pid}])
    seen("selected")
    select()
    seen("again")
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    # What went over a connection while its process was not watched is missing there.
    require(agent.unbalanced([loss for loss in OUR_LOSSES if loss != "gap"]))
    servers = [span for span in agent.spans() if span.kind == otlp.SERVER and world.token in span.path]
    for name, watched in (("all", "ab"), ("excluded", "a"), ("selected", "b"), ("again", "ab")):
        for service in "ab":
            count = sum(f"-{service}-{name}" in span.path for span in servers)
            check(count == (5 if service in watched else 0), f"{count} of 5 requests to {service} while {name}")


@test
def samplingChangesAndTracesStayWhole(world):
    b = world.backend("b")
    a = world.backend("a", call=b)
    agent, client = world.agent(), world.client(8)
    settings = configuration(agent)
    with requests_meanwhile(world, client, a.url) as sent:
        for sample in ({"ratio": 0.3}, {"ratio": 0.8}, None, {"ratio": 0.2, "keep": [{"error": True}]}):
            settings["processors"] = {} if sample is None else {"sample": sample}
            settings["service"]["pipelines"]["traces"]["processors"] = list(settings["processors"])
            reload(agent, settings)
            already = len(sent)
            while len(sent) < already + 100:
                time.sleep(0.05)
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    require(agent.unbalanced())
    spans = [span for span in agent.spans() if world.token in span.path]
    traces = {}
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
    torn = [trace for trace in traces.values() if len(trace) != 4 or sum(not span.parent_id for span in trace) != 1]
    check(not torn, f"{len(torn)} of {len(traces)} traces are torn: {[span.path for span in torn[0]] if torn else 0}")
    check(100 <= len(traces) < len(sent), f"{len(traces)} of {len(sent)} traces left")


@test(every_hook=False)
def namesAndTextsAreOfTheNewConfiguration(world):
    a = world.backend("a")
    agent, client = world.agent(), world.client(1)
    settings = configuration(agent)
    before, after = world.names(3, "-before"), world.names(3, "-after")
    client.send(a.url, before, headers={"X-Test": "seen"}, query="q=plain")
    patience.sleep(LAST_RETURN_S)
    settings["processors"] = {
        "redact": {"headers": {"allow": ["x-test"]}, "query": "keep",
                   "patterns": [{"pattern": "pl[a-z]+", "replacement": "PATTERN"}]}}
    settings["service"]["routes"] = ["/a/{p}"]
    reload(agent, settings)
    client.send(a.url, after, headers={"X-Test": "seen"}, query="q=plain")
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    spans = [span for span in agent.spans() if world.token in span.path and span.kind == otlp.SERVER]
    header = "http.request.header.x-test"
    former = [span for span in spans if "-before" in span.path]
    latter = [span for span in spans if "-after" in span.path]
    check(len(former) == 3 and len(latter) == 3, f"{len(former)} and {len(latter)} of 3 requests each")
    for span in former:
        check(header not in span.attributes and span.attributes.get("url.query") == "q=REDACTED",
              f"before: {span.attributes}")
    for span in latter:
        check(header in span.attributes, f"no header: {span.attributes}")
        check("{p}" in span.name, f"the route: {span.name}")
        check(span.attributes.get("url.query") == "q=PATTERN", f"the query: {span.attributes.get('url.query')}")


@test(every_hook=False)
def logsAndAddressesMove(world):
    first, second = Telemetry(), Telemetry()
    agent = world.agent(telemetry=first.section)
    check(first.get("/healthz")[0] == 200, "it is not well")
    settings = configuration(agent)
    settings["service"]["telemetry"].update(second.section)
    settings["service"]["telemetry"]["logs"] = {"format": "json"}
    reload(agent, settings)
    check(second.get("/healthz")[0] == 200 and second.get("/metrics", second.metrics_port)[0] == 200, "it did not move")
    check(not listens(first.health) and not listens(first.metrics_port), "it is where it was as well")
    said = [line for line in agent.process.errors().splitlines() if "configuration reloaded" in line]
    check(said[-1].startswith("{"), f"the log is not JSON: {said[-1]}")
    # An address that is taken changes nothing, whatever else is asked for.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings["service"]["telemetry"]["metrics"]["address"] = f"127.0.0.1:{taken.getsockname()[1]}"
        settings["service"]["telemetry"]["health"]["address"] = "none"
        reload(agent, settings, "configuration not reloaded")
    check(second.get("/healthz")[0] == 200 and second.get("/metrics", second.metrics_port)[0] == 200, "it went")
    settings["service"]["telemetry"].update({"metrics": {"address": "none"}, "health": {"address": "none"}})
    reload(agent, settings)
    check(not listens(second.health) and not listens(second.metrics_port), "it is still there")
    agent.stop()
