"""Sends messages that are far longer than what is captured of them, and prints what came back.

usage: long_client.py PORT headers BYTES TRACEPARENT...   requests with so many bytes of headers, each with its context
                                                          at another place among them
       long_client.py PORT upload BYTES                   a chunked upload with trailers, between two small requests
       long_client.py PORT (mariadb|postgresql) ROWS TRACEPARENT
                                                          a statement of 100 KB, its context last, and a long answer
"""
import json
import socket
import sys

port, what, *rest = sys.argv[1:]
CHUNK = 1 << 20
STATEMENT = 100_000


class Connection:
    """A connection that says what it is told to."""

    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", int(port)), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def hear(self):
        """The JSON of an answer."""
        data = b""
        while True:
            data += self.socket.recv(65536)
            head, found, body = data.partition(b"\r\n\r\n")
            if found and len(body) == int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
                return json.loads(body)

    def get(self, path, headers=()):
        """One request, sent as one call, as clients do."""
        lines = [f"GET {path} HTTP/1.1", "Host: long", *headers, "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        print(json.dumps({"path": path, **self.hear()}), flush=True)


def headers(size, *contexts):
    """The context first, last, and between."""
    filler = [f"X-Filler-{number}: {'f' * 1000}" for number in range(int(size) // 1017 + 1)]
    # The first request of a connection is read before anybody can know what it is.
    for number, context in enumerate(contexts):
        place = (0, len(filler), len(filler) // 2)[number % 3]
        connection = Connection()
        if number % 3 == 2:
            connection.get(f"/before{number}")
        lines = [*filler[:place], f"traceparent: {context}", *filler[place:]]
        connection.get(f"/headers{number}", lines)


def upload(size):
    """Chunks of a mebibyte, and two trailers."""
    connection = Connection()
    connection.get("/before")
    connection.socket.sendall(
        b"POST /upload HTTP/1.1\r\nHost: long\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-Count\r\n\r\n")
    left, block = int(size), b"u" * CHUNK
    while left:
        length = min(left, CHUNK)
        connection.socket.sendall(b"%x\r\n%b\r\n" % (length, block[:length]))
        left -= length
    connection.socket.sendall(b"0\r\nX-Sum: 0123456789abcdef\r\nX-Count: 17\r\n\r\n")
    print(json.dumps({"path": "/upload", **connection.hear()}), flush=True)
    connection.get("/after")


def statement(cursor, series, context):
    """One that is long, one whose answer is long, and one that must be right after them."""
    cursor.execute(f"SELECT 1 AS one, LENGTH('{'x' * STATEMENT}') AS two /*traceparent='{context}'*/")
    print(json.dumps({"rows": len(cursor.fetchall())}))
    cursor.execute(f"SELECT number, REPEAT('r', 100) FROM {series}")
    print(json.dumps({"rows": len(cursor.fetchall())}))
    cursor.execute("SELECT 2 AS after")
    print(json.dumps({"rows": len(cursor.fetchall())}), flush=True)


def mariadb(rows, context):
    import pymysql
    connection = pymysql.connect(
        host="127.0.0.1", port=int(port), user="ann", password="secret", database="shop", autocommit=True)
    statement(connection.cursor(), f"(SELECT seq AS number FROM seq_1_to_{rows}) AS many", context)
    connection.close()


def postgresql(rows, context):
    import psycopg2
    connection = psycopg2.connect(
        host="127.0.0.1", port=int(port), user="postgres", dbname="shop", sslmode="disable", gssencmode="disable")
    connection.autocommit = True
    statement(connection.cursor(), f"generate_series(1, {rows}) AS number", context)
    connection.close()


{"headers": headers, "upload": upload, "mariadb": mariadb, "postgresql": postgresql}[what](*rest)
