"""An HTTP/2 server by the `h2` package: with prior knowledge, or after an upgrade from HTTP/1.1. /reset is reset, /none
is 404, everything else says how long the body was, or the path. usage: h2_server.py PORT"""
import socket
import sys
import threading

import h2.config
import h2.connection
import h2.events


def upgraded(connection, sock, start):
    """The request that asks for an upgrade, answered with 101; what came behind it is left."""
    head = start
    while b"\r\n\r\n" not in head:
        head += sock.recv(65536)
    head, _, rest = head.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    connection.initiate_upgrade_connection(headers["http2-settings"].encode())
    return lines[0].split(" ")[1], rest


def answer(connection, stream, path, body):
    if path == "/reset":
        return connection.reset_stream(stream, error_code=2)
    status = "404" if path == "/none" else "200"
    connection.send_headers(stream, [(":status", status), ("content-type", "text/plain"), ("x-path", path)])
    connection.send_data(stream, str(len(body)).encode() if body else path.encode(), end_stream=True)


def serve(sock):
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    start = sock.recv(65536)
    paths, bodies = {}, {}
    if not start.startswith(b"PRI"):
        path, start = upgraded(connection, sock, start)
        answer(connection, 1, path, b"")
    else:
        connection.initiate_connection()
    sock.sendall(connection.data_to_send())
    received = start or sock.recv(65536)
    while received:
        for event in connection.receive_data(received):
            if isinstance(event, h2.events.RequestReceived):
                paths[event.stream_id] = dict(event.headers)[":path"]
                bodies[event.stream_id] = b""
            elif isinstance(event, h2.events.DataReceived):
                bodies[event.stream_id] += event.data
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                answer(connection, event.stream_id, paths[event.stream_id], bodies[event.stream_id])
        sock.sendall(connection.data_to_send())
        received = sock.recv(65536)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
