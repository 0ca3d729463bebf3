"""The tests' own tools: a comparison that cannot fail, or a backend that does not, would make the rest worthless."""
from harness.registry import test
from relay import make, messages
from relay.certificates import Authority, context, credentials
from relay.check import check, equal
from relay.sender import GRPCSender, HTTPSender


@test
def theComparisonFindsWhatIsWrong(world):
    for signal, request in (("traces", make.traces(3)[0]), ("metrics", make.metrics()), ("logs", make.logs())):
        body = request.SerializeToString()
        for same in (body, messages.to_json(request)):
            equal(list(messages.differences(signal, [request], [same])), [], f"differences of {signal}")
        upper, middle, lower = messages.LEVELS[signal]

        def changed(change):
            copy = messages.parse(signal, body)
            outer = getattr(copy, upper)[0]
            inner = getattr(outer, middle)[0]
            change(outer, inner, getattr(inner, lower))
            return copy.SerializeToString()

        for what, bodies in {
            "a resource": [changed(lambda outer, *_: outer.resource.attributes.add(key="x"))],
            "a resource's schema": [changed(lambda outer, *_: setattr(outer, "schema_url", "x"))],
            "a scope": [changed(lambda _, inner, __: setattr(inner.scope, "version", "2"))],
            "a scope's schema": [changed(lambda _, inner, __: setattr(inner, "schema_url", "x"))],
            "an unknown field": [changed(lambda _, __, items: items[0].MergeFromString(b"\xc0\x3e\x01"))],
            "an item less": [changed(lambda _, __, items: items.pop())],
            "an item more": [changed(lambda _, __, items: items.add())],
            "everything twice": [body, body],
            "nothing": [],
        }.items():
            check(list(messages.differences(signal, [request], bodies)), f"{what} is not noticed in {signal}")
        check(list(messages.differences(signal, [], [])), "nothing sent is not noticed")


@test
def backendsDoAsTheyAreTold(world):
    body = make.traces(2)[0].SerializeToString()
    told = "503:after:3,429,partial:1,200"
    http = world.backend("http", told)
    answers = [HTTPSender(http.port).export(body) for _ in range(4)]
    equal([(answer.status, answer.wait) for answer in answers], [(503, 3), (429, None), (200, None), (200, None)], told)
    told = "UNAVAILABLE:after:0.25,RESOURCE_EXHAUSTED,partial:1,OK"
    grpc = world.backend("grpc", told)
    answers = [GRPCSender(grpc.port).export(body) for _ in range(4)]
    equal([(answer.status, answer.wait) for answer in answers],
          [("UNAVAILABLE", 0.25), ("RESOURCE_EXHAUSTED", None), ("OK", None), ("OK", None)], told)
    for backend in (http, grpc):
        equal([len(request["spans"]) for request in backend.requests("traces")], [2] * 4, "spans that were noted")
        equal(set(backend.taken().values()), {2}, "how often each was taken")
        backend.tell("400" if backend is http else "INTERNAL")
        backend.kill()
        backend.start()
    equal(HTTPSender(http.port).export(body).status, 400, "after a restart")
    equal(GRPCSender(grpc.port).export(body).status, "INTERNAL", "after a restart")


@test
def backendsDemandCertificates(world):
    authority, stranger = Authority(world.folder, "authority"), Authority(world.folder, "stranger")
    server, client, forged = authority.sign("server"), authority.sign("client"), stranger.sign("forged")
    body = make.traces(2)[0].SerializeToString()
    backend = world.backend("grpc", tls=(*server, authority.file))
    for pair, status in ((client, "OK"), (None, "UNAVAILABLE"), (forged, "UNAVAILABLE")):
        equal(GRPCSender(backend.port, credentials(authority, pair)).export(body).status, status, f"with {pair}")
    backend = world.backend("http", tls=(*server, authority.file))
    for pair, taken in ((client, True), (None, False), (forged, False)):
        try:
            answer = HTTPSender(backend.port, context(authority, pair)).export(body).status
        except OSError:
            answer = None
        equal(answer == 200, taken, f"with {pair}")
