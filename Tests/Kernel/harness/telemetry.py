"""What the agent tells of itself, asked as tools ask: by HTTP, its metrics read by Prometheus' own parser."""
import http.client
import json
import subprocess
import time

from . import free, patience
from .process import Failure
from .python import python_with

# Reads a page on standard input and writes {family: {"type": T, "samples": [[name, labels, value]]}}.
PARSER = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
from prometheus_client.parser import text_string_to_metric_families as plain
parse = strict if sys.argv[1] == "openmetrics" else plain
families = {}
for family in parse(sys.stdin.buffer.read().decode("utf-8")):
    assert family.name not in families, f"{family.name} is there twice"
    samples = [[sample.name, sample.labels, sample.value] for sample in family.samples]
    families[family.name] = {"type": family.type, "help": family.documentation, "samples": samples}
json.dump(families, sys.stdout)
"""


class Telemetry:
    """The agent's own servers at ports of a test's own."""

    def __init__(self, derived=False):
        self.health, self.metrics_port, self.derived = free.port(), free.port(), derived

    @property
    def section(self):
        """`service.telemetry` of the configuration."""
        return {"metrics": {"address": f"127.0.0.1:{self.metrics_port}", "derived": self.derived},
                "health": {"address": f"127.0.0.1:{self.health}"}}

    def get(self, path, port=None, **headers):
        """(status, body) of a request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.health, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def ready(self):
        """(whether it is ready, what it waits for); None while nobody listens."""
        try:
            status, body = self.get("/readyz")
        except ConnectionRefusedError:
            return None
        if status not in (200, 503):
            raise Failure(f"/readyz was answered with {status}: {body!r}")
        return status == 200, json.loads(body).get("waits_for", [])

    def wait_until(self, is_ready, timeout=20.0):
        """Waits until it is ready, or not; every answer on the way."""
        end, answers = patience.now() + timeout, []
        while not answers or answers[-1] is None or answers[-1][0] != is_ready:
            if patience.now() > end:
                raise Failure(f"/readyz does not become {is_ready}: {answers[-1:]}")
            time.sleep(0.05)
            answers.append(self.ready())
        return answers

    def sample(self, name):
        """One number of the page, by its name and labels as they stand there."""
        status, body = self.get("/metrics", self.metrics_port)
        if status != 200:
            raise Failure(f"/metrics was answered with {status}")
        for line in body.decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        raise Failure(f"there is no {name}")

    def wait_until_all_is_seen(self, timeout=60.0):
        """Waits until no connection is left out for want of room, and none has been for a moment."""
        end, calm, before = patience.now() + timeout, 0, None
        while calm < 3:
            if patience.now() > end:
                raise Failure(f"connections are left out still: {before}")
            # Numbers are published once a second.
            time.sleep(0.7)
            now = [self.sample("interspan_capture_shed_ratio")] + [
                self.sample(f'interspan_capture_lost_total{{reason="{reason}"}}') for reason in ("shed", "ring_full")]
            calm = calm + 1 if now == before and now[0] == 0 else 0
            before = now

    def metrics(self, form="text"):
        """The page's families, as Prometheus' parser reads them."""
        python = python_with("prometheus_client")
        accept = {"openmetrics": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}.get(form, "*/*")
        status, body = self.get("/metrics", self.metrics_port, Accept=accept)
        if status != 200:
            raise Failure(f"/metrics was answered with {status}")
        read = subprocess.run([python, "-c", PARSER, form], input=body, capture_output=True, timeout=60)
        if read.returncode != 0:
            raise Failure(f"Prometheus cannot read the page: {read.stderr.decode()[-400:]}")
        return Metrics(json.loads(read.stdout))


class Metrics:
    """A page that was read."""

    def __init__(self, families):
        self.families = families
        self.samples = [(name, labels, value) for family in families.values()
                        for name, labels, value in family["samples"]]

    def sum(self, name, **labels):
        """All series of a name with these labels together; a Failure when there is none."""
        found = [value for sample, has, value in self.samples if sample == name and labels.items() <= has.items()]
        if not found:
            raise Failure(f"there is no {name} with {labels}")
        return sum(found)

    def unbalanced(self, under_way=0.0):
        """What of the conservation equations does not hold; of what capture counts such a share may be under way."""
        lost = sum(self.sum("interspan_capture_lost_total", reason=reason)
                   for reason in ("ring_full", "no_socket_state", "shed"))
        dropped = "interspan_bridge_dropped_exchanges_total"
        sides = {
            "hooked = submitted + dropped": (
                self.sum("interspan_capture_hooked_total"), self.sum("interspan_capture_submitted_total") + lost),
            "submitted = consumed": (
                self.sum("interspan_capture_submitted_total"), self.sum("interspan_capture_consumed_total")),
            "opened = closed": (
                self.sum("interspan_capture_opened_exchanges_total"),
                self.sum("interspan_capture_closed_exchanges_total")),
            "closed = spans + dropped + waiting": (
                self.sum("interspan_bridge_exchanges_total"),
                self.sum("interspan_bridge_spans_total") + self.sum("interspan_bridge_waiting_exchanges")
                + sum(self.sum(dropped, reason=reason)
                      for reason in ("unsampled", "sampled_out", "twin", "shed", "telemetry"))),
        }
        for name in {labels["exporter"] for sample, labels, _ in self.samples
                     if sample == "interspan_exporter_accepted_spans_total"}:
            sides[f"{name}: accepted = sent + dropped + queued"] = (
                self.sum("interspan_exporter_accepted_spans_total", exporter=name),
                self.sum("interspan_exporter_sent_spans_total", exporter=name)
                + self.sum("interspan_exporter_dropped_spans_total", exporter=name)
                + self.sum("interspan_exporter_queued_spans", exporter=name))
        may_wait = {"hooked = submitted + dropped", "submitted = consumed", "opened = closed"}
        return [f"{what}: {left:.0f} and {right:.0f}" for what, (left, right) in sides.items()
                if abs(left - right) > (under_way * left if what in may_wait else 0)]
