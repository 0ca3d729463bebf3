"""A log that a program sends in datagrams: one that writes to a file or a pipe from several threads may drop lines."""
import socket
import threading
import time

# Nothing has come for so long: it was the last.
QUIET_S = 0.1


class DatagramLog:
    """Takes lines at a port of loopback until it is stopped."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind(("127.0.0.1", 0))
        self._lines, self._last, self._is_over = [], time.monotonic(), False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def address(self):
        """Where it is sent to."""
        return "127.0.0.1:{}".format(self._socket.getsockname()[1])

    def _read(self):
        while not self._is_over:
            line = self._socket.recv(65536)
            self._lines.append(line.decode(errors="replace").rstrip("\n"))
            self._last = time.monotonic()

    def text(self):
        """What has come, once nothing more does."""
        while time.monotonic() - self._last < QUIET_S:
            time.sleep(QUIET_S / 4)
        return "\n".join(self._lines)

    def stop(self):
        """Takes no more."""
        self._is_over = True
        # The reader waits for something.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self._socket.getsockname())
        self._reader.join()
        self._socket.close()
