"""The program under test as a relay: it receives OTLP and captures nothing, so that it needs no privileges."""
import json
import os
import pathlib
import re
import signal
import socket
import time

from harness import free, patience
from harness.agent import SILENT
from harness.process import Failure, Process

START_TIMEOUT = 20.0
# Its own bound for draining is 15 s.
STOP_TIMEOUT = 20.0
# What is counted of each signal.
ITEMS = {"spans": "traces", "metric_points": "metrics", "log_records": "logs"}


class Agent:
    """`interspan run` with a receiver; `exporters` are sections by name, and `configuration` is laid over the rest.

    Without exporters there is no file: `environment` alone says what it does. `file_limit` is the most that a file of
    its may hold, in bytes. What it learns stays below `folder`.
    """

    def __init__(self, binary, folder, exporters=None, configuration=None, environment=None, ports=None,
                 name="interspan", file_limit=None):
        self.folder = pathlib.Path(folder)
        self.grpc_port, self.http_port = ports or (free.port(), free.port())
        arguments, apart, state = [binary, "run"], [], str(self.folder / f"{name}-state")
        if exporters is not None:
            whole = {
                "receivers": {"otlp": {"protocols": {
                    "grpc": {"endpoint": f"127.0.0.1:{self.grpc_port}"},
                    "http": {"endpoint": f"127.0.0.1:{self.http_port}"}}}},
                "exporters": exporters,
                "service": {
                    "state_directory": state,
                    "pipelines": {"traces": {"receivers": ["otlp"], "exporters": list(exporters)}},
                    "telemetry": dict(SILENT)},
            }
            _lay_over(whole, configuration or {})
            apart = [pipeline["exporters"] for pipeline in whole["service"]["pipelines"].values()
                     if "otlp" not in pipeline["receivers"]]
            # JSON is YAML.
            path = self.folder / f"{name}.yaml"
            path.write_text(json.dumps(whole, indent=1))
            arguments += ["--config", path]
        else:
            environment = {
                "INTERSPAN_SERVICE__PIPELINES__TRACES__RECEIVERS": "otlp",
                "INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__GRPC__ENDPOINT": f"127.0.0.1:{self.grpc_port}",
                "INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__HTTP__ENDPOINT": f"127.0.0.1:{self.http_port}",
                "INTERSPAN_SERVICE__STATE_DIRECTORY": state,
                "INTERSPAN_SERVICE__TELEMETRY__METRICS__ADDRESS": "none",
                "INTERSPAN_SERVICE__TELEMETRY__HEALTH__ADDRESS": "none",
                **(environment or {})}
        # Nothing that the tests' own environment says may reach it.
        variables = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "INTERSPAN_"))}
        if file_limit:
            # Beyond it writing fails, as on a disk that is full, rather than ending the process.
            arguments = ["env", "--ignore-signal=XFSZ", "prlimit", f"--fsize={file_limit}", *arguments]
        self.process = Process(name, arguments, folder, env={**variables, **(environment or {})})
        self.pid = self.process.pid
        self.exporters, self.receivers = {}, {}
        # Exporters of pipelines that take nothing from the receiver.
        self.apart = {name for names in apart for name in names}
        # What a queue on disk accepted may have come before this process began.
        self.stored = {name for name, section in (exporters or {}).items()
                       if (section.get("sending_queue") or {}).get("storage")}

    def wait_until_listening(self):
        """Waits until both receivers take connections."""
        end = patience.now() + START_TIMEOUT
        for port in (self.grpc_port, self.http_port):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if self.process.status is not None:
                        raise Failure(
                            f"interspan ended with {self.process.status}: {self.process.last_words()}") from None
                    if patience.now() > end:
                        raise Failure(f"interspan does not listen on {port}: {self.process.last_words()}") from None
                    time.sleep(0.02)
        return self

    def peak_memory(self):
        """The most memory it ever had resident, in bytes."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def require_alive(self):
        """Fails if it is gone."""
        if self.process.status is not None:
            raise Failure(f"interspan was gone: exit status {self.process.status}: {self.process.last_words()}")

    def kill(self):
        """Ends it as a power cut would."""
        self.require_alive()
        self.process.popen.send_signal(signal.SIGKILL)
        self.process.wait(STOP_TIMEOUT)

    def stop(self):
        """Ends it as a user would, and reads its closing counters."""
        self.require_alive()
        self.process.popen.send_signal(signal.SIGTERM)
        status = self.process.wait(STOP_TIMEOUT)
        if status != 0:
            raise Failure(f"interspan ended with {status}: {self.process.last_words()}")
        self.exporters, self.receivers = closing_counters(self.process.errors())
        return self

    def counters(self, name, signal_name="traces"):
        """The closing counters of an exporter for a signal."""
        if (name, signal_name) not in self.exporters:
            raise Failure(f"no closing counters of {name} for {signal_name}: there are {sorted(self.exporters)}")
        return self.exporters[name, signal_name]

    def unbalanced(self):
        """What is wrong with the closing counters: what was accepted is sent, dropped for a reason, or still there."""
        if not self.exporters:
            yield "there are no closing counters of any exporter"
        if not self.receivers:
            yield "there are no closing counters of any receiver"
        for (name, of), counts in self.exporters.items():
            missing = {"accepted", "sent", "dropped", "queued", "refused"} - set(counts)
            if missing:
                yield f"exporter {name}, {of}: lacks {sorted(missing)}: {counts}"
                continue
            if counts["accepted"] != counts["sent"] + counts["dropped"] + counts["queued"]:
                yield f"exporter {name}, {of}: accepted is not sent + dropped + queued: {counts}"
            reasons = sum(value for key, value in counts.items() if key.startswith("dropped_"))
            if counts["dropped"] != reasons:
                yield f"exporter {name}, {of}: dropped is not the sum of its reasons: {counts}"
            key = {signal_name: items for items, signal_name in ITEMS.items()}[of]
            received = sum(receiver.get(f"accepted_{key}", 0) for receiver in self.receivers.values())
            if name not in self.stored | self.apart and counts["accepted"] + counts["refused"] != received:
                yield f"exporter {name}, {of}: accepted + refused is not the {received} received: {counts}"


def closing_counters(text):
    """({(exporter, signal): counters}, {receiver: counters}) of the lines that say `summary`."""
    exporters, receivers = {}, {}
    for line in text.splitlines():
        pairs = dict(re.findall(r"([\w./-]+)=(\S+)", line))
        counters = {key: int(value) for key, value in pairs.items() if value.isdigit()}
        if "receiver summary" in line:
            receivers[pairs["receiver"]] = counters
        elif "exporter summary" in line:
            of = re.search(r"exporter summary of (\w+)", line)
            exporters[pairs["exporter"], ITEMS[of[1]] if of else "traces"] = counters
    return exporters, receivers


def _lay_over(base, over):
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _lay_over(base[key], value)
        else:
            base[key] = value
