"""What a service does for a request."""
import os
import queue
import urllib.request

# Connections to a database, fewer than there are requests at once.
POOL = 8
TIMEOUT_S = 60


class Call:
    """A request to another service."""

    def __init__(self, where, forward):
        self.port, _, self.prefix = where.partition("/")
        self.forward = forward

    def run(self, number, headers, instrument):
        """Asks and reads the whole answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{self.prefix}/{number}")
        for name in self.forward:
            if headers[name]:
                request.add_header(name, headers[name])
        with instrument.calling(request):
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                response.read()


class Pool:
    """Connections that are open from the start; a request waits until one is free."""

    def __init__(self, connect):
        self.free = queue.Queue()
        for _ in range(POOL):
            self.free.put(connect())

    def execute(self, statement):
        """Runs a statement."""
        connection = self.free.get(timeout=TIMEOUT_S)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                cursor.fetchall()
        finally:
            self.free.put(connection)


class MySQL:
    """A statement to MariaDB, with what the request brought as a comment, written by hand."""

    def __init__(self, port, _):
        import pymysql
        self.pool = Pool(lambda: pymysql.connect(
            host="127.0.0.1", port=int(port), user="root", autocommit=True))

    def run(self, number, headers, _):
        """The number is an alias, since values leave the agent as `?`."""
        context = headers["traceparent"]
        comment = f" /*traceparent='{context}',application='shop'*/" if context else ""
        self.pool.execute(f"SELECT 17 * 3 AS n{number}{comment}")


class PostgreSQL:
    """A statement to PostgreSQL; what stands in a comment is the instrumentation's business."""

    def __init__(self, port, _):
        import psycopg2

        def connect():
            connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres")
            connection.autocommit = True
            return connection
        self.pool = Pool(connect)

    def run(self, number, _, instrument):
        """The number is an alias, since values leave the agent as `?`."""
        self.pool.execute(f"SELECT 4 + 5 AS n{number}")


KINDS = {"http": Call, "mysql": MySQL, "postgresql": PostgreSQL}
os.environ.setdefault("PGSSLMODE", "disable")


def parse(text, forward):
    """A step as it stands on the command line."""
    kind, _, where = text.partition(":")
    return KINDS[kind](where, forward)
