"""DNS over UDP and TCP: BIND answering, dnsmasq in between, dig, dnspython and the C library asking. In a network of
their own, where port 53 is free."""
import collections
import socket

from harness import patience
from harness.python import python_with
from harness.registry import test
from harness.world import check
from live.network import own_network

BIND, FORWARDER, SILENT = "127.0.0.1", "127.0.0.2", "127.0.0.3"
# What BIND says of every name.
ZONE = """$TTL 60
@ IN SOA ns.shop.test. admin.shop.test. 1 3600 600 86400 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A 10.0.0.1
www IN A 10.0.0.2
www IN AAAA fd00::1
mail IN MX 10 www
alias IN CNAME www
_api._tcp IN SRV 0 5 80 www
www IN HTTPS 1 . alpn=h2
""" + "".join(f"host{index} IN A 10.1.0.{index % 250 + 1}\n" for index in range(200)) + "".join(
    f"big IN TXT \"{index:03}{'x' * 200}\"\n" for index in range(30))
CONFIGURATION = """
options { directory "%(folder)s"; pid-file none; session-keyfile none; listen-on { 127.0.0.1; }; listen-on-v6 { ::1; };
  recursion no; dnssec-validation no; allow-transfer { any; }; empty-zones-enable no; max-udp-size 1232; };
controls { };
zone "shop.test" { type primary; file "shop.zone"; };
zone "broken.test" { type primary; file "missing.zone"; };
"""


def alone():
    """A network of its own for a test, once there is what must come from the index."""
    python_with("dnspython")
    return own_network()


def bind(world):
    """BIND with a small zone, and one that it cannot load."""
    (world.folder / "shop.zone").write_text(ZONE)
    (world.folder / "named.conf").write_text(CONFIGURATION % {"folder": world.folder})
    return world.server("named", ["named", "-g", "-n", "1", "-c", world.folder / "named.conf"], 53, ready="running")


def ask(world, *arguments):
    """What a program of ours asked and was answered."""
    return world.client("dns_client.py", *arguments, packages=("dnspython",))


def described(span):
    """What a span says of the question and the answer."""
    return (span.name, span.attributes.get("dns.question.name"), span.attributes.get("dns.question.type"),
            span.attributes.get("dns.response.rcode"))


def finished(world, agent):
    """The spans of a test, which asks for no names of addresses: others on this host do."""
    spans = world.finish(agent, 53)
    return [span for span in spans if not str(span.attributes.get("dns.question.name")).endswith(".arpa")]


def same_questions(spans, kind, expected):
    """Holds what the spans of a kind say against what was asked: (name, type, code)."""
    seen = collections.Counter(described(span) for span in spans if span.kind == kind)
    wanted = collections.Counter((f"DNS {of}", name, of, code) for name, of, code in expected)
    check(seen == wanted, f"{kind}: missing {wanted - seen}, too many {seen - wanted}")


def told(said):
    """(name, type, code) of what a program of ours said."""
    return [(line["name"], line["type"], line["rcode"]) for line in said]


def paired(spans):
    """Each server span hangs from the client span of the same exchange."""
    clients = {span.exchange: span for span in spans if span.kind == "CLIENT"}
    servers = [span for span in spans if span.kind == "SERVER"]
    for span in servers:
        check(span.exchange in clients, f"no client has the exchange of {span}")
        check(span.parent == clients[span.exchange].span_id, f"another parent: {span}")
    check(len(clients) == len(servers), f"{len(clients)} exchanges at clients, {len(servers)} at servers")


@test
def questionsAndAnswersAreSeenByBothSides(world):
    with alone():
        bind(world)
        recording = world.record(53, udp=True)
        agent = world.agent()
        # The first of all: from then on the kernel is asked who the senders are.
        ask(world, "connected", BIND, "www.shop.test", "A")
        patience.sleep(0.5)
        questions = ["www.shop.test", "A", "www.shop.test", "AAAA", "mail.shop.test", "MX", "none.shop.test", "A",
                     "_api._tcp.shop.test", "SRV", "www.shop.test", "HTTPS", "x.broken.test", "TXT", "other.test", "A"]
        said = []
        for way in ("connected", "udp", "tcp"):
            said += ask(world, way, BIND, *questions)
        said += ask(world, "connected", "::1", "www.shop.test", "A", "none.shop.test", "AAAA")
        codes = collections.Counter(line["rcode"] for line in said)
        check(codes == {"NOERROR": 16, "NXDOMAIN": 4, "SERVFAIL": 3, "REFUSED": 3}, f"BIND answered {codes}")
        spans = finished(world, agent)
        expected = [("www.shop.test", "A", "NOERROR"), *told(said)]
        for kind in ("CLIENT", "SERVER"):
            same_questions(spans, kind, expected)
        paired([span for span in spans[2:]])
        for span in spans:
            code = span.attributes["dns.response.rcode"]
            check((span.status == "ERROR") == (code != "NOERROR"), f"{span}")
            check(span.attributes.get("error.type") == (None if code == "NOERROR" else code), f"{span}")
        transports = collections.Counter(span.attributes["network.transport"] for span in spans)
        check(transports == {"udp": 2 * 19, "tcp": 2 * 8}, f"{transports}")

        replayed = world.replayed(recording)
        for kind in ("CLIENT", "SERVER"):
            same_questions(replayed, kind, expected)
        rows = world.tshark(
            recording, "dns.flags.response==1", ["dns.qry.name", "dns.qry.type", "dns.flags.rcode"])
        seen = collections.Counter(
            (span.attributes["dns.question.name"], span.attributes["dns.response.rcode"]) for span in replayed
            if span.kind == "SERVER")
        names = {"0": "NOERROR", "2": "SERVFAIL", "3": "NXDOMAIN", "5": "REFUSED"}
        check(seen == collections.Counter((name, names[code]) for name, _, code in rows), f"tshark reads {rows}")


@test
def manyFromOneSocketKeepTheirAnswers(world):
    with alone():
        bind(world)
        agent = world.agent()
        ask(world, "messages", BIND, 5)
        patience.sleep(0.5)
        said = ask(world, "together", BIND, 100)
        said += ask(world, "together", BIND, 100)
        many = ask(world, "messages", BIND, 12)
        check(many[0]["received"] == 12, f"{many}")
        spans = finished(world, agent)
        expected = told(said) + [(f"host{index}.shop.test", "A", "NOERROR") for index in [*range(5), *range(12)]]
        for kind in ("CLIENT", "SERVER"):
            same_questions(spans, kind, expected)
        paired(spans[10:])


@test(every_hook=False)
def theCLibraryAndDigAreSeenThroughAForwarder(world):
    with alone():
        bind(world)
        world.server(
            "dnsmasq", ["dnsmasq", "-k", "-C", "/dev/null", f"--listen-address={FORWARDER}", "--bind-interfaces", "-R",
                        "-h", f"--server={BIND}", "--cache-size=0", "--user=root", "--pid-file="], None)
        patience.sleep(1)
        agent = world.agent()
        ask(world, "connected", FORWARDER, "www.shop.test", "A")
        patience.sleep(0.5)
        said = ask(world, "resolver", FORWARDER, "www.shop.test", "none.shop.test")
        check(said[0]["addresses"] == ["10.0.0.1", "10.0.0.2", "fd00::1"], f"{said}")
        world.command(["dig", f"@{FORWARDER}", "+tries=1", "mail.shop.test", "MX"])
        world.command(["dig", f"@{BIND}", "+tcp", "+tries=1", "alias.shop.test", "A"])
        # Too long for a datagram: asked again over TCP.
        world.command(["dig", f"@{BIND}", "+tries=1", "big.shop.test", "TXT"])
        world.command(["dig", f"@{BIND}", "+tries=1", "shop.test", "AXFR"])
        spans = finished(world, agent)
        front = [("www.shop.test", "A", "NOERROR"), ("www.shop.test", "A", "NOERROR"),
                 ("www.shop.test", "AAAA", "NOERROR"), ("none.shop.test", "A", "NXDOMAIN"),
                 ("none.shop.test", "AAAA", "NXDOMAIN"), ("mail.shop.test", "MX", "NOERROR")]
        straight = [("alias.shop.test", "A", "NOERROR"), ("big.shop.test", "TXT", "NOERROR"),
                    ("big.shop.test", "TXT", "NOERROR"), ("shop.test", "AXFR", "NOERROR")]
        # What the forwarder is asked it asks in turn.
        for kind in ("CLIENT", "SERVER"):
            same_questions(spans, kind, front + front + straight)
        transports = [span.attributes["network.transport"] for span in spans
                      if span.attributes["dns.question.name"] == "big.shop.test" and span.kind == "SERVER"]
        check(transports == ["udp", "tcp"], f"{transports}")
        # A and AAAA at once from one socket may leave a call without a parent, but none has a wrong one.
        byID = {span.span_id: span for span in spans}
        hops = [(span, byID.get(span.parent)) for span in spans if span.kind == "CLIENT" and span.service == "dnsmasq"]
        under = [(span, parent) for span, parent in hops if parent]
        check(len(hops) == 6 and len(under) >= 3, f"{len(hops)} calls of dnsmasq, {len(under)} with a parent")
        for span, parent in under:
            check(parent.service == "dnsmasq" and described(span) == described(parent), f"{span} below {parent}")


@test(every_hook=False)
def whatNobodyAnswersHasNoResponse(world):
    with alone(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((SILENT, 53))
        agent = world.agent()
        ask(world, "unanswered", SILENT, "lost.shop.test")
        spans = finished(world, agent)
        check([span.kind for span in spans] == ["CLIENT", "CLIENT"], f"{[str(span) for span in spans]}")
        check(len({span.exchange for span in spans}) == 2, "two of the same are two exchanges")
        first = min(spans, key=lambda span: span.start)
        check(first.status == "ERROR" and first.attributes["error.type"] == "no_response", f"{first}")


@test(every_hook=False)
def pipelinedOverTCPAreTheirOwn(world):
    with alone():
        bind(world)
        agent = world.agent()
        questions = [word for index in range(15)
                     for word in (f"host{index}.shop.test", "A", f"none{index}.shop.test", "TXT")]
        said = ask(world, "pipelined", BIND, *questions)
        check(len(said) == 30, f"{len(said)} answers")
        spans = finished(world, agent)
        for kind in ("CLIENT", "SERVER"):
            same_questions(spans, kind, told(said))
        paired(spans)
