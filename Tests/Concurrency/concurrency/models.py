"""The models of concurrency: what serves, what is asked of it, and how much of it must be found."""
import dataclasses
import typing

from merged import databases

from . import proxies, services

SHORT = "order=1,look=1"
LOADS = (1, 16, 64, 256)
# Where execution is followed from the request to the call, nothing is left to chance; where work changes hands, little.
LINEAGE, POOLS = 1.0, 0.99

# Where less is reached than owed, what holds on a busy machine of two processors: work that changes hands unseen, while
# many requests are open, leaves nothing but timing, of which only its confidence can be asked to be honest.
REACHED = {
    "python-helper": 0, "python-fan": 0, "java-client": 0, "go-http": 0,
    "go-http-waits": 0, "go-fan": 0, "go-stream": 0, "go-background": 0, "node-waits": 0, "node-fan": 0,
    "node-poll": 0, "asyncio-fan": 0, "asyncio-stream": 0.85, "redis-pool": 0.9, "redis-pool-bare": 0,
    "asyncpg-pool": 0.95, "haproxy": 0, "haproxy-line": 0, "envoy": 0, "python-helper-carried": 0.6}


@dataclasses.dataclass
class Model:
    """One of them."""
    name: str
    what: str
    start: typing.Callable      # of a World: starts it, gives its port
    least: float = POOLS        # share of the links that is owed, at 64 under way at once
    mix: str = SHORT            # OPERATION=SHARE,... of the requests
    most: int = 2000            # requests of a run

    @property
    def floor(self):
        """The share below which the tests fail: what is owed, or what is reached where that is less."""
        return REACHED.get(self.name, self.least)


MODELS = {model.name: model for model in [
    Model("python-threads", "Python: a thread for each connection, blocking client", services.python("threads.py"),
          LINEAGE),
    Model("python-fork", "Python: a process for each request", services.python("threads.py", "--model", "fork"),
          LINEAGE, most=600),
    Model("python-prefork", "Python: 8 processes made beforehand, a request at a time",
          services.python("threads.py", "--model", "prefork"), LINEAGE),
    Model("gunicorn-sync", "gunicorn, 4 sync workers", services.gunicorn("--workers", 4), LINEAGE),
    Model("gunicorn-threads", "gunicorn, 2 workers of 16 threads, kept connections",
          services.gunicorn("--workers", 2, "--threads", 16, "--keep-alive", 60)),
    Model("python-handover", "Python: one thread reads, a pool of 16 calls and answers",
          services.python("threads.py", "--model", "handover", "--threads", 16)),
    Model("python-helper", "Python: a thread for each connection reads and answers, a pool of 16 calls",
          services.python("threads.py", "--model", "helper", "--threads", 16)),
    Model("python-helper-carried", "Python: a pool of 16 calls, the request's id is in a header of its calls",
          services.python("threads.py", "--model", "helper", "--threads", 16, "--carry")),
    Model("java-selector-4", "Java: a selector's thread reads, a pool of 4 calls and answers",
          services.java("selector", 4)),
    Model("java-selector-64", "Java: a selector's thread reads, a pool of 64 calls and answers",
          services.java("selector")),
    Model("java-server", "Java: HttpServer with a pool of 64, HttpURLConnection", services.java("server")),
    Model("java-client", "Java: HttpServer with a pool of 64, HttpClient", services.java("client")),
    Model("java-platform", "Java: a platform thread for each connection", services.java("platform"), LINEAGE),
    Model("java-virtual", "Java 21: a virtual thread for each connection", services.java("virtual", is_21=True)),
    Model("java-server-virtual", "Java 21: HttpServer with a virtual thread for each request, HttpURLConnection",
          services.java("server-virtual", is_21=True)),
    Model("go-raw", "Go: a goroutine for each connection, net.Conn", services.go_raw, LINEAGE),
    Model("go-http", "Go: net/http server and client", services.go_http()),
    Model("go-http-waits", "Go: net/http server and client, waits after calls as well",
          services.go_http(services.WAIT_MS)),
    Model("node", "Node: http server and kept http.Agent, no waits", services.node(wait_ms=0), LINEAGE),
    Model("node-waits", "Node: http server and kept http.Agent, waits by setTimeout", services.node()),
    Model("asyncio", "asyncio: streams, 20 pooled connections", services.python("tasks.py")),
    Model("asyncio-busy", "asyncio: streams, no waits: many requests in one turn of the loop",
          services.python("tasks.py", "--wait", 0)),
    Model("asyncio-context", "asyncio: streams, a context variable set for each request",
          services.python("tasks.py", "--context")),
    Model("aiohttp", "aiohttp: server and client, 20 pooled connections", services.packaged("web.py", "aiohttp")),
    Model("uvicorn", "uvicorn and httpx, 20 pooled connections", services.packaged("asgi.py", "uvicorn", "httpx")),
    Model("uvloop", "uvicorn and httpx on uvloop, 20 pooled connections",
          services.packaged("asgi.py", "uvicorn", "httpx", "uvloop", more=("--loop", "uvloop"))),
    Model("nginx", "nginx, 2 workers, kept upstream connections", proxies.nginx(), LINEAGE),
    Model("haproxy", "HAProxy, 4 threads, shared connections", proxies.haproxy(1024)),
    Model("haproxy-line", "HAProxy, 4 threads, 20 shared connections, for which requests wait in line",
          proxies.haproxy(20)),
    Model("envoy", "Envoy, 2 threads, kept connections", proxies.envoy),
    Model("psycopg2-pool", "PostgreSQL: a thread for each connection, psycopg2's pool of 20",
          services.database("threads", databases.postgresql, "psycopg2-binary"), LINEAGE),
    Model("asyncpg-pool", "PostgreSQL: asyncio, asyncpg's pool of 20",
          services.database("postgresql", databases.postgresql, "asyncpg")),
    Model("redis-pool", "Redis: asyncio, redis-py's pool of 20 (a task for each command), a context variable set",
          services.database("redis", services.redis, "redis", more=("--context",))),
    Model("redis-pool-bare", "Redis: asyncio, redis-py's pool of 20 (a task for each command), no variable set",
          services.database("redis", services.redis, "redis")),
    Model("go-fan", "Go: four calls at once for a request, among short ones", services.go_http(), mix="fan=1,look=1"),
    Model("node-fan", "Node: four calls at once for a request, among short ones", services.node(), mix="fan=1,look=1"),
    Model("asyncio-fan", "asyncio: gather of four calls, among short ones", services.python("tasks.py"),
          mix="fan=1,look=1"),
    Model("asyncio-fan-context", "asyncio: gather of four calls, a context variable set for each request",
          services.python("tasks.py", "--context"), mix="fan=1,look=1"),
    Model("python-fan", "Python: a thread for each connection, four calls at once by a pool of 16",
          services.python("threads.py", "--threads", 16), mix="fan=1,look=1"),
    Model("python-retry", "Python threads: a call that fails is made again",
          services.python("threads.py"), LINEAGE, mix="retry=1,look=1"),
    Model("asyncio-retry", "asyncio: a call that fails is made again", services.python("tasks.py"),
          mix="retry=1,look=1"),
    Model("node-poll", "Node: requests open for seconds among short ones", services.node(), mix="poll=1,look=40"),
    Model("asyncio-poll", "asyncio: requests open for seconds among short ones", services.python("tasks.py"),
          mix="poll=1,look=40"),
    Model("go-stream", "Go: answers that flow while calls are made", services.go_http(), mix="stream=1,look=1"),
    Model("asyncio-stream", "asyncio: answers that flow while calls are made", services.python("tasks.py"),
          mix="stream=1,look=1"),
    Model("asyncio-background", "asyncio: calls every 10 ms that no request asks for",
          services.python("tasks.py", "--beat", "0.01")),
    Model("chain", "asyncio calls Java: a selector's thread reads, a pool of 16 calls and answers",
          services.python("tasks.py", calls=services.java("selector", 16))),
    Model("go-background", "Go: calls every 10 ms that no request asks for", services.go_http(beat_ms=10)),
]}


def requests_of(model, in_flight):
    """How many requests a run has: a few seconds' worth, the service's waits being what they are."""
    return min(model.most, 150 if in_flight == 1 else 100 * in_flight)
