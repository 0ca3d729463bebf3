"""Which processes are watched: by every criterion that /proc tells, and nothing of all others."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time

from harness import free, patience
from harness.process import Skip
from harness.registry import test
from harness.world import LAST_RETURN_S, SERVICES, Client, Service, check, require
from harness.otlp import CLIENT, SERVER

REQUESTS = 12
# What is not selected talks far more, so that its records would show.
NOISE = 150
# Processes that start and end while a service is watched.
CHURN = int(os.environ.get("INTERSPAN_CHURN", "3000"))
# The growth of the agent's memory that so many processes may cause, KiB: far less than a record of each would.
GROWTH = 16 << 10
# Where cgroups are made: systemd's own hierarchy of version 1 where there is one, else version 2.
CGROUPS = [pathlib.Path("/sys/fs/cgroup/systemd"), pathlib.Path("/sys/fs/cgroup")]


def service(world, name, within=(), listen="127.0.0.1:0", python=sys.executable, model="thread", call=None):
    """A service that is started by other words, such as `setpriv`."""
    truth_file = world.watch(name)
    truth_file.touch()
    truth_file.chmod(0o666)
    process = world.process(
        name, [*within, python, SERVICES / "backend.py", "--listen", listen, "--model", model, "--truth", truth_file,
               *(["--call", call.url] if call else [])])
    return Service(name, process, json.loads(process.wait_for(process.out, "listening"))["listening"])


def client(world, within=(), connections=1):
    """A client that is started by other words."""
    name = f"client{secrets.token_hex(2)}"
    process = world.process(
        name, [*within, sys.executable, SERVICES / "client.py", "--connections", connections, "--truth",
               world.watch(name)], stdin=subprocess.PIPE)
    return Client(process)


def select(world, *rules, exclude=()):
    """The agent, watching by rules."""
    receiver = {"select": list(rules)} if rules else {}
    return world.agent(receiver={**receiver, **({"exclude": list(exclude)} if exclude else {})})


def doctor(world, agent):
    """What `doctor --processes` says of each process, by number."""
    output = subprocess.run(
        [world.binary, "doctor", "--processes", "--json", "--config", agent.configuration], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, check=True, timeout=30).stdout
    return {process["pid"]: process for process in json.loads(output)["processes"]}


def spans_of(world, agent):
    """Ends the agent; the spans of this test's own requests, once the counters agree."""
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    require(agent.unbalanced())
    return [span for span in agent.spans() if world.token in span.path]


def check_only(world, agent, wanted, other, rule):
    """A service that a rule is for and one that it is not for: spans of the first alone, no record of the second."""
    seen = doctor(world, agent)
    # A client keeps its connection.
    noisy = client(world)
    noisy.send(other.url, world.names(NOISE, "x"))
    client(world).send(wanted.url, world.names(REQUESTS))
    noisy.send(other.url, world.names(NOISE, "y"))
    spans = spans_of(world, agent)
    require([f"a span of {span.pid}: {span.name} {span.path}" for span in spans
             if span.kind != SERVER or not span.path.startswith(f"/{wanted.name}/")])
    check(len(spans) == REQUESTS, f"{len(spans)} spans of {REQUESTS} requests")
    # Each exchange has a record of what was read, and one or two of what was written; others of this host talk, too.
    hooked, left = agent.counters["hooked"], agent.counters.get("filtered_unselected", 0)
    world.notes.append(f"{hooked} records, {left} calls left out")
    check(hooked < NOISE, f"{hooked} records of {REQUESTS} requests")
    check(left >= 4 * NOISE, f"{left} calls were left out, of {2 * NOISE} requests")
    pid = int(wanted.process.pid)
    check(pid in seen and other.process.pid in seen, f"doctor lists {sorted(seen)}")
    check(seen[pid]["selected"] and seen[pid]["rule"] == rule, f"doctor says of the service: {seen[pid]}")
    check(seen[pid]["listens"] == [wanted.port], f"doctor says of the service: {seen[pid]}")
    check(not seen[other.process.pid]["selected"], f"doctor says of the other: {seen[other.process.pid]}")


def in_cgroup(world, path):
    """Words that start a program in a cgroup of its own."""
    root = next((root for root in CGROUPS if (root / "cgroup.procs").exists()), None)
    if root is None or not os.access(root, os.W_OK):
        raise Skip("no cgroup can be made here")
    folder = root / path
    made = []
    for place in [*reversed(folder.relative_to(root).parents), folder.relative_to(root)]:
        if not (root / place).exists():
            (root / place).mkdir()
            made.append(root / place)

    def remove():
        for place in reversed(made):
            for _ in range(100):
                try:
                    place.rmdir()
                    break
                except OSError:
                    time.sleep(0.05)

    world.at_end(remove)
    return ["/bin/sh", "-c", f'echo $$ > "{folder}/cgroup.procs" && exec "$@"', "sh"]


@test
def aServiceIsSelectedByItsPort(world):
    wanted, other = service(world, "a"), service(world, "b")
    agent = select(world, {"ports": ["1", f"{wanted.port}-{wanted.port}"]})
    check_only(world, agent, wanted, other, "select[0]")


@test
def aServiceIsSelectedByItsProgram(world):
    world.folder.chmod(0o755)
    program = world.folder / "shopkeeper"
    shutil.copy(os.path.realpath(sys.executable), program)
    wanted, other = service(world, "a", python=program), service(world, "b")
    check_only(world, select(world, {"exe": "*/shopkeeper"}), wanted, other, "select[0]")


@test
def aServiceIsSelectedByItsCommandLine(world):
    wanted, other = service(world, "a"), service(world, "b")
    check_only(world, select(world, {"pid": 1}, {"command": "*backend.py *--truth */a.truth"}), wanted, other,
               "select[1]")


@test
def aServiceIsSelectedByItsUnit(world):
    unit = f"shop-{world.token}.service"
    wanted, other = service(world, "a", in_cgroup(world, f"system.slice/{unit}")), service(world, "b")
    check_only(world, select(world, {"unit": f"shop-{world.token}"}), wanted, other, "select[0]")


@test
def aServiceIsSelectedByItsContainersID(world):
    container = secrets.token_hex(32)
    wanted, other = service(world, "a", in_cgroup(world, f"docker/{container}")), service(world, "b")
    agent = select(world, {"container": container[:12]})
    check(doctor(world, agent)[wanted.process.pid]["container_id"] == container, "doctor has another container's id")
    check_only(world, agent, wanted, other, "select[0]")


@test
def aServiceIsSelectedByItsNumber(world):
    wanted, other = service(world, "a"), service(world, "b")
    check_only(world, select(world, {"pid": wanted.process.pid}), wanted, other, "select[0]")


@test
def aServiceIsSelectedByItsUser(world):
    world.folder.chmod(0o755)
    within = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    wanted, other = service(world, "a", within), service(world, "b")
    check_only(world, select(world, {"user": "nobody", "command": f"*{wanted.name}.truth"}), wanted, other, "select[0]")


@test
def excludeWins(world):
    wanted, other = service(world, "a"), service(world, "b")
    # Who calls is no matter of these rules.
    exclude = [{"command": "*/b.truth"}, {"command": "*client.py *"}]
    agent = select(world, {"all": True}, {"ports": [str(other.port)]}, exclude=exclude)
    seen = doctor(world, agent)[other.process.pid]
    check(not seen["selected"] and seen["rule"] == "exclude[0]", f"doctor says: {seen}")
    client(world).send(other.url, world.names(REQUESTS, "x"))
    client(world).send(wanted.url, world.names(REQUESTS))
    spans = spans_of(world, agent)
    require([f"a span of {span.pid}: {span.path}" for span in spans if span.pid != wanted.process.pid])
    check(len(spans) == REQUESTS, f"{len(spans)} spans of {REQUESTS} requests")


@test
def ofAnExchangeTheSelectedSideAloneHasASpan(world):
    served = service(world, "a")
    agent = select(world, {"command": "*client.py *"})
    client(world).send(served.url, world.names(REQUESTS))
    spans = spans_of(world, agent)
    check([span.kind for span in spans] == [CLIENT] * REQUESTS, f"{[(span.kind, span.path) for span in spans]}")


@test
def whatStartsLaterIsSeenFromItsFirstRequestOn(world):
    port = free.port()
    agent = select(world, {"ports": [str(port)]}, {"command": "*client.py *"})
    served = service(world, "a", listen=f"127.0.0.1:{port}")
    client(world).send(served.url, world.names(REQUESTS))
    spans = spans_of(world, agent)
    kinds = sorted(span.kind for span in spans)
    check(kinds == [SERVER] * REQUESTS + [CLIENT] * REQUESTS, f"{len(spans)} spans: {kinds}")


@test
def childrenThatServeAreSeenFromTheirFirstRequestOn(world):
    for model in ("fork", "prefork"):
        port = free.port()
        agent = select(world, {"ports": [str(port)]})
        served = service(world, f"a{model}", listen=f"127.0.0.1:{port}", model=model)
        client(world).send(served.url, world.names(REQUESTS, model))
        spans = spans_of(world, agent)
        check([span.kind for span in spans] == [SERVER] * REQUESTS, f"{model}: {len(spans)} spans")
        served.process.stop()


@test
def whoBecomesAnotherUserIsSeenAsThatUser(world):
    world.folder.chmod(0o755)
    agent = select(world, {"user": "nobody", "command": "*/a.truth"})
    become = "import os,sys; os.setgid(65534); os.setuid(65534); sys.argv=sys.argv[1:]; exec(open(sys.argv[0]).read())"
    truth_file = world.watch("a")
    truth_file.touch()
    truth_file.chmod(0o666)
    process = world.process("a", [
        "/usr/bin/python3", "-c", become, SERVICES / "backend.py", "--listen", "127.0.0.1:0", "--truth", truth_file])
    served = Service("a", process, json.loads(process.wait_for(process.out, "listening"))["listening"])
    # It is looked at a second time a moment after it began.
    patience.sleep(0.6)
    client(world).send(served.url, world.names(REQUESTS))
    spans = spans_of(world, agent)
    check(len(spans) == REQUESTS, f"{len(spans)} spans of {REQUESTS} requests")


@test
def thousandsOfProcessesThatComeAndGoNeitherGrowTheAgentNorBlockIt(world):
    served = service(world, "a")
    agent = select(world, {"ports": [str(served.port)]}, exclude=[{"exe": "*/nothing*"}])
    peer = client(world)
    peer.send(served.url, world.names(REQUESTS, "before"))
    before = resident(agent.pid)
    script = ("import os,sys\nfor _ in range(int(sys.argv[1])):\n"
              " os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)")
    churn = world.process("churn", [sys.executable, "-c", script, CHURN])
    sent = 0
    while churn.status is None:
        peer.send(served.url, world.names(REQUESTS, f"during{sent}"), timeout=30)
        sent += 1
        time.sleep(0.2)
    check(churn.status == 0 and sent > 0, f"the processes: {churn.last_words()}")
    grown = resident(agent.pid) - before
    spans = spans_of(world, agent)
    world.notes.append(f"{CHURN} processes, {grown} KiB more, {sent * REQUESTS} requests meanwhile")
    check(len(spans) == (sent + 1) * REQUESTS, f"{len(spans)} spans of {(sent + 1) * REQUESTS} requests")
    check(grown < GROWTH, f"{grown} KiB more after {CHURN} processes")


def resident(pid):
    """A process's resident memory, KiB."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1])


@test
def aSidecarNeverSeesItsNeighbours(world):
    """Two network namespaces, both with a service at 127.0.0.1:8080, and an agent that lives in the first with a
    process namespace of its own."""
    def network(name):
        holder = world.process(name, ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"])
        holder.wait_for(holder.out, "up")
        return holder.pid, ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]

    holder, own = network("own")
    _, neighbours = network("neighbours")
    wanted = service(world, "a", own, "127.0.0.1:8080")
    other = service(world, "b", neighbours, "127.0.0.1:8080")
    wrapper = world.folder / "contained"
    wrapper.write_text(
        f"#!/bin/sh\nexec {sys.executable} {SERVICES}/contained.py {holder} {os.path.abspath(world.binary)} \"$@\"\n")
    wrapper.chmod(0o755)
    world.binary = wrapper
    agent = world.agent()
    client(world, neighbours).send(other.url, world.names(NOISE, "x"))
    client(world, own).send(wanted.url, world.names(REQUESTS))
    client(world, neighbours).send(other.url, world.names(NOISE, "y"))
    spans = spans_of(world, agent)
    require([f"a span of the neighbour's: {span.path}" for span in spans if not span.path.startswith("/a/")])
    kinds = sorted(span.kind for span in spans)
    check(kinds == [SERVER] * REQUESTS + [CLIENT] * REQUESTS, f"{len(spans)} spans: {kinds}")
    hooked, left = agent.counters["hooked"], agent.counters.get("filtered_out_of_scope", 0)
    world.notes.append(f"{hooked} records, {left} calls out of scope")
    check(hooked < 2 * NOISE, f"{hooked} records of {REQUESTS} requests")
    check(left >= 4 * NOISE, f"{left} calls were out of scope")
