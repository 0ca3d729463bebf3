"""Two hosts and a router between them, each a network namespace of its own, made for a test and gone with it."""
import os
import shutil
import subprocess
import sys

from .agent import Agent
from .process import Failure, Skip
from .world import SERVICES

# Addresses for tests alone (RFC 2544); the address that is nobody's leads to the second host where it is translated.
FIRST, FIRST_GATEWAY = "198.18.1.2", "198.18.1.1"
SECOND, SECOND_GATEWAY = "198.18.2.2", "198.18.2.1"
# Those of IPv6 (RFC 5180), which both links have beside the others.
FIRST_6, FIRST_GATEWAY_6 = "2001:2:0:1::2", "2001:2:0:1::1"
SECOND_6, SECOND_GATEWAY_6 = "2001:2:0:2::2", "2001:2:0:2::1"
TRANSLATED = "198.19.9.9"
# The share of packets between the two hosts that are lost.
LOSS = "0.03"


class Host:
    """A network namespace, and what starts programs in it."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self._holder = world.process(
            name, ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 3600"])
        self._holder.wait_for(self._holder.out, "up")
        self.within = ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net"]

    @property
    def pid(self):
        """A process in it."""
        return self._holder.pid

    def do(self, command):
        """Runs a command in it to its end, and gives what it says."""
        done = subprocess.run(
            [*self.within, *command.split()], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        # Not every kernel can do what iptables is told.
        if done.returncode != 0:
            problem = Skip if command.startswith("iptables") else Failure
            raise problem(f"`{command}`: {(done.stderr or done.stdout).strip()[:200]}")
        return done.stdout

    def program(self, command, name):
        """A file that runs a command in it, for what starts programs by their file alone."""
        file = self.world.folder / f"{name}-on-{self.name}"
        file.write_text(f"#!/bin/sh\nexec {' '.join(map(str, command))} \"$@\"\n")
        file.chmod(0o755)
        return file

    def agent(self, **options):
        """The agent as a container of this host alone would run it: in its network and with processes of its own."""
        binary = os.path.abspath(self.world.binary)
        wrapper = self.program([sys.executable, SERVICES / "contained.py", self.pid, binary], "agent")
        return self._start(wrapper, options)

    def relay(self, **options):
        """An agent that captures nothing."""
        wrapper = self.program([*self.within, os.path.abspath(self.world.binary)], "relay")
        return self._start(wrapper, {**options, "captures": False})

    def _start(self, binary, options):
        folder = self.world.folder / f"{binary.name}-files"
        folder.mkdir()
        agent = Agent(binary, folder, self.world.hook or "auto", **options)
        self.world.at_end(agent.process.stop)
        return agent


class TwoHosts:
    """`first` and `second`, which reach one another by way of `router`. `way`: plain, translated (the router gives the
    second another address), masqueraded (it hides the first's), lossy (of what passes it some is lost) or ipv6."""

    def __init__(self, world, way):
        for tool in ("unshare", "nsenter", "ip", "iptables"):
            if not shutil.which(tool):
                raise Skip(f"{tool} is not installed")
        self.first, self.second, self.router = (Host(world, name) for name in ("first", "second", "router"))
        self._connect(self.first, (FIRST, FIRST_GATEWAY, 24), (FIRST_6, FIRST_GATEWAY_6, 64))
        self._connect(self.second, (SECOND, SECOND_GATEWAY, 24), (SECOND_6, SECOND_GATEWAY_6, 64))
        self.router.do("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
        # Where the first reaches the second, and where the second sees the first.
        self.address, self.origin = SECOND, FIRST
        if way == "ipv6":
            self.address, self.origin = SECOND_6, FIRST_6
        elif way == "translated":
            self.address = TRANSLATED
            self.router.do(f"iptables -t nat -A PREROUTING -d {TRANSLATED} -j DNAT --to-destination {SECOND}")
        elif way == "masqueraded":
            self.origin = SECOND_GATEWAY
            self.router.do(f"iptables -t nat -A POSTROUTING -d {SECOND} -j MASQUERADE")
        elif way == "lossy":
            self.router.do(f"iptables -A FORWARD -m statistic --mode random --probability {LOSS} -j DROP")

    def lost(self):
        """How many packets between the hosts were lost."""
        rules = self.router.do("iptables -nvxL FORWARD").splitlines()
        return sum(int(rule.split()[0]) for rule in rules if " DROP " in rule and "statistic" in rule)

    def _connect(self, host, *addresses):
        """Has the router lead to a host; (the host's address, the router's, bits of their network), of each family."""
        link = f"to-{host.name}"
        self.router.do(f"ip link add {link} type veth peer name across netns {host.pid}")
        for within, device, place in ((self.router, link, 1), (host, "across", 0)):
            for family in addresses:
                # Nobody else can have an address of IPv6: it need not be asked for.
                alone = " nodad" if ":" in family[place] else ""
                within.do(f"ip addr add {family[place]}/{family[2]} dev {device}{alone}")
            within.do(f"ip link set {device} up")
        for _, gateway, _ in addresses:
            host.do(f"ip route add default via {gateway}")
