"""Sends statements with trace contexts in their comments. Each has a name of its own as an alias; prints for each name
the trace and the span that its spans are to hang from, null where there is none to be found.
usage: sqlcomments_client.py PORT (pymysql|psycopg2|psycopg|sqlalchemy-mysql|sqlalchemy-postgresql|mysql|postgresql)"""
import base64
import json
import random
import re
import sys
import urllib.parse

port, what = int(sys.argv[1]), sys.argv[2]
MYSQL = {"host": "127.0.0.1", "port": port, "user": "ann", "password": "secret", "database": "shop"}
POSTGRESQL = {"host": "127.0.0.1", "port": port, "user": "postgres", "dbname": "shop", "sslmode": "disable",
              "gssencmode": "disable"}
MEGABYTES = 10
expected = {}
# The statement that is executed three times.
repeated = []


# Instrumented: what the SDK writes down itself is the truth.

def instrumented(run):
    """Runs statements within spans of an SDK, and expects each under the span that the instrumentation made of it."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    tracer = trace.get_tracer("test")

    def each(execute):
        for number in range(5):
            with tracer.start_as_current_span("request"):
                execute(f"SELECT {number}, 'it''s /* traceparent: x */' AS q{number}")
        with tracer.start_as_current_span("request"):
            execute(f"SELECT 7 AS q5, LENGTH('{'x' * 20000}')")

    run(each)
    for span in exporter.get_finished_spans():
        text = span.attributes.get("db.statement") or span.attributes.get("db.query.text") or ""
        name = re.search(r"AS (q\d+)", text)
        if name:
            expected[name[1]] = [f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}"]
    assert len(expected) == 6, f"the SDK told of {sorted(expected)}"


def pymysql_instrumented(each):
    import pymysql
    from opentelemetry.instrumentation.pymysql import PyMySQLInstrumentor
    PyMySQLInstrumentor().instrument(enable_commenter=True)
    connection = pymysql.connect(**MYSQL)
    with connection.cursor() as cursor:
        each(cursor.execute)
    connection.close()


def psycopg2_instrumented(each):
    import psycopg2
    from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
    Psycopg2Instrumentor().instrument(enable_commenter=True, skip_dep_check=True)
    connection = psycopg2.connect(**POSTGRESQL)
    with connection.cursor() as cursor:
        each(cursor.execute)
    connection.close()


def psycopg_instrumented(each):
    import psycopg
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    PsycopgInstrumentor().instrument(enable_commenter=True, skip_dep_check=True)
    connection = psycopg.connect(**POSTGRESQL)
    with connection.cursor() as cursor:
        each(cursor.execute)
    connection.close()


def sqlalchemy_instrumented(url):
    def run(each):
        import sqlalchemy
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
        engine = sqlalchemy.create_engine(url)
        SQLAlchemyInstrumentor().instrument(engine=engine, enable_commenter=True)
        with engine.connect() as connection:
            each(lambda text: connection.execute(sqlalchemy.text(text)))
        engine.dispose()
    return run


# Written by hand.

def context(isFound=True):
    """A context, and what is expected of a statement that has it: the next name."""
    trace, span = f"{random.getrandbits(127) + 1:032x}", f"{random.getrandbits(63) + 1:016x}"
    name = f"q{len(expected)}"
    expected[name] = [trace, span] if isFound else None
    return name, f"00-{trace}-{span}-01"


def text(value):
    """A field of sw8."""
    return base64.b64encode(value.encode()).decode()


def skywalking(trace):
    """A context of SkyWalking's, and the span that it names: the segment's bytes mixed with the index and folded."""
    segment, index = random.randbytes(16), 3
    mixed = bytes(byte ^ other for byte, other in zip(segment, index.to_bytes(4, "little") + bytes(12)))
    fields = ["1", text(trace), text(segment.hex()), str(index), *map(text, ("shop", "one", "/buy", "10.0.0.1:80"))]
    return "-".join(fields), bytes(mixed[place] ^ mixed[place + 8] for place in range(8)).hex()


def dialects():
    """Statements with a context of each dialect, in sqlcommenter's form and in others."""
    for style in ("/*{key}='{encoded}'*/", "/* {key}: {value}, and so on */", "-- {key}={value}"):
        for dialect in ("sw8", "uber-trace-id", "b3", "x-b3", "both"):
            name, value = context()
            trace, span = expected[name]
            if dialect == "both":
                # The first of the configured order counts, wherever it stands.
                name = f"{name} /* sw8: {skywalking(trace[::-1])[0]} */"
                key = "traceparent"
            elif dialect == "sw8":
                key = dialect
                value, expected[name][1] = skywalking(trace)
            elif dialect == "x-b3":
                yield f"SELECT 1 AS {name} /* x-b3-traceid: {trace}, X-B3-SpanId={span} x-b3-sampled=1 */"
                continue
            else:
                key = dialect
                value = f"{trace}:{span}:0:1" if dialect == "uber-trace-id" else f"{trace}-{span}-1"
            encoded = urllib.parse.quote(value, safe="")
            yield f"SELECT 1 AS {name} {style.format(key=key, value=value, encoded=encoded)}"


def statements():
    """Statements of both dialects: in every style, hostile ones, and a long one."""
    for style in (
            "SELECT 1 AS {name} /*traceparent='{value}',route='%2Fa'*/",
            "SELECT 1 AS {name} /* traceparent: {value} */", "/* traceparent={value} */ SELECT 1 AS {name}",
            "SELECT /* of it's traceparent = {value}, ok */ 1 AS {name}",
            "SELECT 1 AS {name} -- traceparent: {value}", "-- traceparent:{value}\n"
            "SELECT 1 AS {name}", "SELECT 1 AS {name} /* (traceparent: {value}). */;",
            "SELECT 1 AS {name} /*traceparent='{value}',tracestate='a%3D1%2Cb%3D2'*/",
            "SELECT '/*', 1 AS {name} /*traceparent='{value}'*/"):
        name, value = context()
        yield style.format(name=name, value=value)
    for style in (
            "SELECT 1 AS {name}, '/* traceparent: {value} */'", "SELECT 1 AS {name} /*traceparent='{value}%zz'*/",
            "SELECT 1 AS {name} /* traceparent: {value} traceparent: {value} */",
            "SELECT 1 AS {name} /* traceparent: {value}",
            "SELECT 1 AS {name}, 'it''s -- traceparent: {value}'", "SELECT /*+ traceparent: {value} */ 1 AS {name}",
            "SELECT 1 AS {name} /*traceparent='00-00000000000000000000000000000000-{value}'*/"):
        name, value = context(isFound=False)
        yield style.format(name=name, value=value)
    for length in (5000, 8150, 8192, 9000, 100_000, MEGABYTES << 20):
        name, value = context()
        yield f"SELECT 1 AS {name}, LENGTH('{'x' * length}') /*traceparent='{value}'*/"
    name, value = context()
    yield f"SELECT 1 AS {name}, LENGTH('{'x' * (MEGABYTES << 20)}') -- traceparent: {value}"
    yield from dialects()
    name, value = context(isFound=False)
    yield f"SELECT 1 AS {name}, LENGTH('{'/*' * (MEGABYTES << 19)}'), 'traceparent: {value} */'"


def ask(cursor, text, **options):
    """Runs a statement, which may fail: some are to."""
    try:
        cursor.execute(text, **options)
        cursor.fetchall()
    except Exception as error:  # Each client has its own.
        print(f"{text[:100]}: {str(error)[:100]}", file=sys.stderr)


def mysql():
    import mysql.connector
    import pymysql
    connection = pymysql.connect(**MYSQL, autocommit=True)
    cursor = connection.cursor()
    for text in statements():
        ask(cursor, text)
    name, value = context()
    ask(cursor, f"SELECT 1 AS {name} # traceparent={value}")
    for style in (
            "SELECT 1 AS {name}, \"/* traceparent: {value} */\"",
            "SELECT 1 AS {name}, 'it\\'s /* traceparent: {value} */'",
            "SELECT 1 AS {name} --traceparent: {value}\n", "SELECT 1 AS {name} /*! traceparent: {value} */",
            "SELECT 1 AS {name} /*M!999999 traceparent: {value} */",
            "SELECT 1 AS {name}, 2 AS `/* traceparent: {value} */`"):
        name, value = context(isFound=False)
        ask(cursor, style.format(name=name, value=value))
    connection.close()
    connection = mysql.connector.connect(**MYSQL, use_pure=True, ssl_disabled=True)
    cursor = connection.cursor(prepared=True)
    name, value = context()
    repeated.append(name)
    for number in range(3):
        cursor.execute(f"SELECT %s AS {name} /*traceparent='{value}'*/", (number,))
        cursor.fetchall()
    name, value = context()
    cursor.execute(f"SELECT %s AS {name}, LENGTH('{'x' * 100_000}') /*traceparent='{value}'*/", (1,))
    cursor.fetchall()
    connection.close()


def postgresql():
    import psycopg
    import psycopg2
    connection = psycopg2.connect(**POSTGRESQL)
    connection.autocommit = True
    cursor = connection.cursor()
    for text in statements():
        ask(cursor, text)
    for style in (
            "SELECT 1 AS {name} --traceparent: {value}\n", "SELECT 1 AS {name} /* /* traceparent: {value} */ */",
            "SELECT 1 AS {name}, E'a\\\\' /* traceparent: {value} */"):
        name, value = context()
        ask(cursor, style.format(name=name, value=value))
    for style in (
            "SELECT 1 AS {name}, $$ /* traceparent: {value} */ $$",
            "SELECT 1 AS {name}, $a$ $$ -- traceparent: {value}\n$a$",
            "SELECT 1 AS {name}, E'it\\'s /* traceparent: {value} */'",
            "SELECT 1 AS {name}, 2 AS \"/*traceparent: {value}*/\""):
        name, value = context(isFound=False)
        ask(cursor, style.format(name=name, value=value))
    connection.close()
    connection = psycopg.connect(**POSTGRESQL, autocommit=True)
    name, value = context()
    repeated.append(name)
    for number in range(3):
        connection.execute(f"SELECT %s::int AS {name} /*traceparent='{value}'*/", (number,), prepare=True).fetchall()
    with connection.pipeline():
        for _ in range(3):
            name, value = context()
            connection.execute(f"SELECT %s::int AS {name} /*traceparent='{value}'*/", (1,))
    name, value = context()
    long = f"SELECT %s::int AS {name}, LENGTH('{'x' * 100_000}') /*traceparent='{value}'*/"
    connection.execute(long, (1,)).fetchall()
    connection.close()


{
    "pymysql": lambda: instrumented(pymysql_instrumented), "psycopg2": lambda: instrumented(psycopg2_instrumented),
    "psycopg": lambda: instrumented(psycopg_instrumented),
    "sqlalchemy-mysql": lambda: instrumented(
        sqlalchemy_instrumented(f"mysql+pymysql://ann:secret@127.0.0.1:{port}/shop")),
    "sqlalchemy-postgresql": lambda: instrumented(
        sqlalchemy_instrumented(f"postgresql+psycopg2://postgres@127.0.0.1:{port}/shop?sslmode=disable")),
    "mysql": mysql, "postgresql": postgresql,
}[what]()
print(json.dumps({"expected": expected, "repeated": repeated}), flush=True)
