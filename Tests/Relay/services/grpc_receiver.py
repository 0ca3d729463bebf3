"""An OTLP/gRPC receiver that misbehaves as it is told: `grpcio` and the messages of `opentelemetry-proto`.

usage: grpc_receiver.py LOG ACTION[,ACTION...] [--port N] [--bodies] [--tls CERT KEY [CLIENT_CA]]

Arguments, standard input, what is printed and the log are those of Tests/Peers/fault_receiver.py. The actions:

  OK              taken
  partial:N       taken but for N items
  CODE            that status (UNAVAILABLE ...)
  CODE:retry:S    ... with a RetryInfo of so many seconds
  hang            never answers
"""
import base64
import concurrent.futures
import json
import pathlib
import sys
import threading
import time

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Peers"))
import otlp_wire  # noqa: E402

SERVICES = {
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
}

log_path, actions = sys.argv[1], sys.argv[2].split(",")
options = sys.argv[3:]
port = int(options[options.index("--port") + 1]) if "--port" in options else 0
with_bodies = "--bodies" in options
tls = options[options.index("--tls") + 1:] if "--tls" in options else None
lock = threading.Lock()
log = open(log_path, "w", buffering=1)


def next_action():
    with lock:
        return actions.pop(0) if len(actions) > 1 else actions[0]


def status_details(code, seconds):
    """The trailer that carries a google.rpc.Status."""
    delay = duration_pb2.Duration()
    delay.FromNanoseconds(int(seconds * 1e9))
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    status = status_pb2.Status(code=code.value[0], message="later", details=[detail])
    return (("grpc-status-details-bin", status.SerializeToString()),)


def answer_to(signal):
    """A method of raw bytes in, raw bytes out."""

    def answer(body, context):
        action = next_action()
        taken = action == "OK" or action.startswith("partial:")
        line = {
            "path": f"/{SERVICES[signal]}/Export", "action": action, "taken": taken, "at": time.time(),
            "port": int(context.peer().rsplit(":", 1)[1]), "spans": [],
            "headers": {name: str(value) for name, value in context.invocation_metadata()},
        }
        if signal == "traces":
            line["spans"] = otlp_wire.span_ids(body)
        if with_bodies:
            line["body"] = base64.b64encode(body).decode()
        with lock:
            log.write(json.dumps(line) + "\n")
        if action == "hang":
            while context.is_active():
                time.sleep(0.05)
            return b""
        if action == "OK":
            return b""
        if action.startswith("partial:"):
            partial = bytes([8, int(action[8:]), 18, 9]) + b"not these"
            return bytes([10, len(partial)]) + partial
        name, _, wait = action.partition(":")
        code = getattr(grpc.StatusCode, name)
        if wait.startswith("retry:"):
            context.set_trailing_metadata(status_details(code, float(wait[6:])))
        context.abort(code, "as it was told")

    return answer


server = grpc.server(
    concurrent.futures.ThreadPoolExecutor(max_workers=32),
    options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 64 << 20)])
for signal, service in SERVICES.items():
    method = grpc.unary_unary_rpc_method_handler(answer_to(signal))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {"Export": method})])
address = f"127.0.0.1:{port}"
if tls:
    authority = pathlib.Path(tls[2]).read_bytes() if len(tls) > 2 else None
    credentials = grpc.ssl_server_credentials(
        [(pathlib.Path(tls[1]).read_bytes(), pathlib.Path(tls[0]).read_bytes())], authority, authority is not None)
    port = server.add_secure_port(address, credentials)
else:
    port = server.add_insecure_port(address)
server.start()
print(port, flush=True)
for others in sys.stdin:
    with lock:
        actions[:] = others.strip().split(",")
server.stop(None)
