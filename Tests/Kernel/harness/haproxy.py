"""HAProxy in front of a service: it makes an id for each request, tells both sides, writes its part of the truth."""
import json
import pathlib
import shutil

from .free import wait_until_listening
from .logs import DatagramLog
from .process import Process, Skip

# Where a proxy is to give up nothing by itself, and tells what it did.
SETTINGS = """
global
    log {log} format raw daemon
    nbthread {threads}
defaults
    mode http
    log global
    timeout connect 10s
    timeout client 60s
    timeout server 60s
    timeout queue 60s
    http-reuse always
    retries 0
"""
CONFIGURATION = SETTINGS + """\
    log-format '{{"path":"%[var(txn.asked)]","pid":%pid,"status":%ST,"server":"%s"}}'
frontend edge
    bind 127.0.0.1:{port}
    unique-id-format %[uuid()]
    unique-id-header X-Request-ID
    http-response set-header X-Request-ID %[unique-id]
    http-request set-var(txn.asked) path
    http-request replace-path /edge/(.*) /{name}/\\1
    default_backend service
backend service
    server {name} {address} maxconn {connections}
"""


def find():
    """Where HAProxy is; Debian has it outside an ordinary user's path."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Skip("haproxy is not installed")
    return found


class HAProxy:
    """HAProxy with several threads. /edge/X goes to the service's /NAME/X, over so many connections at most, which all
    threads share: what finds none waits in line."""

    def __init__(self, folder, port, to, threads=4, connections=4):
        self.name, self.log = to.name, DatagramLog()
        configuration = pathlib.Path(folder, "haproxy.cfg")
        configuration.write_text(CONFIGURATION.format(
            port=port, name=to.name, address=to.address, threads=threads, connections=connections,
            log=self.log.address))
        self.process = Process("haproxy", [find(), "-db", "-f", configuration], folder)
        wait_until_listening(self.process, port)

    def truth(self):
        """Its part of the truth, from its log."""
        lines = []
        for line in self.log.text().splitlines():
            if not line.startswith("{"):
                continue
            entry = json.loads(line)
            calls = []
            if entry["server"] == self.name:
                path = entry["path"].replace("/edge/", f"/{self.name}/", 1)
                calls = [{"path": path, "status": entry["status"]}]
            lines.append({"path": entry["path"], "pid": entry["pid"], "status": entry["status"], "calls": calls})
        return lines

    def stop(self):
        """Ends it."""
        self.process.stop()
        self.log.stop()
