"""Without a file: what the OpenTelemetry specification's variables say, one by one."""
import time

from harness.registry import test
from relay import make
from relay.certificates import Authority
from relay.check import check, equal, require
from relay.sender import HTTPSender, is_taken

PREFIX = "OTEL_EXPORTER_OTLP_"
# Waits that a test can afford, for whichever exporter the variables describe.
QUICK = {
    f"INTERSPAN_EXPORTERS__{exporter}__RETRY_ON_FAILURE__{key}": value
    for exporter in ("OTLP_HTTP", "OTLP_GRPC")
    for key, value in (("INITIAL_INTERVAL", "20ms"), ("MAX_INTERVAL", "100ms"))}


def variables(**values):
    """Variables of the exporter by their last parts."""
    return {PREFIX + name: str(value) for name, value in values.items()}


def relayed(world, backend, environment, spans=3):
    """Starts an agent with variables alone, sends it spans, waits for them: (the agent, the last request that came)."""
    agent = world.agent(environment={**QUICK, **environment})
    request, ids = make.traces(spans)
    answer = HTTPSender(agent.http_port).export(request.SerializeToString())
    check(is_taken(answer), f"was not taken: {answer}")
    backend.wait_for_spans(ids, timeout=8)
    agent.stop()
    require(agent.unbalanced())
    return agent, backend.requests()[-1]


@test
def theEndpointIsABaseToWhichThePathIsAdded(world):
    backend = world.backend("http")
    for base, path in (("", "/v1/traces"), ("/", "/v1/traces"), ("/base", "/base/v1/traces"),
                       ("/base/", "/base/v1/traces")):
        _, request = relayed(world, backend, variables(ENDPOINT=backend.endpoint + base))
        equal(request["path"], path, f"the path for a base that ends in {base!r}")
        equal(request["headers"]["content-type"], "application/x-protobuf", "the content type")
        equal(request["headers"].get("content-encoding"), None, "the content encoding")


@test
def theTracesEndpointIsUsedAsItIsAndWins(world):
    backend, other = world.backend("http"), world.backend("http")
    for end, path in (("", "/"), ("/custom", "/custom"), ("/custom/", "/custom/")):
        _, request = relayed(
            world, backend, variables(TRACES_ENDPOINT=backend.endpoint + end, ENDPOINT=other.endpoint))
        equal(request["path"], path, f"the path of {end!r}")
    equal(other.requests("traces"), [], "what came to the general endpoint")


@test
def metricsAndLogsHavePathsOfTheirOwn(world):
    backend = world.backend("http")
    agent = world.agent(environment={**QUICK, **variables(ENDPOINT=f"{backend.endpoint}/base")})
    sender = HTTPSender(agent.http_port)
    for signal, request in (("metrics", make.metrics()), ("logs", make.logs())):
        check(is_taken(sender.export(request.SerializeToString(), signal)), f"{signal} were not taken")
    backend.wait_for_requests(2)
    equal({request["path"] for request in backend.requests()}, {"/base/v1/metrics", "/base/v1/logs"}, "the paths")
    agent.stop()


@test
def theProtocolCanBeAnyOfThree(world):
    grpc, http = world.backend("grpc"), world.backend("http")
    relayed(world, grpc, variables(ENDPOINT=grpc.endpoint, PROTOCOL="grpc"))
    _, request = relayed(world, http, variables(ENDPOINT=http.endpoint, PROTOCOL="http/json"))
    equal(request["headers"]["content-type"], "application/json", "the content type")
    _, request = relayed(world, http, variables(ENDPOINT=http.endpoint, PROTOCOL="http/protobuf"))
    equal(request["headers"]["content-type"], "application/x-protobuf", "the content type")


@test
def theTracesProtocolWins(world):
    grpc, http = world.backend("grpc"), world.backend("http")
    relayed(world, grpc, variables(ENDPOINT=grpc.endpoint, PROTOCOL="http/json", TRACES_PROTOCOL="grpc"))
    _, request = relayed(world, http, variables(
        ENDPOINT=http.endpoint, PROTOCOL="grpc", TRACES_PROTOCOL="http/json"))
    equal(request["headers"]["content-type"], "application/json", "the content type")


@test
def headersAreTrimmedAndDecodedAndTheTracesFormReplacesThem(world):
    for kind, protocol in (("http", "http/protobuf"), ("grpc", "grpc")):
        backend = world.backend(kind)
        common = variables(ENDPOINT=backend.endpoint, PROTOCOL=protocol, HEADERS=" x-one = a%20b%2Cc , x-two=2=3 ")
        _, request = relayed(world, backend, common)
        equal((request["headers"].get("x-one"), request["headers"].get("x-two")), ("a b,c", "2=3"), "the headers")
        _, request = relayed(world, backend, {**common, **variables(TRACES_HEADERS="x-three=3")})
        equal((request["headers"].get("x-one"), request["headers"].get("x-three")), (None, "3"), "the headers")


@test
def compressionIsNoneUnlessAskedForAndTheTracesFormWins(world):
    backend = world.backend("http")
    for values, wanted in (({}, None), ({"COMPRESSION": "gzip"}, "gzip"), ({"COMPRESSION": "none"}, None),
                           ({"COMPRESSION": "gzip", "TRACES_COMPRESSION": "none"}, None),
                           ({"COMPRESSION": "none", "TRACES_COMPRESSION": "gzip"}, "gzip")):
        _, request = relayed(world, backend, variables(ENDPOINT=backend.endpoint, **values), spans=200)
        equal(request["headers"].get("content-encoding"), wanted, f"the content encoding with {values}")
    backend = world.backend("grpc")
    for values, wanted in (({}, (None, "identity")), ({"COMPRESSION": "gzip"}, ("gzip",))):
        _, request = relayed(
            world, backend, variables(ENDPOINT=backend.endpoint, PROTOCOL="grpc", **values), spans=200)
        encoding = request["headers"].get("grpc-encoding")
        # grpcio keeps some headers to itself.
        check(encoding is None or encoding in wanted, f"grpc-encoding is {encoding} with {values}")


@test
def theTimeoutIsInMillisecondsAndTheTracesFormWins(world):
    for kind, take in (("http", "200"), ("grpc", "OK")):
        protocol = "grpc" if kind == "grpc" else "http/protobuf"
        for values in ({"TIMEOUT": 2000}, {"TIMEOUT": 60_000, "TRACES_TIMEOUT": 2000}):
            backend = world.backend(kind, f"hang,{take}")
            # It waits for less than the default of 10 s.
            relayed(world, backend, variables(ENDPOINT=backend.endpoint, PROTOCOL=protocol, **values))
            actions = [request["action"] for request in backend.requests()]
            equal(actions[0], "hang", "what the first request was answered")
            # One is enough unless this machine stands still for so long.
            check(2 <= len(actions) <= 5, f"{len(actions)} requests: {actions}")


@test
def certificatesAreFilesOfVariables(world):
    authority = Authority(world.folder, "authority")
    server, client = authority.sign("server"), authority.sign("client")
    for kind, protocol in (("http", "http/protobuf"), ("grpc", "grpc")):
        backend = world.backend(kind, tls=(*server, authority.file))
        common = variables(ENDPOINT=backend.endpoint, PROTOCOL=protocol)
        relayed(world, backend, {**common, **variables(
            CERTIFICATE=authority.file, CLIENT_CERTIFICATE=client[0], CLIENT_KEY=client[1])})
        relayed(world, backend, {**common, **variables(
            CERTIFICATE=server[0], CLIENT_CERTIFICATE=server[0], CLIENT_KEY=server[1],
            TRACES_CERTIFICATE=authority.file, TRACES_CLIENT_CERTIFICATE=client[0], TRACES_CLIENT_KEY=client[1])})


@test
def insecureCountsOnlyForAGRPCEndpointWithoutAScheme(world):
    authority = Authority(world.folder, "authority")
    plain, spoken = world.backend("grpc"), world.backend("grpc", tls=authority.sign("server"))
    address = spoken.endpoint.removeprefix("https://")
    for backend, values in (
        (plain, {"ENDPOINT": plain.endpoint.removeprefix("http://"), "INSECURE": "true"}),
        (plain, {"ENDPOINT": plain.endpoint.removeprefix("http://"), "INSECURE": "TRUE"}),
        (plain, {"ENDPOINT": plain.endpoint.removeprefix("http://"), "TRACES_INSECURE": "true", "INSECURE": "false"}),
        (plain, {"ENDPOINT": plain.endpoint, "INSECURE": "false"}),
        (plain, {"ENDPOINT": plain.endpoint}),
        (spoken, {"ENDPOINT": address, "CERTIFICATE": authority.file}),
        (spoken, {"ENDPOINT": address, "INSECURE": "false", "CERTIFICATE": authority.file}),
        (spoken, {"ENDPOINT": spoken.endpoint, "INSECURE": "true", "CERTIFICATE": authority.file}),
    ):
        relayed(world, backend, variables(PROTOCOL="grpc", **values))


@test
def batchesAreSplitOnlyWhenAVariableSaysSo(world):
    backend = world.backend("http")
    relayed(world, backend, variables(ENDPOINT=backend.endpoint), spans=700)
    equal([len(request["spans"]) for request in backend.requests()], [700], "spans of each request")
    backend = world.backend("http")
    relayed(world, backend, {
        **variables(ENDPOINT=backend.endpoint), "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10"}, spans=35)
    sizes = [len(request["spans"]) for request in backend.requests()]
    check(sum(sizes) == 35 and max(sizes) <= 10, f"batches of {sizes} spans")


@test
def emptyIsUnsetAndABadValueIsAWarningAndTheDefault(world):
    backend = world.backend("http")
    relayed(world, backend, {
        **variables(ENDPOINT=backend.endpoint, TRACES_ENDPOINT="", PROTOCOL="", HEADERS="", COMPRESSION="", TIMEOUT="",
                    TRACES_PROTOCOL=" ", CERTIFICATE="", INSECURE=""),
        "OTEL_TRACES_EXPORTER": "", "OTEL_SDK_DISABLED": "", "OTEL_BSP_SCHEDULE_DELAY": ""})
    for name, value in (("PROTOCOL", "carrier-pigeon"), ("COMPRESSION", "lzma"), ("TIMEOUT", "soon"),
                        ("TIMEOUT", "-1"), ("TRACES_ENDPOINT", "not a url"), ("HEADERS", "no pairs here")):
        agent, request = relayed(world, backend, variables(**{"ENDPOINT": backend.endpoint, name: value}))
        check(PREFIX + name in agent.process.errors(), f"no warning of {name}={value}: {agent.process.last_words()}")
        equal(request["headers"]["content-type"], "application/x-protobuf", "the content type")
        equal(request["path"], "/v1/traces", "the path")


@test
def variablesOverrideASectionWithoutAnInstanceNameAlone(world):
    of_file, of_variables, named = (world.backend("http") for _ in range(3))
    agent = world.agent(
        {"otlp_http": of_file.section(), "otlp_http/named": named.section()},
        environment=variables(ENDPOINT=of_variables.endpoint))
    request, ids = make.traces(3)
    check(is_taken(HTTPSender(agent.http_port).export(request.SerializeToString())), "was not taken")
    for backend in (of_variables, named):
        backend.wait_for_spans(ids)
    agent.stop()
    equal(of_file.requests(), [], "what came where the file says")


@test
def nothingIsExportedWhenVariablesForbidIt(world):
    backend = world.backend("http")
    for name, value in (("OTEL_TRACES_EXPORTER", "none"), ("OTEL_SDK_DISABLED", "TRUE")):
        agent = world.agent_starting(environment={**variables(ENDPOINT=backend.endpoint), name: value})
        time.sleep(0.7)
        try:
            HTTPSender(agent.http_port).export(make.traces(3)[0].SerializeToString())
        except OSError:
            # There need not be a receiver either.
            pass
        time.sleep(0.5)
        agent.require_alive()
        agent.process.stop()
    equal(backend.requests("traces"), [], "what came")
