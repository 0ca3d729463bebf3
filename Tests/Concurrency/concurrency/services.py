"""How a service of each kind is started: functions of a World that give the port where it listens."""
import os
import sys

from harness.free import wait_until_listening
from harness.python import python_with

from . import programs
from .world import World

WAIT_MS = 3


def go_http(after_ms=0, connections=64, beat_ms=0):
    """Go: net/http's server and client. after_ms: longest wait after a call."""
    return lambda world: world.program(
        "service", programs.go(), "nethttp", "-backend", f"http://127.0.0.1:{world.backend()}", "-truth",
        world.truth_file, "-wait", f"{WAIT_MS}ms", "-after", f"{after_ms}ms", "-connections", connections, "-beat",
        f"{beat_ms}ms")


def go_raw(world):
    """Go: a goroutine for each connection, which calls itself."""
    return world.program(
        "service", programs.go(), "raw", "-backend", f"127.0.0.1:{world.backend()}", "-truth", world.truth_file,
        "-wait", f"{WAIT_MS}ms")


def java(model, threads=64, is_21=False):
    """Java, in one of its ways."""
    def start(world):
        runtime = programs.java_21() if is_21 else programs.java()
        # Without `nodelay` answers of two segments wait for an acknowledgement.
        return world.program(
            "service", runtime, "-Dsun.net.httpserver.nodelay=true", "-Xmx256m", f"-Dhttp.maxConnections={threads}",
            "-cp", programs.java_classes(), "Shop", model, threads, world.backend(), world.truth_file, WAIT_MS)
    return start


def node(wait_ms=WAIT_MS, connections=64, beat_ms=0):
    """Node's server and agent."""
    return lambda world: world.program(
        "service", programs.node(), programs.SERVICES / "node.js", world.backend(), world.truth_file, wait_ms,
        connections, beat_ms)


def python(script, *arguments, calls=World.backend):
    """A Python service of the standard library alone; `calls` starts what it calls."""
    return lambda world: world.script(script, "--backend", calls(world), "--wait", WAIT_MS / 1000, *arguments)


def packaged(script, *packages, more=()):
    """A Python service of packages that cannot choose a port by itself; more: further arguments."""
    def start(world):
        interpreter, port = python_with(*packages), world.port()
        process = world.process("service", [
            interpreter, "-B", programs.SERVICES / script, "--backend", world.backend(), "--truth", world.truth_file,
            "--wait", WAIT_MS / 1000, "--port", port, *more])
        wait_until_listening(process, port, 30)
        return port
    return start


def gunicorn(*arguments):
    """gunicorn with workers of a kind."""
    def start(world):
        interpreter, port = python_with("gunicorn"), world.port()
        process = world.process("service", [
            interpreter, "-B", "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--backlog", 1024, "--log-level",
            "warning", *arguments, "wsgi:application"], cwd=programs.SERVICES, env={
                **os.environ, "BACKEND": str(world.backend()), "TRUTH": str(world.truth_file),
                "WAIT": str(WAIT_MS / 1000)})
        wait_until_listening(process, port, 30)
        return port
    return start


def database(model, served, *packages, more=()):
    """A service whose calls go to a database; more: further arguments."""
    def start(world):
        interpreter = python_with(*packages) if packages else sys.executable
        return world.script(
            "stores.py", "--backend", served(world), "--wait", WAIT_MS / 1000, "--model", model, *more,
            python=interpreter)
    return start


def redis(world):
    """redis-server; its port."""
    port = world.port()
    world.server("redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""], port)
    return port
