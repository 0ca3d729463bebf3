"""An OTLP/gRPC backend that takes everything and counts its spans by walking over the bytes. Prints its port, then the
count when it has changed. Ends with whoever started it."""
import concurrent.futures
import pathlib
import sys
import threading
import time

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Peers"))
from otlp_wire import fields  # noqa: E402

count = 0
lock = threading.Lock()


def export(request, _context):
    """Counts a request's spans."""
    global count
    spans = sum(
        1 for number, resource in fields(request) if number == 1
        for inner, scope in fields(resource) if inner == 2
        for last, _ in fields(scope) if last == 2)
    with lock:
        count += spans
    return b""


class Service(grpc.GenericRpcHandler):
    """Every method is Export."""

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(export)


server = grpc.server(
    concurrent.futures.ThreadPoolExecutor(8), handlers=[Service()],
    options=[("grpc.max_receive_message_length", 64 << 20)])
print("port", server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
told = -1
while True:
    time.sleep(0.02)
    if count != told:
        told = count
        print("spans", told, flush=True)
