"""An OTLP/gRPC receiver, made of `grpcio` and `opentelemetry-proto`, that misbehaves as it is told.

usage: grpc_receiver.py LOG ACTION[,ACTION...] [--port N] [--bodies] [--tls CERT KEY [CLIENT_CA]]

Each call takes the next action, the last one for ever; a line on standard input puts others in their place. Prints its
port, then, before it answers, a line of JSON into LOG for each call: the signal, the action, the peer's address, its
certificate's common name, the metadata, the authority, how many items the request had and the ids of its spans, and
whether they were taken; with --bodies also the message as it came, decompressed, in base64. Ends when its standard
input does.

  OK              taken
  partial:N       taken but for N items
  CODE            that status, such as UNAVAILABLE
  CODE:after:S    ... with RetryInfo, a delay of S seconds
  CODE:info       ... with RetryInfo that names no delay
  CODE:other      ... with details that are no RetryInfo
  hang            never answers
  gather:N        taken, but answered only when N calls are under way at once
  goaway          taken; then the server ends its connections in good order and listens anew on the same port
  die             the process ends at once, without an answer
"""
import base64
import collections
import concurrent.futures
import json
import os
import pathlib
import sys
import threading
import time

import grpc
from google.protobuf import any_pb2, duration_pb2, message_factory, descriptor_pb2, descriptor_pool
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Kernel"))
from harness import free  # noqa: E402

log_path, actions = sys.argv[1], sys.argv[2].split(",")
options = sys.argv[3:]
# One that nobody else is given while it is away.
port = int(options[options.index("--port") + 1]) if "--port" in options else free.port()
with_bodies = "--bodies" in options
tls = options[options.index("--tls") + 1:] if "--tls" in options else None
lock = threading.Lock()
log = open(log_path, "a", buffering=1)
barrier = threading.Barrier(next((int(name[7:]) for name in actions if name.startswith("gather:")), 1))
goaway = threading.Event()


def rpc_messages():
    """google.rpc.Status and google.rpc.RetryInfo, which neither package brings."""
    file = descriptor_pb2.FileDescriptorProto(
        name="interspan_rpc.proto", package="google.rpc", syntax="proto3",
        dependency=["google/protobuf/any.proto", "google/protobuf/duration.proto"])
    field = descriptor_pb2.FieldDescriptorProto
    status = file.message_type.add(name="Status")
    status.field.add(name="code", number=1, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    status.field.add(name="message", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    status.field.add(name="details", number=3, type=field.TYPE_MESSAGE, label=field.LABEL_REPEATED,
                     type_name=".google.protobuf.Any")
    info = file.message_type.add(name="RetryInfo")
    info.field.add(name="retry_delay", number=1, type=field.TYPE_MESSAGE, label=field.LABEL_OPTIONAL,
                   type_name=".google.protobuf.Duration")
    pool = descriptor_pool.Default()
    pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName("google.rpc." + name))
            for name in ("Status", "RetryInfo")]


Status, RetryInfo = rpc_messages()


def next_action():
    with lock:
        return actions.pop(0) if len(actions) > 1 else actions[0]


def details(code, extra):
    """The value of grpc-status-details-bin."""
    status = Status(code=code.value[0], message="wrong")
    if extra == "other":
        status.details.add(type_url="type.googleapis.com/google.rpc.DebugInfo", value=b"\x0a\x01x")
    else:
        info = RetryInfo()
        if extra != "info":
            seconds = float(extra.removeprefix("after:"))
            whole = int(seconds)
            info.retry_delay.CopyFrom(duration_pb2.Duration(seconds=whole, nanos=round((seconds - whole) * 1e9)))
        packed = any_pb2.Any()
        packed.Pack(info)
        status.details.append(packed)
    return status.SerializeToString()


def authority(context):
    """The :authority of a call."""
    return getattr(context, "_rpc_event").call_details.host.decode()


def traces(request):
    spans = [span.span_id.hex() for resource in request.resource_spans for scope in resource.scope_spans
             for span in scope.spans]
    return len(spans), spans


def metrics(request):
    return sum(len(metric.gauge.data_points) for resource in request.resource_metrics
               for scope in resource.scope_metrics for metric in scope.metrics), []


def logs(request):
    return sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs), []


Signal = collections.namedtuple("Signal", "service request response rejected contents")
SIGNALS = {
    "traces": Signal("trace.v1.TraceService", trace_service_pb2.ExportTraceServiceRequest,
                     trace_service_pb2.ExportTraceServiceResponse, "rejected_spans", traces),
    "metrics": Signal("metrics.v1.MetricsService", metrics_service_pb2.ExportMetricsServiceRequest,
                      metrics_service_pb2.ExportMetricsServiceResponse, "rejected_data_points", metrics),
    "logs": Signal("logs.v1.LogsService", logs_service_pb2.ExportLogsServiceRequest,
                   logs_service_pb2.ExportLogsServiceResponse, "rejected_log_records", logs),
}


class Call:
    """One call: what it brought, and what to say."""

    def __init__(self, signal, body, context):
        self.signal, self.body, self.context = signal, body, context
        self.items, self.spans = SIGNALS[signal].contents(SIGNALS[signal].request.FromString(body))

    def note(self, action, taken):
        context = self.context
        name = context.auth_context().get("x509_common_name", [b""])[0].decode()
        metadata = {
            key: value.hex() if isinstance(value, bytes) else value for key, value in context.invocation_metadata()}
        line = {
            "signal": self.signal, "action": action, "peer": context.peer(), "identity": name,
            "authority": authority(context), "metadata": metadata, "items": self.items, "spans": self.spans,
            "taken": taken, "remaining": context.time_remaining() or 0, "time": time.time(),
        }
        if with_bodies:
            line["body"] = base64.b64encode(self.body).decode()
        with lock:
            log.write(json.dumps(line) + "\n")

    def answer(self):
        action, context = next_action(), self.context
        response = SIGNALS[self.signal].response()
        kind, _, extra = action.partition(":")
        if kind == "die":
            os._exit(1)
        if kind == "hang":
            self.note(action, False)
            while context.is_active():
                time.sleep(0.05)
            return response
        if kind in ("OK", "partial", "gather", "goaway"):
            if kind == "gather":
                try:
                    barrier.wait(20)
                except threading.BrokenBarrierError:
                    self.note(action, False)
                    context.abort(grpc.StatusCode.INTERNAL, "they did not come together")
            self.note(action, True)
            if kind == "partial":
                setattr(response.partial_success, SIGNALS[self.signal].rejected, int(extra))
                response.partial_success.error_message = "not these: \u20ac"
            if kind == "goaway":
                goaway.set()
            return response
        code = grpc.StatusCode[kind]
        self.note(action, False)
        if extra:
            context.set_trailing_metadata([("grpc-status-details-bin", details(code, extra))])
        context.abort(code, "wrong: \u20ac%")


def handlers():
    """Methods that are given messages as they came, so that they can be kept."""
    for signal, (service, _, response, _, _) in SIGNALS.items():
        method = grpc.unary_unary_rpc_method_handler(
            lambda body, context, signal=signal: Call(signal, body, context).answer(),
            response_serializer=response.SerializeToString)
        yield grpc.method_handlers_generic_handler(f"opentelemetry.proto.collector.{service}", {"Export": method})


def start(number):
    """A server that listens, and its port."""
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=80), handlers=list(handlers()))
    address = f"127.0.0.1:{number}"
    if tls:
        certificate, key = open(tls[0], "rb").read(), open(tls[1], "rb").read()
        authorities = open(tls[2], "rb").read() if len(tls) > 2 else None
        credentials = grpc.ssl_server_credentials([(key, certificate)], authorities, authorities is not None)
        bound = server.add_secure_port(address, credentials)
    else:
        bound = server.add_insecure_port(address)
    server.start()
    return server, bound


def restart_when_told():
    global server
    while goaway.wait():
        goaway.clear()
        server.stop(5).wait()
        server, _ = start(port)


server, port = start(port)
threading.Thread(target=restart_when_told, daemon=True).start()
print(port, flush=True)
for others in sys.stdin:
    with lock:
        actions[:] = others.strip().split(",")
os._exit(0)
