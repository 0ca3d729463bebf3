"""Whose requests are seen: on a host, in a sidecar's namespaces, and on a whole node; and never one workload's for
another's, though both use the same addresses and ports."""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time

from harness import patience
from harness.process import Skip
from harness.registry import test
from harness.world import LAST_RETURN_S, SERVICES, check, require

from .selection import client, service

CONNECTIONS = 8
REQUESTS = 60
# Both workloads listen here, and connect from the same few ports.
FRONT, BEHIND = 8080, 8081
PORTS = "40000 40063"
PROC = re.compile(r'"/proc/(\d+)/')


class Workload:
    """A client that asks a service, which asks another, in a network namespace of their own."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        lines = f"ip link set lo up && echo {PORTS} > /proc/sys/net/ipv4/ip_local_port_range && echo up"
        self.holder = world.process(f"{name}-holder", ["unshare", "--net", "sh", "-c", f"{lines} && exec sleep 600"])
        self.holder.wait_for(self.holder.out, "up")
        self.within = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]
        behind = service(world, f"{name}-b", self.within, f"127.0.0.1:{BEHIND}")
        self.front = service(world, f"{name}-a", self.within, f"127.0.0.1:{FRONT}", call=behind)
        self.client = client(world, self.within, CONNECTIONS)
        self.pids = [behind.process.pid, self.front.process.pid, self.client.process.pid]

    def talk(self, mark=""):
        """Its requests, all of them."""
        self.client.send(self.front.url, self.world.names(REQUESTS, f"{self.name}{mark}"))


def talk(*workloads, mark=""):
    """All of them at once."""
    threads = [threading.Thread(target=workload.talk, args=(mark,)) for workload in workloads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def contain(world, workload, decoys=(), within=()):
    """Makes the binary one that lives in a workload's network namespace, in a process namespace of its own. Beside it
    there live decoys. `within`: words before the binary's."""
    options = ["--decoys", ",".join(map(str, decoys))] if decoys else []
    command = [sys.executable, SERVICES / "contained.py", *options, workload.holder.pid, *within,
               os.path.abspath(world.binary)]
    wrapper = world.folder / f"contained-{workload.name}"
    wrapper.write_text(f"#!/bin/sh\nexec {shlex.join(map(str, command))} \"$@\"\n")
    wrapper.chmod(0o755)
    world.binary = wrapper


def scope_said(world, agent):
    """What `doctor` says of the scope of the agent's configuration."""
    said = subprocess.run(
        [world.binary, "doctor", "--json", "--config", agent.configuration], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60)
    return json.loads(said.stdout)["scope"]


def finish(world, agent, workloads):
    """Whole trees of these workloads, and no span of anything else that the test did."""
    token = f"{world.token}{workloads[0].name}" if len(workloads) == 1 else world.token
    expected, spans = world.finish(agent, token=token)
    check(len(expected) == len(workloads) * REQUESTS * 4, f"the truth itself has {len(expected)} spans")
    require([f"a span of another: {span.path}" for span in spans
             if world.token in span.path and token not in span.path])
    return [span for span in spans if token in span.path]


@test
def onAHostTwoWorkloadsAtOneAddressAreNeverConfused(world):
    workloads = Workload(world, "shop"), Workload(world, "bank")
    agent = world.agent()
    talk(*workloads)
    spans = finish(world, agent, workloads)
    # The same words on both sides, or this would be no test.
    ends = [{(span.attributes.get("network.peer.address"), span.attributes.get("network.peer.port")) for span in spans
             if f"/{workload.name}-" in span.path} for workload in workloads]
    world.notes.append(f"{len(ends[0] & ends[1])} addresses in common of {len(ends[0] | ends[1])}")
    check(len(ends[0] & ends[1]) > 1, f"they have nothing in common: {ends}")


@test
def aSidecarSeesWholeTreesOfItsOwnAlone(world):
    workloads = Workload(world, "own"), Workload(world, "neighbour")
    contain(world, workloads[0], decoys=workloads[0].pids)
    agent = world.agent()
    scope = scope_said(world, agent)
    talk(*workloads)
    spans = finish(world, agent, workloads[:1])
    inode = os.stat(f"/proc/{workloads[0].holder.pid}/ns/net").st_ino
    check(str(inode) in scope, f"doctor says of the scope: {scope}, the namespace is {inode}")
    named_by_the_kernel(spans)


@test
def aSidecarsProgramsHandOverNothingOfItsNeighbours(world):
    own, neighbour = Workload(world, "own"), Workload(world, "neighbour")
    contain(world, own)
    agent = world.agent()
    # Its own do nothing meanwhile: whatever leaves the kernel would be of others.
    talk(neighbour)
    talk(neighbour, mark="again")
    patience.sleep(LAST_RETURN_S)
    agent.stop()
    require(agent.unbalanced())
    counters = agent.counters
    world.notes.append(f"{counters.get('filtered_out_of_scope', 0)} calls out of scope")
    check(counters["hooked"] == counters["submitted"] == counters["consumed"] == 0,
          f"{counters['hooked']} records of neighbours left the kernel, or of who lives in the own namespace")
    # A request and an answer at each of four ends.
    least = 2 * REQUESTS * 4 * 2
    check(counters.get("filtered_out_of_scope", 0) >= least, f"fewer than {least} calls were out of scope: {counters}")


@test
def aNodesAgentSeesWholeTreesOfEveryNamespace(world):
    workloads = Workload(world, "shop"), Workload(world, "bank")
    agents_home = Workload(world, "agent")
    contain(world, agents_home, decoys=[pid for workload in workloads for pid in workload.pids])
    agent = world.agent(receiver={"select": [{"all": True}]})
    scope = scope_said(world, agent)
    talk(*workloads)
    spans = finish(world, agent, workloads)
    check("every process" in scope, f"doctor says of the scope: {scope}")
    named_by_the_kernel(spans)


@test(every_hook=False)
def whoHasNoNumberInTheAgentsNamespaceIsNeverLookedUp(world):
    strace = shutil.which("strace")
    if not strace:
        raise Skip("strace is not installed")
    workload, agents_home = Workload(world, "shop"), Workload(world, "agent")
    opened = world.folder / "opened"
    # Beside the agent rather than above it, which stays the first process.
    contain(world, agents_home, within=[
        strace, "-D", "-f", "-qq", "-s", "200", "-e", "trace=/^(open|readlink|stat|lstat|access)", "-o", opened])
    agent = world.agent(receiver={"select": [{"all": True}]})
    talk(workload)
    finish(world, agent, [workload])
    lines = opened.read_text(errors="replace").splitlines()
    asked = {int(number) for line in lines for number in PROC.findall(line)}
    check(any('"/proc/self/' in line for line in lines), f"nothing was traced: {lines[:3]}")
    world.notes.append(f"{len(lines)} paths, of processes {sorted(asked)}")
    check(not asked & set(workload.pids), f"processes {sorted(asked & set(workload.pids))} were looked up")


def named_by_the_kernel(spans):
    """Who has no number in the agent's namespace is known by the kernel's number (the tree's comparison asks for that)
    and by the name that the kernel has: nobody looked under /proc, where a decoy has the same number."""
    names = {span.resource.get("service.name") for span in spans}
    check(names == {comm()}, f"services are called {names}, the kernel's name is {comm()!r}")
    told = {key for span in spans for key in span.resource
            if key in ("process.executable.path", "process.command_line", "process.command_args")}
    check(not told, f"of what only /proc tells there is {told}")


def comm():
    """What the kernel calls a program of Python's."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        time.sleep(0.1)
        with open(f"/proc/{child.pid}/comm") as file:
            name = file.read().strip()
        child.communicate(b"\n")
    return name
