"""What is watched while the cost of it is measured: programs under a load of their own, both ends on this host."""
import collections
import contextlib
import os
import shutil
import subprocess
import time

from concurrency import programs, services
from concurrency.world import World, open_folder
from harness.process import Failure, Skip, children
from merged import databases

from .stage import CONNECTIONS, WARM_UP_S

# whose: in words. start: of a stage, gives a context that is the load while it lasts.
Load = collections.namedtuple("Load", "whose start")


def program(name):
    """Where a program is."""
    found = shutil.which(name)
    if not found:
        raise Skip(f"{name} is not installed")
    return found


def everybody(but):
    """All processes that were started here and theirs, but one."""
    found = [pid for pid in children(os.getpid()) if pid != but]
    for pid in found:
        found += children(pid)
    return found


@contextlib.contextmanager
def nginx(stage):
    """nginx's workers and wrk, at saturation: the budget's own conditions."""
    stage.start_nginx()
    load = stage.load()
    try:
        yield
    finally:
        load.stop()


@contextlib.contextmanager
def in_world(stage, serve, ask):
    """A server of the tests' world, and a program that asks it."""
    folder = stage.folder / "world"
    folder.mkdir(exist_ok=True)
    # Servers run as users of their own.
    open_folder(stage.folder)
    with World(folder, stage.binary, stage.hook or "auto", is_shared=True) as world:
        load = world.process("load", ask(serve(world)))
        time.sleep(WARM_UP_S)
        if load.status is not None:
            raise Failure(f"the load ended: {load.last_words()}")
        yield


def service(stage):
    """A Go service that makes two calls for each request, over kept connections, and waits for nothing else."""
    def serve(world):
        backend = world.program("backend", programs.go(), "backend", "-wait", "0")
        return world.program(
            "service", programs.go(), "nethttp", "-backend", f"http://127.0.0.1:{backend}", "-truth", "/dev/null",
            "-wait", "0", "-connections", CONNECTIONS)

    return in_world(stage, serve, lambda port: [
        program("wrk"), "-t", "1", "-c", CONNECTIONS, "-d", "600s", f"http://127.0.0.1:{port}/order/1"])


def redis(stage):
    """redis-server and redis-benchmark."""
    return in_world(stage, services.redis, lambda port: [
        program("redis-benchmark"), "-p", port, "-c", CONNECTIONS, "-n", 1_000_000_000, "-t", "get", "-q"])


def postgresql(stage):
    """PostgreSQL and pgbench, which only selects, by prepared statements."""
    def serve(world):
        port = databases.postgresql(world)
        subprocess.run(
            [program("pgbench"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-i", "-q", "postgres"],
            check=True, capture_output=True)
        return port

    return in_world(stage, serve, lambda port: [
        program("pgbench"), "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-S", "-M", "prepared", "-c", 8, "-T",
        600, "postgres"])


NGINX = Load("nginx's and wrk's", nginx)
LOADS = [
    NGINX, Load("a Go service's, its backend's and wrk's", service),
    Load("redis-server's and redis-benchmark's", redis), Load("PostgreSQL's and pgbench's", postgresql)]
