"""A proxy that resets connections in the middle."""
import socket
import struct
import threading


class Cutter:
    """Passes bytes between its clients and a port of this machine.

    Each connection takes the next cut, the last one for ever: ("up" or "down", after how many bytes of that direction
    it is reset), or None for none.
    """

    def __init__(self, port, cuts):
        self.target, self.cuts, self.cut = port, list(cuts), 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        # A blocked accept() holds the socket open unless it is shut down.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            cut = self.cuts.pop(0) if len(self.cuts) > 1 else self.cuts[0]
            server = socket.create_connection(("127.0.0.1", self.target))
            for way, source, sink in (("up", client, server), ("down", server, client)):
                limit = cut[1] if cut and cut[0] == way else None
                threading.Thread(target=self._pass, args=(source, sink, limit), daemon=True).start()

    def _pass(self, source, sink, limit):
        passed = 0
        try:
            while limit is None or passed < limit:
                data = source.recv(65536 if limit is None else min(65536, limit - passed))
                if not data:
                    break
                sink.sendall(data)
                passed += len(data)
        except OSError:
            pass
        if limit is not None and passed >= limit:
            self.cut += 1
            for side in (source, sink):
                # Closing with nothing to linger for sends RST, once the other thread has left its call.
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        for side in (source, sink):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            side.close()
