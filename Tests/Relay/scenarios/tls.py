"""TLS on either side, with certificates of either end, also when they are replaced on disk."""
import http.client
import shutil
import ssl
import time

from harness.registry import test
from relay import make
from relay.backend import TAKE
from relay.certificates import Authority, context, credentials
from relay.check import check, equal, require
from relay.load import wait_until
from relay.raw import connect
from relay.sender import GRPCSender, HTTPSender, is_taken


def receiver(pair, authority=None, **settings):
    """Configuration of a receiver that speaks TLS."""
    tls = {"cert_file": str(pair[0]), "key_file": str(pair[1]), **settings}
    if authority:
        tls["client_ca_file"] = str(authority.file)
    return {"receivers": {"otlp": {"protocols": {"grpc": {"tls": tls}, "http": {"tls": tls}}}}}


def sent(make_sender):
    """The ids of a request that was taken; None if nobody took it."""
    request, ids = make.traces(3)
    try:
        return ids if is_taken(make_sender().export(request.SerializeToString())) else None
    except (OSError, http.client.HTTPException):
        return None


@test
def receiversTakeOnlyClientsWithACertificateTheyTrust(world):
    authority, stranger = Authority(world.folder, "authority"), Authority(world.folder, "stranger")
    server, client = authority.sign("server"), authority.sign("client")
    forged = stranger.sign("forged")
    backend = world.backend("http")
    agent = world.agent({"otlp_http": backend.section()}, configuration=receiver(server, authority))
    taken = []
    for make_sender in (lambda pair: HTTPSender(agent.http_port, context(authority, pair)),
                        lambda pair: GRPCSender(agent.grpc_port, credentials(authority, pair))):
        ids = sent(lambda: make_sender(client))
        check(ids, "a client with a good certificate was refused")
        taken += ids
        for pair, what in ((None, "without a certificate"), (forged, "with another authority's certificate")):
            check(not sent(lambda: make_sender(pair)), f"a client {what} was taken")
    check(not sent(lambda: HTTPSender(agent.http_port)), "a client without TLS was taken")
    check(not sent(lambda: GRPCSender(agent.grpc_port)), "a client without TLS was taken")
    backend.wait_for_spans(taken)
    agent.stop()
    equal(set(backend.taken()), set(taken), "what arrived")
    require(agent.unbalanced())


@test
def receiversHoldToTheirMinimumVersion(world):
    authority = Authority(world.folder, "authority")
    server = authority.sign("server")
    agent = world.agent({"otlp_http": world.backend("http").section()},
                        configuration=receiver(server, min_version="1.3"))
    check(sent(lambda: HTTPSender(agent.http_port, context(authority))), "TLS 1.3 was refused")
    old = context(authority, maximum_version=ssl.TLSVersion.TLSv1_2)
    check(not sent(lambda: HTTPSender(agent.http_port, old)), "TLS 1.2 was taken")


@test
def receiversShowACertificateThatReplacedTheirs(world):
    authority = Authority(world.folder, "authority")
    server, other = authority.sign("server"), authority.sign("other")
    backend = world.backend("http")
    agent = world.agent({"otlp_http": backend.section()},
                        configuration=receiver(server, reload_interval="200ms"))
    kept = HTTPSender(agent.http_port, context(authority))
    check(sent(lambda: kept), "refused")

    def shown(port):
        with connect(port) as plain, context(authority).wrap_socket(plain, server_hostname="127.0.0.1") as spoken:
            return dict(pair[0] for pair in spoken.getpeercert()["subject"])["commonName"]

    for port in (agent.http_port, agent.grpc_port):
        equal(shown(port), "server", "whose certificate is shown")
    # The key first: for a moment the two do not fit.
    shutil.copy(other[1], server[1])
    time.sleep(0.5)
    shutil.copy(other[0], server[0])
    for port in (agent.http_port, agent.grpc_port):
        wait_until(lambda: shown(port) == "other", "the new certificate")
    check(sent(lambda: kept), "the connection that was there is gone")
    # What is no certificate does not take the place of one that is good.
    server[0].write_text("no certificate")
    time.sleep(0.7)
    for port in (agent.http_port, agent.grpc_port):
        equal(shown(port), "other", "whose certificate is shown")
    agent.stop()
    require(agent.unbalanced())


def demanding(world, kind, authority):
    """(A backend that wants to see a certificate, that of its server)."""
    server = authority.sign(f"{kind}-server")
    return world.backend(kind, tls=(*server, authority.file))


def shows_its_certificate(world, kind):
    """With its certificate an exporter is let in; without it, nothing is."""
    authority = Authority(world.folder, "authority")
    client = authority.sign("client")
    backend = demanding(world, kind, authority)
    tls = {"ca_file": str(authority.file), "cert_file": str(client[0]), "key_file": str(client[1])}
    name = backend.exporter
    agent = world.agent({
        f"{name}/with": backend.section(tls=tls),
        f"{name}/without": backend.section(tls={"ca_file": str(authority.file)}, headers={"x-way": "without"}),
        f"{name}/distrustful": backend.section(
            tls={**tls, "ca_file": str(client[0])}, headers={"x-way": "distrustful"}),
        f"{name}/careless": backend.section(
            tls={"cert_file": str(client[0]), "key_file": str(client[1]), "insecure_skip_verify": True},
            headers={"x-way": "careless"}),
    })
    ids = sent(lambda: HTTPSender(agent.http_port))
    backend.wait_for_spans(ids)
    backend.wait_for(lambda it: any(r["headers"].get("x-way") == "careless" for r in it.requests()), "the careless one")
    time.sleep(0.3)
    ways = {request["headers"].get("x-way") for request in backend.requests()}
    equal(ways, {None, "careless"}, "who got in")
    check("certificate" in agent.process.errors(), f"the log does not say why: {agent.process.last_words()}")
    # Those that cannot get in are not waited for.
    agent.kill()


@test
def anHTTPExporterShowsItsCertificate(world):
    shows_its_certificate(world, "http")


@test
def aGRPCExporterShowsItsCertificate(world):
    shows_its_certificate(world, "grpc")


@test
def theNameThatIsExpectedCanBeAnother(world):
    authority = Authority(world.folder, "authority")
    for kind in ("http", "grpc"):
        pair = authority.sign(f"{kind}-named", "DNS:backend.example")
        backend = world.backend(kind, tls=pair)
        tls = {"ca_file": str(authority.file)}
        agent = world.agent({
            f"{backend.exporter}/named": backend.section(tls={**tls, "server_name_override": "backend.example"}),
            f"{backend.exporter}/plain": backend.section(tls=tls, headers={"x-way": "plain"})})
        ids = sent(lambda: HTTPSender(agent.http_port))
        backend.wait_for_spans(ids)
        time.sleep(0.3)
        check(not any("x-way" in request["headers"] for request in backend.requests()), "another's name was accepted")
        agent.kill()


def replaced(world, kind):
    """A backend stops trusting the old authority; the new files are there, and the relay takes them by itself."""
    old, new = Authority(world.folder, f"{kind}-old"), Authority(world.folder, f"{kind}-new")
    ours = tuple(world.folder / f"{kind}-client.{end}" for end in ("pem", "key"))
    for source, target in zip(old.sign(f"{kind}-client-old"), ours):
        shutil.copy(source, target)
    trusted = world.folder / f"{kind}-trusted.pem"
    shutil.copy(old.file, trusted)
    backend = demanding(world, kind, old)
    agent = world.agent({backend.exporter: backend.section(tls={
        "ca_file": str(trusted), "cert_file": str(ours[0]), "key_file": str(ours[1]), "reload_interval": "200ms"})})
    sender = HTTPSender(agent.http_port)
    backend.wait_for_spans(sent(lambda: sender))
    backend.kill()
    backend.tls = (*new.sign(f"{kind}-server-new"), new.file)
    backend.start()
    backend.tell(TAKE[kind])
    ids = sent(lambda: sender)
    time.sleep(0.5)
    check(not set(ids) & set(backend.taken()), "the old certificate was accepted")
    shutil.copy(new.file, trusted)
    for source, target in zip(new.sign(f"{kind}-client-new"), ours):
        shutil.copy(source, target)
    backend.wait_for_spans(ids)
    agent.stop()
    require(agent.unbalanced())
    equal(agent.counters(backend.exporter)["sent"], 6, "spans sent")


@test
def anHTTPExporterTakesCertificatesThatReplacedItsOwn(world):
    replaced(world, "http")


@test
def aGRPCExporterTakesCertificatesThatReplacedItsOwn(world):
    replaced(world, "grpc")
