"""A client that says exactly the bytes it is given."""
import socket
import time


class Wire:
    """One TCP connection."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, data):
        """Sends bytes (or text) as one call."""
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def hear(self, responses=1, bodyless=False):
        """Receives responses of a known length, whole, and gives everything."""
        data, position = b"", 0
        for _ in range(responses):
            while b"\r\n\r\n" not in data[position:]:
                data += self._more()
            head_end = data.index(b"\r\n\r\n", position) + 4
            length = 0
            for line in data[position:head_end].split(b"\r\n"):
                if line.lower().startswith(b"content-length:") and not bodyless:
                    length = int(line.partition(b":")[2])
            while len(data) < head_end + length:
                data += self._more()
            position = head_end + length
        return data

    def hear_until(self, end):
        """Receives until an end has come."""
        data = b""
        while end not in data:
            data += self._more()
        return data

    def hear_all(self):
        """Receives until the other side closes."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except OSError:
            pass
        return data

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the other side closed")
        return piece

    def close(self):
        """Closes it; a moment later, so that the other side has heard everything."""
        time.sleep(0.05)
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def get(path, *headers, method="GET", version="1.1"):
    """A request without a body."""
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: raw", *headers, "", ""])
