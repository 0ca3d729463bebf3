"""OpenTelemetry's SDK -> the relay -> a backend: what arrives is what the SDK's own encoder makes, field by field."""
from harness.registry import test
from relay import make, messages, sdk, ways
from relay.check import check, equal, require
from relay.sender import HTTPSender, is_taken


def count(signal, bodies):
    """How many items there are in requests."""
    return messages.items(signal, [messages.parse(signal, body) for body in bodies]).total()


def relayed(world, how, signal="traces", configuration=None, **options):
    """Something of a signal, sent by the SDK one way and compared after leaving every way. `configuration` is laid over
    the relay's, `options` are the SDK's exporter's."""
    backends, sections = ways.every_way(world)
    agent = world.agent(sections, configuration=configuration)
    telemetry = sdk.telemetry(signal)
    sent = sdk.ENCODERS[signal](telemetry)
    exporter = sdk.exporter(how, agent, signal, **options)
    result = exporter.export(telemetry)
    exporter.shutdown()
    equal(result.name, "SUCCESS", f"what the SDK's exporter says of {signal}")
    total = count(signal, [sent.SerializeToString()])
    ways.wait_for(backends, signal, total, count)
    agent.stop()
    problems = [*agent.unbalanced()]
    for way in ways.WAYS:
        problems += [f"{way}: {line}" for line in messages.differences(
            signal, [sent], ways.bodies(backends, way, signal))]
    require(problems)
    return agent, backends


@test
def spansOfTheSDKByGRPCArriveAsItMadeThem(world):
    relayed(world, "grpc")


@test
def spansOfTheSDKByGRPCWithGzipArriveAsItMadeThem(world):
    import grpc
    relayed(world, "grpc", compression=grpc.Compression.Gzip)


@test
def spansOfTheSDKByHTTPArriveAsItMadeThem(world):
    relayed(world, "http")


@test
def spansOfTheSDKByHTTPWithGzipArriveAsItMadeThem(world):
    from opentelemetry.exporter.otlp.proto.http import Compression
    relayed(world, "http", compression=Compression.Gzip)


@test
def spansOfTheSDKByJSONArriveAsItMadeThem(world):
    relayed(world, "json")


@test
def exportsSayWhatTheyAre(world):
    _, backends = relayed(world, "http")
    problems = []
    for way, settings in ways.WAYS.items():
        kind = way[5:9]
        requests = [request for request in backends[kind].requests() if request["headers"].get("x-way") == way]
        for request in requests:
            headers = request["headers"]
            if kind == "http":
                wanted = "application/json" if settings.get("encoding") == "json" else "application/x-protobuf"
                if headers.get("content-type") != wanted:
                    problems.append(f"{way}: content type {headers.get('content-type')}")
                packed = "gzip" if settings["compression"] == "gzip" else None
                if headers.get("content-encoding") != packed:
                    problems.append(f"{way}: content encoding {headers.get('content-encoding')}")
            if not headers.get("user-agent", "").lower().startswith("interspan/"):
                problems.append(f"{way}: user agent {headers.get('user-agent')}")
    require(problems)


@test
def metricsAndLogsByGRPCFollowTheTracesPipeline(world):
    for signal in ("metrics", "logs"):
        relayed(world, "grpc", signal)


@test
def metricsAndLogsByHTTPFollowTheTracesPipeline(world):
    for signal in ("metrics", "logs"):
        relayed(world, "http", signal)


@test
def metricsAndLogsByJSONFollowTheTracesPipeline(world):
    for signal in ("metrics", "logs"):
        relayed(world, "json", signal)


@test
def metricsAndLogsGoWhereTheirPipelinesSay(world):
    backends = {signal: world.backend("http") for signal in ("traces", "metrics", "logs")}
    agent = world.agent(
        {f"otlp_http/{signal}": backend.section() for signal, backend in backends.items()},
        configuration={"service": {"pipelines": {
            signal: {"receivers": ["otlp"], "exporters": [f"otlp_http/{signal}"]} for signal in backends}}})
    sent = {"traces": make.traces(7)[0], "metrics": make.metrics(5), "logs": make.logs(3)}
    sender = HTTPSender(agent.http_port)
    for signal, request in sent.items():
        check(is_taken(sender.export(request.SerializeToString(), signal)), f"{signal} were not taken")
    for backend in backends.values():
        backend.wait_for_requests(1)
    agent.stop()
    problems = [*agent.unbalanced()]
    for signal, backend in backends.items():
        problems += messages.differences(signal, [sent[signal]], backend.bodies(signal))
        others = [request["path"] for request in backend.requests() if not request["path"].endswith(f"/{signal}")]
        problems += [f"{others} came where only {signal} should"] if others else []
    for signal, items in (("traces", 7), ("metrics", 5), ("logs", 3)):
        counts = agent.counters(f"otlp_http/{signal}", signal)
        if counts["sent"] != items:
            problems.append(f"{signal}: {items} were sent, the counters say {counts}")
    require(problems)
