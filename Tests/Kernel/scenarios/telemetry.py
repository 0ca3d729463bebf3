"""What the agent tells of itself while it watches real traffic."""
import json
import time

from harness import patience
from harness.registry import test
from harness.telemetry import Telemetry
from harness.world import LAST_RETURN_S, check, require

from .own import receiver

REQUESTS = 200
# Counters are published once a second, and exchanges that just ended may wait for others; a machine may be busy.
SETTLE_TIMEOUT = 30.0
# What share of all records and exchanges others on this machine may have under way at any moment.
UNDER_WAY = 0.1


def own_paths(spans):
    """Spans of what was asked of the agent itself."""
    return [span for span in spans if span.path in ("/readyz", "/healthz", "/metrics")]


def missing(page):
    """What of our requests the page does not have, and what of it contradicts itself."""
    yield from page.unbalanced(UNDER_WAY)
    kinds = {kind: page.sum("traces_spanmetrics_calls_total", span_kind=f"SPAN_KIND_{kind}")
             for kind in ("CLIENT", "SERVER")}
    wanted = {
        "spans sent": (page.sum("interspan_exporter_sent_spans_total", exporter="file"), 2 * REQUESTS),
        "calls of clients": (kinds["CLIENT"], REQUESTS),
        "calls of servers": (kinds["SERVER"], REQUESTS),
        "requests of the service graph": (page.sum("traces_service_graph_request_total"), REQUESTS),
        "connections of HTTP/1": (
            page.sum("interspan_capture_recognised_connections_total", protocol="http1"), 8),
        "links by the flow": (page.sum("interspan_correlate_links_total", method="flow"), REQUESTS),
        "backends that answer": (
            page.sum("interspan_exporter_backend_up", exporter="otlp_http", data_type="traces"), 1),
    }
    yield from (f"{value:.0f} {what}, not {least}" for what, (value, least) in wanted.items() if value < least)


@test
def theMetricsAreWhatWasExported(world):
    _, endpoint, _ = receiver(world)
    telemetry = Telemetry(derived=True)
    service = world.backend("a")
    agent = world.agent_starting(exporters={"otlp_http": {"endpoint": endpoint}}, telemetry=telemetry.section)
    answers = [answer for answer in telemetry.wait_until(True) if answer]
    check(not answers[0][0], "it was ready before its programs can have been attached")
    reasons = {obstacle["part"] for _, obstacles in answers for obstacle in obstacles}
    check("agent" in reasons, f"it never said that programs were not attached: {reasons}")
    agent.wait_until_active()
    check(telemetry.get("/healthz")[0] == 200, "it is not well")
    world.client(4).send(service.url, world.names(REQUESTS))
    end = patience.now() + SETTLE_TIMEOUT
    while True:
        time.sleep(1.0)
        page = telemetry.metrics()
        if "traces_service_graph_request" not in page.families and patience.now() < end:
            continue
        problems = list(missing(page))
        if not problems or patience.now() > end:
            break
    sent = page.sum("interspan_exporter_sent_spans_total", exporter="file")
    plain = {name.removesuffix("_total") for name in page.families}
    strict = {name.removesuffix("_total") for name in telemetry.metrics("openmetrics").families}
    if plain != strict:
        problems.append(f"the formats do not have the same families: {plain ^ strict}")
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    spans = agent.spans()
    # Others on this machine may go on talking between the page and the end.
    ours = [span for span in spans if world.token in span.path]
    if not len(ours) <= sent <= len(spans) or len(ours) != 2 * REQUESTS:
        problems.append(f"sent {sent:.0f} spans, the file has {len(spans)}, {len(ours)} of them ours")
    problems += [f"a span of what the agent was asked: {span.name} of process {span.pid}" for span in own_paths(spans)]
    require(problems + agent.unbalanced())


def measured(backend):
    """Values of the metrics that came, by name, each of the last time; and the resource they have."""
    values, resource = {}, {}
    for line in list(backend.lines):
        for entry in json.loads(line).get("resourceMetrics", []):
            resource = {item["key"]: item["value"] for item in entry["resource"]["attributes"]}
            for metric in (metric for scope in entry["scopeMetrics"] for metric in scope["metrics"]):
                data = metric.get("sum") or metric.get("gauge") or metric["histogram"]
                points = data["dataPoints"]
                values[metric["name"]] = sum(
                    float(point.get("asInt", point.get("asDouble", point.get("count", 0)))) for point in points)
                if "sum" in metric:
                    cumulative = (2, "AGGREGATION_TEMPORALITY_CUMULATIVE")
                    assert data["isMonotonic"] and data["aggregationTemporality"] in cumulative
    return values, resource


@test(every_hook=False)
def itsMetricsGoByOTLPAndNothingOfThatIsSeen(world):
    backend = world.backend_of_spans()
    service = world.backend("a")
    otlp_exporter = {"protocol": "http/json", "endpoint": f"http://127.0.0.1:{backend.port}"}
    agent = world.agent(telemetry={"metrics": {
        "address": "none", "derived": True,
        "readers": [{"periodic": {"interval": 1000, "exporter": {"otlp": otlp_exporter}}}]}})
    world.client(2).send(service.url, world.names(20))
    wanted = {"interspan_exporter_sent_spans": 40, "traces_spanmetrics_calls": 40, "traces_spanmetrics_latency": 40}
    end = patience.now() + SETTLE_TIMEOUT
    while any(measured(backend)[0].get(name, 0) < least for name, least in wanted.items()):
        check(patience.now() < end, f"it measured {measured(backend)[0]}")
        time.sleep(0.2)
    before = len(backend.lines)
    agent.stop()
    check(len(backend.lines) > before, "it said nothing more at the end")
    values, resource = measured(backend)
    check(resource["service.name"] == {"stringValue": "interspan"} and "service.instance.id" in resource, f"{resource}")
    check("interspan_exporter_sent_spans_total" not in values, "names have a suffix that OTLP does not have")
    require(agent.unbalanced())
    own = [span for span in agent.spans() if span.path == "/v1/metrics"]
    check(not own, f"{len(own)} spans of what it sent itself")
