"""The program under test, run with a configuration of the test's own; what it exports and what it says of itself."""
import json
import pathlib
import re
import signal

from . import otlp
from .process import Failure, Process

# Losses that a complete capture of our own traffic must not have. Others speak of what the rest of the host does:
# connections that are no HTTP, or were joined in the middle.
OUR_LOSSES = ("ring_full", "no_socket_state", "unread", "straggler", "gap", "malformed", "table_full")
START_TIMEOUT = 20.0
# Its own bound for draining is 15 s.
STOP_TIMEOUT = 20.0


class Agent:
    """`interspan run`, which writes its spans to a file, unless told not to, and sends them to further exporters."""

    def __init__(self, binary, folder, hook, exporters=None, file=True, receiver=None):
        self.folder = pathlib.Path(folder)
        self.spans_file = self.folder / "spans.jsonl"
        self.binary = binary
        configuration = {
            "receivers": {"ebpf": {"hook": hook, **(receiver or {})}},
            "exporters": {**({"file": {"path": str(self.spans_file)}} if file else {}), **(exporters or {})},
        }
        configuration["service"] = {
            "pipelines": {"traces": {"receivers": ["ebpf"], "exporters": list(configuration["exporters"])}}}
        # JSON is YAML.
        self.configuration = self.folder / "interspan.yaml"
        self.configuration.write_text(json.dumps(configuration, indent=1))
        self.process = Process("interspan", [binary, "run", "--config", self.configuration], folder)
        self.pid = self.process.pid
        self.counters = {}
        self.exporters = {}

    def wait_until_active(self):
        """Waits until programs are attached."""
        self.process.wait_for(self.process.err, "capture active", START_TIMEOUT)
        return self

    def stop(self, how=signal.SIGTERM):
        """Ends it as a user would, and reads its closing counters."""
        if self.process.status is not None:
            raise Failure(f"interspan was gone: exit status {self.process.status}: {self.process.last_words()}")
        self.process.popen.send_signal(how)
        status = self.process.wait(STOP_TIMEOUT)
        if status != 0:
            raise Failure(f"interspan ended with {status}: {self.process.last_words()}")
        self.counters, self.exporters = parse_summary(self.process.errors())

    def spans(self):
        """Every span that the file exporter wrote."""
        return otlp.read(self.spans_file)

    def unbalanced(self, losses=OUR_LOSSES):
        """What is wrong with the closing counters: conservation, and losses that must not be."""
        c, wrong = self.counters, []
        for name in ("hooked", "submitted", "consumed", "opened", "closed"):
            if name not in c:
                return [f"the closing summary lacks {name}: {sorted(c)}"]
        dropped = c.get("lost_ring_full", 0) + c.get("lost_no_socket_state", 0)
        if c["hooked"] != c["submitted"] + dropped:
            wrong.append(f"hooked {c['hooked']} is not submitted {c['submitted']} + dropped {dropped}")
        if c["submitted"] != c["consumed"]:
            wrong.append(f"submitted {c['submitted']} is not consumed {c['consumed']}")
        if c["opened"] != c["closed"]:
            wrong.append(f"opened {c['opened']} is not closed {c['closed']}")
        for reason in losses:
            if c.get(f"lost_{reason}", 0):
                wrong.append(f"lost_{reason} is {c[f'lost_{reason}']}")
        if not self.exporters:
            wrong.append("the closing summary has no exporter")
        for name, counts in self.exporters.items():
            if not {"accepted", "sent", "dropped", "queued"} <= set(counts):
                wrong.append(f"exporter {name} says only {sorted(counts)}")
            elif counts["accepted"] != counts["sent"] + counts["dropped"] + counts["queued"]:
                wrong.append(f"exporter {name}: accepted is not sent + dropped + queued: {counts}")
        return wrong


def parse_summary(text):
    """The counters on the closing lines: `key=value` on lines that say `summary`. Those behind an `exporter=NAME`, up
    to the next one, are that exporter's; so are `NAME.accepted=` and its like."""
    counters, exporters = {}, {}
    for line in text.splitlines():
        if "summary" not in line:
            continue
        group = counters
        for key, value in re.findall(r"([\w./-]+)=(\"[^\"]*\"|\S+)", line):
            value = value.strip("\",")
            if key == "exporter":
                group = exporters.setdefault(value, {})
            elif value.isdigit():
                owner, _, name = key.rpartition(".")
                (exporters.setdefault(owner, {}) if owner else group)[name] = int(value)
    return counters, exporters
