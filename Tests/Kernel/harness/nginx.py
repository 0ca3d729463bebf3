"""nginx with a configuration of the test's own: in front of services, and writing its part of the truth."""
import json
import pathlib
import shutil
import signal
import time

from . import patience
from .process import Failure, Process, Skip, children

CONFIGURATION = """
daemon off;
master_process on;
worker_processes {workers};
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 1024; }}
http {{
    log_format truth escape=json
        '{{"path":"$uri_asked","pid":$pid,"status":"$status","upstream":"$upstream_addr",'
        '"upstream_status":"$upstream_status"}}';
    map $request_uri $uri_asked {{ "~^(?<asked>[^?]*)" $asked; }}
    access_log {log};
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 0;
    keepalive_requests 100000;
    sendfile on;
    {upstreams}
    server {{
        {listen}
        {locations}
    }}
}}
"""


def find():
    """Where nginx is; Debian has it outside an ordinary user's path."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise Skip("nginx is not installed")
    return found


class Nginx:
    """nginx on the given listen addresses (`127.0.0.1:8080`, `[::1]:8080`).

    routes: {"edge": ("a", address)}: /edge/X goes to the service's /a/X; address is HOST:PORT or `unix:PATH`.
    files: a folder served below /files/. Without `log` there is no truth. `settings` are directives of the
    whole, `of_routes` of each route; `within` are words that it is started by.
    """

    def __init__(self, folder, listen, routes, keepalive=0, files=None, workers=2, log=True, settings="",
                 of_routes="", within=()):
        self.folder = pathlib.Path(folder)
        self.routes = routes
        upstreams, locations = [], []
        for index, (prefix, (target, address)) in enumerate(routes.items()):
            reuse = f"keepalive {keepalive};" if keepalive else ""
            upstreams.append(f"upstream service{index} {{ server {address}; {reuse} }}")
            # An empty Connection header is what keeps an upstream connection open.
            persistent = 'proxy_http_version 1.1; proxy_set_header Connection "";' if keepalive else ""
            locations.append(
                f"location /{prefix}/ {{ proxy_pass http://service{index}/{target}/; {persistent} {of_routes} }}")
        if files:
            locations.append(f"location /files/ {{ alias {files}/; }}")
        self.configuration = self.folder / "nginx.conf"
        self.configuration.write_text(CONFIGURATION.format(
            folder=self.folder, workers=workers, log=f"{self.folder}/nginx-access.log truth" if log else "off",
            upstreams="\n    ".join([*upstreams, settings]),
            listen="\n        ".join(f"listen {address};" for address in listen),
            locations="\n        ".join(locations)))
        command = [*within, find(), "-p", self.folder, "-c", self.configuration, "-e", self.folder / "nginx-error.log"]
        self.process = Process("nginx", command, folder)
        end = patience.now() + 10
        while len(children(self.process.pid)) < workers:
            if self.process.status is not None or patience.now() > end:
                raise Failure(f"nginx did not start: {self.process.last_words()}")
            time.sleep(0.02)

    def truth(self):
        """Its part of the truth, from the access log."""
        lines = []
        log = self.folder / "nginx-access.log"
        for line in log.read_text().splitlines() if log.exists() else []:
            entry = json.loads(line)
            prefix, _, rest = entry["path"].lstrip("/").partition("/")
            calls = []
            if entry["upstream"] and prefix in self.routes:
                status = entry["upstream_status"]
                # 502 and 504 are nginx's own when no response came.
                came = status.isdigit() and status not in ("502", "504")
                calls = [{"path": f"/{self.routes[prefix][0]}/{rest}", "status": int(status) if came else None}]
            # 499 is nginx's own mark: the client went away and was sent nothing.
            status = int(entry["status"])
            lines.append({
                "path": entry["path"], "pid": entry["pid"], "status": None if status == 499 else status,
                "calls": calls})
        return lines

    def stop(self):
        """Ends it, its workers too."""
        self.process.stop(signal.SIGTERM)
