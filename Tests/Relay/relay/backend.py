"""Backends: processes that write down every request before they answer it, and answer as they are told."""
import base64
import collections
import json
import pathlib
import subprocess
import sys
import time

from harness import free, patience
from harness.process import Failure, Process

PEERS = pathlib.Path(__file__).resolve().parents[2] / "Peers"
PROGRAMS = {"http": PEERS / "fault_receiver.py", "grpc": PEERS / "grpc_receiver.py"}
# What takes everything, in either's words.
TAKE = {"http": "200", "grpc": "OK"}


class Backend:
    """One at an address of its own. It can be killed and started again."""

    def __init__(self, folder, kind, name, actions=None, tls=(), start=True):
        self.folder, self.kind, self.name = pathlib.Path(folder), kind, name
        self.actions, self.tls = actions or TAKE[kind], tls
        self.port = free.port()
        self.starts, self.process = 0, None
        if start:
            self.start()

    @property
    def endpoint(self):
        """Its base URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def section(self, **settings):
        """A section of an exporter to it, that does not wait to fill batches."""
        return {"endpoint": self.endpoint, "retry_on_failure": {"initial_interval": "20ms", "max_interval": "100ms"},
                "sending_queue": {"batch": {"flush_timeout": "10ms"}}, **settings}

    @property
    def exporter(self):
        """The type of exporter that speaks to it."""
        return f"otlp_{self.kind}"

    def start(self):
        """Starts it, again perhaps."""
        self.starts += 1
        arguments = [sys.executable, PROGRAMS[self.kind], self._log(self.starts), self.actions, "--port", self.port,
                     "--bodies", *(["--tls", *self.tls] if self.tls else [])]
        name = f"{self.name}-{self.starts}"
        self.process = Process(name, arguments, self.folder, stdin=subprocess.PIPE)
        # Its port, once it listens.
        self.process.wait_for(self.process.out, str(self.port), timeout=15)
        return self

    def kill(self):
        """Ends it at once, its connections with it."""
        self.process.popen.kill()
        self.process.popen.wait()

    def stop(self):
        """Ends it with the test."""
        if self.process:
            self.process.stop()

    def tell(self, actions):
        """From now on, these."""
        self.actions = actions
        self.process.popen.stdin.write(f"{actions}\n".encode())
        self.process.popen.stdin.flush()

    def _log(self, number):
        return self.folder / f"{self.name}-{number}.jsonl"

    def requests(self, signal=None):
        """Every request so far, the oldest first; of one signal perhaps."""
        found = []
        for number in range(1, self.starts + 1):
            log = self._log(number)
            for line in log.read_text().splitlines(True) if log.exists() else []:
                # The last line of one that was killed may be half there; its request was never answered.
                if line.endswith("\n"):
                    found.append(json.loads(line))
        if self.kind == "grpc":
            for call in found:
                call |= {"path": f"/{call['signal']}", "headers": call["metadata"], "at": call["time"]}
        return [request for request in found if signal is None or request["path"].endswith(f"/{signal}")]

    def bodies(self, signal="traces", **headers):
        """The bodies it took, decompressed, of the requests with these headers (`_` for `-`)."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        return [base64.b64decode(request["body"]) for request in self.requests(signal)
                if request["taken"] and wanted.items() <= request["headers"].items()]

    def taken(self):
        """How often each span was taken, by its id."""
        return collections.Counter(span for request in self.requests() if request["taken"] for span in request["spans"])

    def wait_for(self, condition, what, timeout=15.0):
        """Waits until something holds of the backend."""
        end = patience.now() + timeout
        while not condition(self):
            if patience.now() > end:
                raise Failure(f"{self.name} did not get {what} within {timeout:.0f} s: {len(self.requests())} requests")
            time.sleep(0.03)

    def wait_for_spans(self, ids, timeout=15.0):
        """Waits until it took all of these spans."""
        wanted, end = set(ids), patience.now() + timeout
        while True:
            missing = wanted - self.taken().keys()
            if not missing:
                return
            if patience.now() > end:
                raise Failure(f"{self.name} never took {len(missing)} of {len(wanted)} spans,"
                              f" {sorted(missing)[0]} for one")
            time.sleep(0.05)

    def wait_for_requests(self, count, timeout=15.0):
        """Waits until so many requests came."""
        self.wait_for(lambda backend: len(backend.requests()) >= count, f"{count} requests", timeout)
