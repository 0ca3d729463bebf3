"""A backend that is away now and then, and one that is always there; both count the spans they took."""
import json
import re
import socket
import threading

UP, REFUSING, HANGING, BUSY = "up", "refusing", "hanging", "busy"
STATES = (UP, REFUSING, HANGING, BUSY)
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWERS = {
    UP: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    BUSY: b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"}
LONGEST = 64 << 20


class Backend:
    """Takes OTLP/JSON over HTTP/1.1 as long as it is up. `refusing`: nobody listens, and connections are cut;
    `hanging`: what comes is not answered; `busy`: it is answered with 503."""

    def __init__(self, marks=()):
        self.state, self.spans = UP, 0
        # How many requests had each of these texts.
        self.marked = dict.fromkeys(marks, 0)
        self._lock, self._connections = threading.Lock(), set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._accept(self._listener)

    def become(self, state):
        """Changes its state."""
        with self._lock:
            former, self.state = self.state, state
            connections = list(self._connections)
        if state == former:
            return
        if state == REFUSING:
            # Whoever waits in accept() is woken by that alone.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        # One that hung does not answer any more.
        if REFUSING in (state, former) or former == HANGING:
            for connection in connections:
                _cut(connection)
        if former == REFUSING:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            self._accept(self._listener)

    def stop(self):
        """Takes no more."""
        if self.state != REFUSING:
            self.become(REFUSING)

    def _accept(self, listener):
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        try:
            while (body := _request(connection)) is not None:
                with self._lock:
                    state = self.state
                    # What was sent when nobody can hear it any more is not taken.
                    answer = ANSWERS.get(state)
                    if answer:
                        connection.sendall(answer)
                    if state == UP:
                        self.spans += spans_in(body)
                        for mark in self.marked:
                            self.marked[mark] += mark.encode() in body
        except (OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)
            _cut(connection)


def spans_in(body):
    """How many spans an ExportTraceServiceRequest has."""
    return sum(len(scope.get("spans", [])) for resource in json.loads(body).get("resourceSpans", [])
               for scope in resource.get("scopeSpans", []))


def _request(connection):
    """The body of the next request; None when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    length = int(length[1]) if length else 0
    if length > LONGEST:
        raise ValueError(f"{length} bytes")
    pieces, left = [body], length - len(body)
    while left > 0:
        piece = connection.recv(min(left, 1 << 18))
        if not piece:
            return None
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _cut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
