"""A gRPC service by grpcio. usage: grpc_server.py PORT"""
import concurrent.futures
import sys
import time

import grpc


def up(requests, context):
    return str(sum(len(request) for request in requests)).encode()


def down(request, context):
    for index in range(int(request)):
        yield str(index).encode()


def both(requests, context):
    for request in requests:
        yield request


def fail(request, context):
    context.abort(grpc.StatusCode[request.decode()], "as asked")


def slow(request, context):
    time.sleep(float(request))
    return b""


def endless(request, context):
    while context.is_active():
        yield b"more"
        time.sleep(0.02)


class Echo(grpc.GenericRpcHandler):
    HANDLERS = {
        "Up": grpc.stream_unary_rpc_method_handler(up), "Down": grpc.unary_stream_rpc_method_handler(down),
        "Both": grpc.stream_stream_rpc_method_handler(both), "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "Slow": grpc.unary_unary_rpc_method_handler(slow), "Endless": grpc.unary_stream_rpc_method_handler(endless)}
    ECHO = grpc.unary_unary_rpc_method_handler(lambda request, context: request)

    def service(self, details):
        name = details.method.rpartition("/")[2]
        return self.ECHO if name.startswith(("Unary", "Late")) else self.HANDLERS.get(name)


server = grpc.server(concurrent.futures.ThreadPoolExecutor(16), handlers=[Echo()], options=[
    ("grpc.max_receive_message_length", 8 << 20)])
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
server.wait_for_termination()
