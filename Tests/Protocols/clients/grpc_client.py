"""Calls the service of grpc_server.py by grpcio; prints what came of each call. usage: grpc_client.py PORT WHAT

WHAT: `all` (each type of call, errors, a deadline, a cancellation), `joined` (waits after two calls for a line on
standard input), `many` (64 at a time over one connection), `large` (a megabyte each way, after a small one),
`unanswered` (waits for a line, then goes on waiting for what never comes)."""
import concurrent.futures
import json
import sys
import threading
import time

import grpc

port, what = sys.argv[1:]
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[
    ("grpc.max_receive_message_length", 8 << 20), ("grpc.use_local_subchannel_pool", 1)])
METADATA = (("traceparent", TRACEPARENT),)
lock = threading.Lock()


def said(method, code, sent, received):
    with lock:
        print(json.dumps({"method": f"test.Echo/{method}", "code": code.name, "sent": sent, "received": received}),
              flush=True)


def unary(method, request=b"hello", **options):
    call = channel.unary_unary(f"/test.Echo/{method}")
    try:
        _, outcome = call.with_call(request, **options)
        said(method, outcome.code(), 1, 1)
    except grpc.RpcError as error:
        said(method, error.code(), 1, 0)


def server_stream(method, count):
    responses = list(channel.unary_stream(f"/test.Echo/{method}")(str(count).encode(), metadata=METADATA))
    said(method, grpc.StatusCode.OK, 1, len(responses))


def client_stream(method, count):
    channel.stream_unary(f"/test.Echo/{method}")(iter([b"x" * index for index in range(count)]), metadata=METADATA)
    said(method, grpc.StatusCode.OK, count, 1)


def both(method, count):
    responses = list(channel.stream_stream(f"/test.Echo/{method}")(iter([b"y"] * count), metadata=METADATA))
    said(method, grpc.StatusCode.OK, count, len(responses))


if what == "all":
    unary("Unary", metadata=METADATA)
    server_stream("Down", 5)
    client_stream("Up", 4)
    both("Both", 3)
    for code in ("NOT_FOUND", "INTERNAL", "UNAUTHENTICATED", "UNAVAILABLE"):
        unary("Fail", code.encode())
    unary("NoSuchMethod")
    # Long enough for a server that hears of it late: what it takes the deadline for counts from then.
    unary("Slow", b"8", timeout=4)
    call = channel.unary_stream("/test.Echo/Endless")(b"")
    received = [next(call) for _ in range(3)]
    call.cancel()
    said("Endless", grpc.StatusCode.CANCELLED, 1, len(received))
elif what == "joined":
    unary("Unary")
    unary("Unary")
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    for _ in range(3):
        unary("Unary")
    unary("Late")
    server_stream("Down", 2)
elif what == "many":
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for _ in pool.map(lambda index: unary(f"Unary{index % 4}", b"z" * index), range(200)):
            pass
elif what == "large":
    # What is large is followed once the kernel knows what the connection speaks.
    unary("Unary", b"s")
    time.sleep(0.5)
    unary("Unary", b"l" * (1 << 20))
    both("Both", 2)
elif what == "unanswered":
    call = channel.unary_unary("/test.Echo/Slow").future(b"60")
    time.sleep(0.5)
    print(json.dumps({"ready": True}), flush=True)
    try:
        call.result()
    except grpc.RpcError as error:
        said("Slow", error.code(), 1, 0)
channel.close()
