"""The program under test, run with a configuration of the test's own; what it exports and what it says of itself."""
import json
import pathlib
import re
import signal

from . import otlp, patience
from .process import Failure, Process

# Losses that a complete capture of our own traffic must not have. Others speak of what the rest of the host does:
# connections that are no HTTP, or were joined in the middle.
OUR_LOSSES = ("ring_full", "no_socket_state", "unread", "straggler", "gap", "malformed", "table_full",
              "shed")
START_TIMEOUT = 20.0
# Its own bound for draining is 15 s.
STOP_TIMEOUT = 20.0


# Several agents may run on one machine, and others than the tests' own: none takes a port that it was not told to.
SILENT = {"metrics": {"address": "none"}, "health": {"address": "none"}}


class Agent:
    """`interspan run`, which writes its spans to a file, unless told not to, and sends them to further exporters.

    `receiver` are settings of the one that captures; `receivers` are others by name, `processors` and `extensions` all
    there are, `telemetry` what it tells of itself, by default nothing but its log; `service` is what else is said
    there. With `captures=False` it takes only what receivers bring. What it learns stays below its folder, unless
    `service` says where: an agent begins by knowing nothing of what other tests taught theirs."""

    def __init__(
            self, binary, folder, hook, exporters=None, file=True, receiver=None, receivers=None, processors=None,
            extensions=None, telemetry=None, service=None, captures=True):
        self.folder = pathlib.Path(folder)
        self.spans_file = self.folder / "spans.jsonl"
        self.binary = binary
        configuration = {
            "receivers": {
                **({"ebpf": {"hook": hook, **(receiver or {})}} if captures else {}), **(receivers or {})},
            "exporters": {**({"file": {"path": str(self.spans_file)}} if file else {}), **(exporters or {})},
        }
        if processors:
            configuration["processors"] = processors
        named = {"processors": list(processors)} if processors else {}
        configuration["service"] = {
            "state_directory": str(self.folder / "state"), **(service or {}), "pipelines": {"traces": {
                **named, "receivers": list(configuration["receivers"]),
                "exporters": list(configuration["exporters"])}},
            "telemetry": {**SILENT, **(telemetry or {})}}
        if extensions:
            configuration["extensions"] = extensions
            configuration["service"]["extensions"] = list(extensions)
        # JSON is YAML.
        self.configuration = self.folder / "interspan.yaml"
        self.configuration.write_text(json.dumps(configuration, indent=1))
        self.process = Process("interspan", [binary, "run", "--config", self.configuration], folder)
        self.pid = self.process.pid
        self.sign_of_life = "capture active" if captures else "receiver listening"
        self.counters = {}
        self.exporters = {}
        self.began = patience.reading()

    def wait_until_active(self, timeout=None):
        """Waits until programs are attached, or receivers listen where nothing is captured: START_TIMEOUT seconds,
        unless told otherwise."""
        self.process.wait_for(self.process.err, self.sign_of_life, timeout or START_TIMEOUT)
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

    def borne(self):
        """Losses that say nothing of the agent: a processor that is taken away between a record's stamp and its place
        in a ring delays it for longer than anything can be held back."""
        return {"straggler"} if patience.stolen(self.began, patience.reading()) > 0 else set()

    def unbalanced(self, losses=OUR_LOSSES):
        """What is wrong with the closing counters: conservation, and losses that must not be."""
        c, wrong = self.counters, []
        missing = {"hooked", "submitted", "consumed", "opened", "closed", "spans", "unsampled", "telemetry", "refused",
                   "refused_ends"} - set(c)
        if missing:
            return [f"the closing summary lacks {sorted(missing)}: it has {sorted(c)}"]
        dropped = sum(c.get(f"lost_{reason}", 0) for reason in ("ring_full", "no_socket_state", "shed"))
        if c["hooked"] != c["submitted"] + dropped:
            wrong.append(f"hooked {c['hooked']} is not submitted {c['submitted']} + dropped {dropped}")
        if c["submitted"] != c["consumed"]:
            wrong.append(f"submitted {c['submitted']} is not consumed {c['consumed']}")
        if c["opened"] != c["closed"]:
            wrong.append(f"opened {c['opened']} is not closed {c['closed']}")
        if c["refused"]:
            wrong.append(f"{c['refused']} exchanges did not fit into the queue behind capture")
        wrong += unaccounted(c)
        for reason in set(losses) - self.borne():
            if c.get(f"lost_{reason}", 0):
                wrong.append(f"lost_{reason} is {c[f'lost_{reason}']}")
        if not self.exporters:
            wrong.append("the closing summary has no exporter")
        for name, counts in self.exporters.items():
            missing = {"accepted", "sent", "dropped", "queued", "refused"} - set(counts)
            if missing:
                wrong.append(f"exporter {name} lacks {sorted(missing)}: it has {sorted(counts)}")
                continue
            if counts["accepted"] != counts["sent"] + counts["dropped"] + counts["queued"]:
                wrong.append(f"exporter {name}: accepted is not sent + dropped + queued: {counts}")
            if counts["accepted"] + counts["refused"] != c["spans"] + c["received"]:
                wrong.append(f"exporter {name}: accepted + refused is not the {c['spans']} spans there were and the "
                             f"{c['received']} that were received: {counts}")
        return wrong


def unaccounted(c):
    """What is wrong with what became of the exchanges that closed, by the closing counters."""
    parts = {name: c.get(name, 0)
             for name in ("spans", "unsampled", "sampled_out", "twins", "shed", "telemetry",
                          "refused_ends")}
    if c["closed"] != sum(parts.values()):
        yield f"closed {c['closed']} is not {' + '.join(f'{name} {count}' for name, count in parts.items())}"
    kinds = sum(count for name, count in c.items() if name.startswith("telemetry_"))
    if kinds != c["telemetry"]:
        yield f"telemetry {c['telemetry']} is not the {kinds} ends of all kinds"


def parse_summary(text):
    """The counters on the closing lines: the `key=value` of the line that says `capture summary`, with those of
    `telemetry summary` as `telemetry_KIND` and the spans that all receivers accepted as `received`; and those of each
    that says `exporter summary`, by its `exporter=NAME`."""
    capture, exporters, kinds, received = {}, {}, {}, 0
    for line in text.splitlines():
        pairs = dict(re.findall(r"([\w./-]+)=(\S+)", line))
        counters = {key: int(value) for key, value in pairs.items() if value.isdigit()}
        if "capture summary" in line:
            capture = counters
        elif "exporter summary" in line:
            exporters[pairs.get("exporter", "")] = counters
        elif "telemetry summary" in line:
            kinds = {f"telemetry_{kind}": count for kind, count in counters.items()}
        elif "receiver summary" in line:
            received += counters.get("accepted_spans", 0)
    return {**capture, **kinds, "received": received} if capture else {}, exporters
