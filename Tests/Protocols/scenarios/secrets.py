"""What of requests leaves, and how they are named: nginx in front of a shop that asks Redis and MariaDB, with secrets
in every place there is for them."""
import collections
import pathlib

from harness.python import python_with
from harness.registry import test
from harness.world import check

from live import web
from live.world import CLIENTS

from . import mysql

COUNT = 40
TOKEN = "eyJhbGciOiJIUzI1NiJ9"
ALLOWED = ["x-tenant", "x-account", "x-served-by", "content-location", "referer", "authorization", "cookie",
           "set-cookie", "x-api-key"]
REDACT = {"headers": {"allow": ALLOWED}, "patterns": [r"DE\d{2}( ?\d{4}){4} ?\d{2}"]}


def shop(world):
    """A shop behind nginx, with its cache and its database: the port of nginx, and all of them."""
    database, _ = mysql.served(world)
    cache, port = world.port(), world.port()
    world.server(
        "redis",
        ["redis-server", "--port", cache, "--bind", "127.0.0.1", "--save", "", "--requirepass", "hunter2cache"],
        cache)
    python = python_with("redis", "PyMySQL")
    world.server("shop", [python, "-B", CLIENTS / "secrets_server.py", port, cache, database], port)
    # What nginx knows nothing of, the shop was never asked for.
    front = web.front(world, f"""
        location /edge/ {{ proxy_pass http://127.0.0.1:{port}/shop/; }}
        location ~ ^/edge/nonesuch {{ return 404; }}""")
    return front, (front, port, cache, database)


def observed(world, front, ports, service=None, **options):
    """The spans of the shop while its client runs, and all the text that was exported. What others have taught the
    agent of services of the same names is not known to it."""
    service = {"state_directory": str(world.folder / "state"), **(service or {})}
    agent = world.agent_starting(service=service, **options).wait_until_active()
    said = world.client("secrets_client.py", front, COUNT)
    statuses = collections.Counter(said[0]["statuses"])
    check(statuses == {200: 2 * COUNT, 404: 2 * COUNT}, f"the shop answered {statuses}")
    world.finish(agent, front)
    spans = {span.span_id: span for port in ports for span in world.spans(agent, port)}
    return list(spans.values()), pathlib.Path(agent.spans_file).read_text()


def no_secret(text):
    """Nothing that is called hunter2, and no token, is in what was exported."""
    for secret in ("hunter2", TOKEN):
        place = text.find(secret)
        check(place < 0, f"{secret} has left: ...{text[max(place - 200, 0):place + 40]}...")


def names(spans, kind):
    """How many spans of HTTP have which names."""
    return collections.Counter(
        span.name for span in spans if span.kind == kind and "http.request.method" in span.attributes)


@test(every_hook=False)
def secretsStayAndHeadersThatAreAllowedLeave(world):
    spans, text = observed(world, *shop(world), processors={"redact": REDACT})
    no_secret(text)
    check("DE02" not in text, "what a pattern names has left")
    web_spans = [span for span in spans if "http.request.method" in span.attributes]
    check(len(web_spans) == 14 * COUNT, f"{len(web_spans)} spans of HTTP")
    for span in web_spans:
        headers = {
            key.removeprefix("http.request.header."): value for key, value in span.attributes.items()
            if key.startswith("http.request.header.")}
        check(headers == {
            "x-tenant": ["gold"], "x-account": ["REDACTED"], "authorization": ["REDACTED"], "cookie": ["REDACTED"],
            "x-api-key": ["REDACTED"], "referer": ["https://REDACTED@shop/cart?token=REDACTED"]}, f"{span}")
        if span.attributes.get("http.response.header.x-served-by"):
            check(span.attributes["http.response.header.set-cookie"] == ["REDACTED"], f"{span}")
            check(span.attributes["http.response.header.content-location"] == ["/shop/here?token=REDACTED"], f"{span}")
    served = [span for span in web_spans if span.attributes.get("http.response.header.x-served-by") == ["shop"]]
    check(len(served) == 12 * COUNT, f"{len(served)} spans with the response's header")
    statements = {span.attributes.get("db.query.text") for span in spans} - {None}
    check("SELECT ? FROM DUAL WHERE ? <> ? AND ? > ?" in statements, f"{statements}")
    check("SET session:REDACTED ?" in statements, f"{statements}")


@test(every_hook=False)
def manyIdsHaveOneName(world):
    spans, text = observed(world, *shop(world))
    no_secret(text)
    check(".header." not in text, "headers leave by default")
    expected = {
        "SERVER": {
            "GET /edge/users/{id}/orders/{id}": COUNT, "GET /shop/users/{id}/orders/{id}": COUNT,
            "GET /edge/reset/{id}": COUNT, "GET /shop/reset/{id}": COUNT, "GET": 3 * COUNT},
    }
    # Clients' calls are known by whom they are addressed to: nginx and the shop are two, as the services are.
    expected["CLIENT"] = expected["SERVER"]
    for kind, wanted in expected.items():
        check(names(spans, kind) == wanted, f"{kind}: {names(spans, kind)}")
    for span in spans:
        if span.kind == "SERVER" and span.name.startswith("GET /"):
            check(span.name == f"GET {span.attributes['http.route']}", f"{span}")
        if span.kind == "CLIENT" and span.name.startswith("GET /"):
            check(span.name == f"GET {span.attributes['url.template']}", f"{span}")


@test(every_hook=False)
def configuredRoutesAndRulesAct(world):
    spans, text = observed(
        world, *shop(world), processors={"redact": {"query": "drop", "sql": "drop"}},
        service={"routes": ["/edge/none/{what}", "/{place}/users/*"]})
    no_secret(text)
    check(all("?" not in span.attributes.get("url.full", "") and "url.query" not in span.attributes for span in spans),
          "queries are left")
    check(not any(span.attributes.get("db.query.text") for span in spans
                  if span.attributes.get("db.system.name") in ("mysql", "mariadb")), "statements are left")
    check({span.name for span in spans if span.attributes.get("db.system.name") in ("mysql", "mariadb")} >= {
        "SELECT DUAL"}, "summaries are missing")
    wanted = {
        "GET /edge/none/{what}": COUNT, "GET /{place}/users/*": 2 * COUNT, "GET /edge/reset/{id}": COUNT,
        "GET /shop/reset/{id}": COUNT, "GET": 2 * COUNT}
    check(names(spans, "SERVER") == wanted, f"{names(spans, 'SERVER')}")
