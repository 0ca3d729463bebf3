"""Whose spans they are, and how clients know their servers: real processes in control groups of the test's own,
stand-ins for who names containers, and names by dnsmasq and by an /etc/hosts of the process's own."""
import contextlib
import json
import os
import pathlib
import secrets
import stat
import subprocess
import sys
import time

from harness import free, patience
from harness.process import Skip
from harness.python import python_with
from harness.registry import test
from harness.world import check
from live.network import own_network

STAND_IN = pathlib.Path(__file__).resolve().parent.parent / "live" / "stand_in.py"
CLIENT = pathlib.Path(__file__).resolve().parent.parent / "clients" / "redis_plain.py"
SERVER = "127.0.0.9"
# Where control groups may be made: version 2 where it is alone or beside version 1, else any hierarchy of that.
GROUPS = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup", "/sys/fs/cgroup/pids")
REQUESTS = 5


def redis(world, address=SERVER, wrap=()):
    """redis-server alone, which says nothing of its own name: (it, its port)."""
    port = free.port()
    return world.server(
        "redis", [*wrap, "redis-server", "--bind", address, "--port", port, "--save", "", "--appendonly", "no"], None,
        ready="Ready to accept"), port


def ask(world, host, port, wrap=(), count=REQUESTS):
    """A process that asks Redis by a name or an address."""
    world.command([*wrap, sys.executable, CLIENT, host, port, count])


def with_file(world, path, text):
    """What runs a program with a file of its own in place of the system's."""
    file = world.folder / pathlib.Path(path).name
    file.write_text(text)
    return ["unshare", "-m", "sh", "-c", f'mount --bind "{file}" {path} && exec "$@"', "sh"]


@contextlib.contextmanager
def control_group(name):
    """A control group for the time of a test: what runs a program in it, and where its members are listed."""
    for root in GROUPS:
        folder = pathlib.Path(root, name)
        try:
            folder.mkdir(parents=True)
        except OSError:
            continue
        if (folder / "cgroup.procs").exists():
            break
    else:
        raise Skip("no control group can be made here")
    try:
        yield ["sh", "-c", f'echo $$ > "{folder}/cgroup.procs" && exec "$@"', "sh"]
    finally:
        end = patience.now() + 10
        while patience.now() < end and (folder / "cgroup.procs").read_text():
            for pid in (folder / "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    os.kill(int(pid), 9)
            time.sleep(0.05)
        while folder != pathlib.Path(root):
            with contextlib.suppress(OSError):
                folder.rmdir()
            folder = folder.parent


def stand_in(world, kind, where, *arguments, python=sys.executable):
    """A stand-in that is ready; what it was asked it has written down."""
    process = world.process(f"stand-in-{kind}", [python, STAND_IN, kind, where, *arguments])
    process.wait_for(process.out, "ready")
    return process


def answers(world, content):
    """A file of answers."""
    file = world.folder / "answers.json"
    file.write_text(json.dumps(content))
    return file


def asked(process):
    """What a stand-in was asked."""
    lines = [json.loads(line) for line in process.output().splitlines()]
    return [line for line in lines if "ready" not in line]


def agent_of(world, identity):
    """The agent with `service.identity`."""
    return world.agent_starting(service={"identity": identity}).wait_until_active()


def of_kind(spans, kind):
    """The spans of one end, of which there must be some."""
    found = [span for span in spans if span.kind == kind]
    check(found, f"no {kind} among {len(spans)} spans")
    return found


def everywhere(spans, **expected):
    """Holds the resources of spans against attributes, `.` written `__`."""
    for key, value in expected.items():
        key = key.replace("__", ".")
        wrong = [span.resource.get(key) for span in spans if span.resource.get(key) != value]
        check(not wrong, f"{key} is {wrong[:1]} of {len(wrong)} spans, expected {value!r}")


@test
def serverIsCalledByTheNameThatTheProcessAskedFor(world):
    with own_network():
        world.server("dnsmasq", [
            "dnsmasq", "-k", "-C", "/dev/null", "--listen-address=127.0.0.1", "--bind-interfaces", "-R", "-h",
            f"--address=/db.shop.test/{SERVER}", f"--address=/replica.shop.test/{SERVER}", "--user=root",
            "--pid-file="],
            None)
        _, port = redis(world)
        resolver = with_file(world, "/etc/resolv.conf", "nameserver 127.0.0.1\n")
        patience.sleep(0.5)
        agent = world.agent()
        # The first of all: from then on the kernel is asked who the senders are.
        ask(world, "db.shop.test", port, resolver)
        patience.sleep(0.5)
        ask(world, "db.shop.test", port, resolver)
        ask(world, "replica.shop.test", port, resolver)
        spans = world.finish(agent, port)
        clients = of_kind(spans, "CLIENT")
        names = [span.attributes.get("server.address") for span in clients]
        check(names[REQUESTS:] == ["db.shop.test"] * REQUESTS + ["replica.shop.test"] * REQUESTS, f"{names}")
        for span in clients:
            check(span.attributes.get("network.peer.address") == SERVER, f"{span}")
        for span in of_kind(spans, "SERVER"):
            check(span.attributes.get("server.address") == SERVER, f"{span}")


@test
def serverIsCalledAsTheProcessesOwnHostsFileSays(world):
    with own_network():
        _, port = redis(world)
        hosts = with_file(world, "/etc/hosts", f"127.0.0.1 localhost\n{SERVER} cache.shop.test cache # ours\n")
        agent = world.agent()
        ask(world, SERVER, port, hosts)
        ask(world, SERVER, port)
        spans = world.finish(agent, port)
        names = [span.attributes.get("server.address") for span in of_kind(spans, "CLIENT")]
        check(names == ["cache.shop.test"] * REQUESTS + [SERVER] * REQUESTS, f"{names}")


@test
def containerIsNamedByItsRuntime(world):
    container, socket = secrets.token_hex(32), world.folder / "docker.sock"
    runtime = stand_in(world, "docker", socket, answers(world, {f"/containers/{container}/json": {
        "Id": container, "Name": "/shop-cache-1", "Image": "sha256:beef", "Config": {
            "Image": "redis:7.2", "Labels": {
                "com.docker.compose.service": "cache", "long": "x" * (1 << 20)}}}}))
    with control_group(f"docker-{container}.scope") as inside:
        _, port = redis(world, "127.0.0.1", inside)
        agent = agent_of(world, {"container_runtime": str(socket), "kubernetes": "none"})
        ask(world, "127.0.0.1", port)
        ask(world, "127.0.0.1", port)
        spans = world.finish(agent, port)
    everywhere(
        of_kind(spans, "SERVER"), service__name="cache", container__id=container, container__name="shop-cache-1",
        container__image__name="redis", container__image__tags=["7.2"])
    everywhere(of_kind(spans, "CLIENT"), container__id=None, service__name="redis_plain")
    check([line["path"] for line in asked(runtime)] == [f"/containers/{container}/json"], f"{asked(runtime)}")
    ours = [span for span in world.all_spans(agent) if "/containers/" in span.attributes.get("url.path", "")]
    check(not ours, f"our own question is a span: {ours[:1]}")


@test(every_hook=False)
def runtimeThatHangsTakesNothingButNames(world):
    container, socket = secrets.token_hex(32), world.folder / "docker.sock"
    runtime = stand_in(world, "silent", socket)
    with control_group(f"system.slice/docker-{container}.scope") as inside:
        _, port = redis(world, "127.0.0.1", inside)
        agent = agent_of(world, {"container_runtime": str(socket), "kubernetes": "none"})
        for _ in range(4):
            ask(world, "127.0.0.1", port)
        spans = world.finish(agent, port)
    servers = of_kind(spans, "SERVER")
    check(len(servers) == 4 * REQUESTS, f"{len(servers)} spans")
    everywhere(servers, container__id=container, container__name=None)
    check("redis" in servers[0].service, f"{servers[0].resource}")
    check(len(asked(runtime)) == 1, f"asked {len(asked(runtime))} times")
    said = agent.process.errors().count("containers are known by /proc alone")
    check(said == 1, f"said {said} times")


@test(every_hook=False)
def containerIsNamedByTheCRI(world):
    python = python_with("grpcio")
    container, socket = secrets.token_hex(32), world.folder / "containerd.sock"
    stand_in(world, "cri", socket, answers(world, {container: {
        "image": "docker.io/library/redis:7.2", "io.kubernetes.container.name": "cache",
        "io.kubernetes.pod.name": "shop-cache-0", "io.kubernetes.pod.namespace": "store"}}), python=python)
    with control_group(f"system.slice/cri-containerd-{container}.scope") as inside:
        _, port = redis(world, "127.0.0.1", inside)
        agent = agent_of(world, {"container_runtime": str(socket), "kubernetes": "none"})
        ask(world, "127.0.0.1", port)
        spans = world.finish(agent, port)
    everywhere(
        of_kind(spans, "SERVER"), service__name="shop-cache-0", service__namespace="store", container__id=container,
        k8s__container__name="cache", k8s__pod__name="shop-cache-0", k8s__namespace__name="store",
        container__image__name="docker.io/library/redis", service__instance__id="store.shop-cache-0.cache")


def certificates(world):
    """An authority that is its own server: (certificate, key)."""
    certificate, key = world.folder / "ca.crt", world.folder / "ca.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=kubernetes", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


def in_a_pod(world, port, certificate):
    """In place of the agent, the agent as a pod of a cluster has it: variables, and a service account's files."""
    account = "/run/secrets/kubernetes.io/serviceaccount"
    script = world.folder / "interspan-in-a-pod"
    script.write_text(f"""#!/bin/sh
[ "$1" = --inside ] || exec unshare -m "$0" --inside "$@"
shift
mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p {account} || exit 1
cp "{certificate}" {account}/ca.crt && printf secret-token > {account}/token && printf store > {account}/namespace
export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT_HTTPS={port} POD_NAME=interspan-0
exec "{world.binary}" "$@"
""")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    world.binary = script


@test(every_hook=False)
def podIsNamedByKubernetes(world):
    container, uid, port = secrets.token_hex(32), "3f0ab39c-1d2e-4f5a-8b6c-7d8e9f0a1b2c", free.port()
    own = {"metadata": {"name": "interspan-0", "namespace": "store", "uid": "0" * 32}, "spec": {"nodeName": "node-1"}}
    pod = {
        "metadata": {
            "name": "shop-cache-6d4cf56db6-x2x4z", "namespace": "store", "uid": uid,
            "labels": {"pod-template-hash": "6d4cf56db6", "app.kubernetes.io/version": "7.2"},
            "annotations": {"resource.opentelemetry.io/deployment.environment.name": "prod"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "shop-cache-6d4cf56db6"}]},
        "spec": {"nodeName": "node-1", "containers": [{"name": "cache", "image": "redis:7.2"}]},
        "status": {"containerStatuses": [
            {"name": "cache", "image": "redis:7.2", "imageID": "x", "containerID": f"containerd://{container}"}]}}
    certificate, key = certificates(world)
    listing = "/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1"
    kubernetes = stand_in(world, "kubernetes", port, answers(world, {
        "/api/v1/namespaces/store/pods/interspan-0": own, listing: {"kind": "PodList", "items": [own, pod]}}),
        certificate, key)
    in_a_pod(world, port, certificate)
    group = f"kubepods/burstable/pod{uid}/{container}"
    with control_group(group) as inside:
        _, redis_port = redis(world, "127.0.0.1", inside)
        agent = agent_of(world, {"container_runtime": "none"})
        ask(world, "127.0.0.1", redis_port)
        spans = world.finish(agent, redis_port)
    everywhere(
        of_kind(spans, "SERVER"), service__name="shop-cache", service__namespace="store", service__version="7.2",
        container__id=container, k8s__pod__uid=uid, k8s__pod__name="shop-cache-6d4cf56db6-x2x4z",
        k8s__deployment__name="shop-cache", k8s__replicaset__name="shop-cache-6d4cf56db6", k8s__node__name="node-1",
        k8s__container__name="cache", deployment__environment__name="prod", container__image__tags=["7.2"])
    check({line["authorization"] for line in asked(kubernetes)} == {"Bearer secret-token"}, f"{asked(kubernetes)}")
    check(listing in [line["path"] for line in asked(kubernetes)], f"{asked(kubernetes)}")
    check("secret-token" not in agent.process.errors(), "the token is in the log")


@test(every_hook=False)
def clusterThatPermitsNothingTakesNothingButNames(world):
    container, uid, port = secrets.token_hex(32), "3f0ab39c-1d2e-4f5a-8b6c-7d8e9f0a1b2d", free.port()
    certificate, key = certificates(world)
    stand_in(world, "kubernetes", port, answers(world, {}), certificate, key)
    in_a_pod(world, port, certificate)
    with control_group(f"kubepods/besteffort/pod{uid}/{container}") as inside:
        _, redis_port = redis(world, "127.0.0.1", inside)
        agent = agent_of(world, {"container_runtime": "none"})
        ask(world, "127.0.0.1", redis_port)
        spans = world.finish(agent, redis_port)
    everywhere(of_kind(spans, "SERVER"), container__id=container, k8s__pod__uid=uid, k8s__pod__name=None)
    said = agent.process.errors().count("containers are known by /proc alone")
    check(said == 1, f"said {said} times")


@test(every_hook=False)
def unitOfSystemdNamesWhatRunsInIt(world):
    with control_group("system.slice/shop-cache.service") as inside:
        _, port = redis(world, "127.0.0.1", inside)
        agent = world.agent()
        ask(world, "127.0.0.1", port)
        spans = world.finish(agent, port)
    everywhere(of_kind(spans, "SERVER"), service__name="shop-cache", container__id=None)
