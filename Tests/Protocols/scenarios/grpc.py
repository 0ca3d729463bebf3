"""gRPC by grpcio and etcd."""
import collections
import shutil

from harness.process import Skip
from harness.python import python_with
from harness.registry import test
from harness.world import check
from live.world import CLIENTS

STATUSES = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"]
AT_FAULT = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}


def served(world):
    port = world.port()
    world.server("grpc", [python_with("grpcio"), "-B", CLIENTS / "grpc_server.py", port], port)
    return port


def codes(spans, kind):
    """How often each method ended with each status."""
    return collections.Counter(
        (span.name, span.attributes.get("rpc.response.status_code")) for span in spans if span.kind == kind)


@test
def callsOfEachTypeAreSeenByBothSides(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("grpc_client.py", port, "all", packages=("grpcio",))
    check(len(said) == 11, f"the client said {said}")
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        check(codes(spans, kind) == collections.Counter((one["method"], one["code"]) for one in said),
              f"{kind}: {codes(spans, kind)}")
        ours = {span.attributes["rpc.response.status_code"] + span.name: span for span in spans if span.kind == kind}
        for one in said:
            span = ours[one["code"] + one["method"]]
            counts = [
                span.attributes.get(f"rpc.{kind.lower()}.{name}_per_rpc", 0) for name in ("requests", "responses")]
            if one["code"] == "OK":
                check(counts == [one["sent"], one["received"]], f"{span}: {one}")
            failed = one["code"] != "OK" and (kind == "CLIENT" or one["code"] in AT_FAULT)
            check(span.status == ("ERROR" if failed else "UNSET"), f"{span}: {one}")
            check(span.attributes["rpc.method"] == one["method"], f"{span}")
    traces = collections.Counter(span.trace_id for span in spans)
    check(traces["0af7651916cd43dd8448eb211c80319c"] == 8, f"the contexts were not read: {traces}")
    world.same_story(spans, world.replayed(recording))
    decode = f"tcp.port=={port},http2"
    read = world.tshark_values(recording, "http2.headers.path", "http2.headers.path", decode)
    check(read == ["/" + one["method"] for one in said], f"tshark reads {read}")
    rows = recording.tshark(
        'http2.header.name == "grpc-status"', ["http2.header.name", "http2.header.value"], decode)
    read = [value for names, values in rows for name, value in zip(names, values) if name == "grpc-status"]
    # Whoever is called off gets no status, or one that nobody reads.
    expected = [
        str(STATUSES.index(one["code"])) for one in said if one["code"] not in ("CANCELLED", "DEADLINE_EXCEEDED")]
    check(not collections.Counter(expected) - collections.Counter(read), f"tshark reads {read}")


@test(every_hook=False)
def aConnectionIsJoinedInTheMiddle(world):
    port = served(world)
    client = world.start_client("grpc_client.py", port, "joined", packages=("grpcio",))
    client.wait_ready()
    agent = world.agent()
    client.go()
    client.wait()
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        names = collections.Counter(span.operation for span in spans if span.kind == kind)
        check(sum(names.values()) == 5, f"{kind}: {names}")
        check(names["test.Echo/Late"] == names["test.Echo/Down"] == 1, f"{kind}: {names}")
        # The path of the first three was said before: it must not be made up.
        check(set(names) <= {"test.Echo/Late", "test.Echo/Down", "test.Echo/Unary", "grpc", "POST"}, f"{kind}: {names}")


@test(every_hook=False)
def manyCallsAtOnceKeepTheirOwn(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("grpc_client.py", port, "many", packages=("grpcio",))
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        check(codes(spans, kind) == collections.Counter((one["method"], one["code"]) for one in said),
              f"{kind}: {codes(spans, kind)}")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def largeMessagesAreOneEach(world):
    port = served(world)
    recording = world.record(port)
    agent = world.agent()
    said = world.client("grpc_client.py", port, "large", packages=("grpcio",))
    spans = world.finish(agent, port)
    for kind in ("CLIENT", "SERVER"):
        check(codes(spans, kind) == collections.Counter((one["method"], one["code"]) for one in said),
              f"{kind}: {codes(spans, kind)}")
        for span in spans:
            if span.kind == kind and span.name == "test.Echo/Unary":
                counts = [
                    span.attributes.get(f"rpc.{kind.lower()}.{name}_per_rpc") for name in ("requests", "responses")]
                check(counts == [1, 1], f"{span}")
    world.same_story(spans, world.replayed(recording))


@test(every_hook=False)
def aCallWhoseServerDiesIsAFailure(world):
    port = world.port()
    server = world.server("grpc", [python_with("grpcio"), "-B", CLIENTS / "grpc_server.py", port], port)
    agent = world.agent()
    client = world.start_client("grpc_client.py", port, "unanswered", packages=("grpcio",))
    client.wait_ready()
    server.kill()
    client.wait()
    spans = world.finish(agent, port)
    ours = sorted((span.kind, span.operation, span.status) for span in spans)
    check(ours == [("CLIENT", "test.Echo/Slow", "ERROR"), ("SERVER", "test.Echo/Slow", "ERROR")], f"{ours}")


@test(every_hook=False)
def etcdIsReadAndWritten(world):
    if not (shutil.which("etcd") and shutil.which("etcdctl")):
        raise Skip("no etcd here")
    port, peers = world.port(), world.port()
    where = f"http://127.0.0.1:{port}"
    world.server("etcd", [
        "etcd", "--data-dir", world.folder / "etcd", "--listen-client-urls", where, "--advertise-client-urls", where,
        "--listen-peer-urls", f"http://127.0.0.1:{peers}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
        "--initial-cluster", f"default=http://127.0.0.1:{peers}"], port, ready="ready to serve client requests")
    agent = world.agent()
    for command in (["put", "a", "1"], ["get", "a"], ["del", "a"], ["member", "list"]):
        world.command(["etcdctl", f"--endpoints={where}", *command], env={"ETCDCTL_API": "3"})
    spans = world.finish(agent, port)
    expected = {"etcdserverpb.KV/Put": 1, "etcdserverpb.KV/Range": 1, "etcdserverpb.KV/DeleteRange": 1,
                "etcdserverpb.Cluster/MemberList": 1}
    for kind in ("CLIENT", "SERVER"):
        names = collections.Counter(span.operation for span in spans if span.kind == kind)
        check({name: names[name] for name in expected} == expected, f"{kind}: {names}")
