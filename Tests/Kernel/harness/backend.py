"""A backend in the test's own process, which keeps the OTLP/JSON that it is sent."""
import http.server
import threading

from . import otlp


class Backend:
    """Takes OTLP/JSON over HTTP while `is_up`, and answers 503 otherwise."""

    def __init__(self):
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One connection."""
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                """One request."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if backend.is_up:
                    backend.lines.append(body.decode())
                self.send_response(200 if backend.is_up else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Quiet."""

        self.is_up, self.lines = True, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        """Takes no more."""
        self.server.shutdown()
        self.server.server_close()

    def spans(self, folder):
        """Every span that came, by way of a file in a folder."""
        file = folder / f"backend-{self.port}.jsonl"
        file.write_text("".join(line + "\n" for line in self.lines))
        return otlp.read(file)
