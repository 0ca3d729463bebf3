"""What is written down once a second."""
import csv
import http.client
import os
import pathlib
import re

from harness import kernel_objects

LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# Columns by what they are a sum of: a name, and labels that must be there.
METRICS = {
    "hooked": ("interspan_capture_hooked_total", {}), "submitted": ("interspan_capture_submitted_total", {}),
    "consumed": ("interspan_capture_consumed_total", {}),
    "ring_full": ("interspan_capture_lost_total", {"reason": "ring_full"}),
    "lost": ("interspan_capture_lost_total", {}), "connections": ("interspan_capture_connections", {}),
    "opened": ("interspan_capture_opened_exchanges_total", {}),
    "closed": ("interspan_capture_closed_exchanges_total", {}), "spans": ("interspan_bridge_spans_total", {}),
    "waiting": ("interspan_bridge_waiting_exchanges", {}),
    "undecided": ("interspan_correlate_undecided_exchanges", {}),
    "held_bytes": ("interspan_correlate_held_bytes", {}),
    "queued": ("interspan_exporter_queued_spans", {}), "sent": ("interspan_exporter_sent_spans_total", {}),
    "dropped": ("interspan_exporter_dropped_spans_total", {}),
    "cpu_s": ("interspan_process_cpu_seconds_total", {}),
}
OF_PROCESS = ["seconds", "state", "rss_kib", "files", "threads"]


def metrics(port):
    """[(name, labels, value)] of the agent's page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
    finally:
        connection.close()
    return [(found[1], dict(LABEL.findall(found[2] or "")), float(found[3]))
            for line in page.splitlines() if (found := LINE.match(line))]


def total(page, name, **labels):
    """The sum of all series of a name that have these labels; 0 where there is none."""
    return sum(value for sample, has, value in page if sample == name and labels.items() <= has.items())


class Samples:
    """The samples so far; each is in the file at once."""

    def __init__(self, file, agent, port):
        self.agent, self.port, self.rows = agent, port, []
        found = sorted(kernel_objects.Map.of(agent.pid), key=lambda each: each.name)
        self.maps = [each for each in found if each.has_keys]
        self._file = open(file, "w", newline="")
        self._writer = csv.DictWriter(
            self._file, [*OF_PROCESS, *METRICS, *(f"map_{each.name}" for each in self.maps)])
        self._writer.writeheader()

    def take(self, seconds, state):
        """One more; state: of the backend."""
        status = pathlib.Path(f"/proc/{self.agent.pid}/status").read_text()
        page = metrics(self.port)
        row = {
            "seconds": round(seconds, 1), "state": state, "rss_kib": _number(status, "VmRSS"),
            "files": len(os.listdir(f"/proc/{self.agent.pid}/fd")), "threads": _number(status, "Threads"),
            **{column: total(page, name, **labels) for column, (name, labels) in METRICS.items()},
            **{f"map_{each.name}": each.count() for each in self.maps}}
        self.rows.append(row)
        self._writer.writerow(row)
        self._file.flush()
        return row

    def close(self):
        """No more will come."""
        self._file.close()


def _number(status, name):
    return int(re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)[1])
