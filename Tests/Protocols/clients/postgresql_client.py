"""Speaks PostgreSQL's protocol: simple, extended, pipelined, copied, failing, long. Prints the names of the spans that
its statements are to have. usage: postgresql_client.py PORT (simple|extended|pipeline|refused|joined|cut|cancel)"""
import json
import sys

port, what = int(sys.argv[1]), sys.argv[2]
names = []
TARGET = {"host": "127.0.0.1", "port": port, "user": "postgres", "dbname": "shop", "sslmode": "prefer",
          "gssencmode": "disable"}


def say(**values):
    """Prints an object."""
    print(json.dumps(values), flush=True)


def ask(cursor, name, text, *arguments, **options):
    """Runs a statement that is to be called so; gives what came, and says what failed."""
    names.append(name)
    try:
        cursor.execute(text, *arguments, **options)
        return cursor.fetchall() if cursor.description else None
    except Exception as error:  # Each client has its own.
        say(failed=error.sqlstate if hasattr(error, "sqlstate") else error.pgcode)
        return None


def psycopg2_cursor():
    import psycopg2
    connection = psycopg2.connect(**TARGET)
    connection.autocommit = True
    return connection, connection.cursor()


def simple():
    connection, cursor = psycopg2_cursor()
    ask(cursor, "CREATE TABLE orders", "CREATE TABLE orders (id INT PRIMARY KEY, name TEXT)")
    for number in range(3):
        ask(cursor, "INSERT orders", "INSERT INTO orders VALUES (%s, %s)", (number, f"secret{number}"))
    assert len(ask(cursor, "SELECT public.orders", "SELECT * FROM public.orders WHERE name <> 'secret'")) == 3
    ask(cursor, "INSERT orders", "INSERT INTO orders VALUES (1, 'secret')")
    ask(cursor, "SELECT nix", "SELECT a FROM nix")
    ask(cursor, "BEGIN SELECT orders COMMIT", "BEGIN; SELECT id FROM orders; COMMIT")
    filler = ", ".join(["'" + "secret " * 10 + "'"] * 1300)
    ask(cursor, "SELECT", f"SELECT {filler} /*traceparent='00-11111111111111111111111111111111-2222222222222222-01'*/")
    assert len(
        ask(cursor, "SELECT generate_series", "SELECT g, repeat('x', 40) FROM generate_series(1, 20000) g")) == 20000
    connection.close()


def psycopg3():
    import psycopg
    return psycopg.connect(**TARGET, autocommit=True)


def extended():
    connection = psycopg3()
    cursor = connection.cursor()
    ask(cursor, "CREATE TABLE things", "CREATE TABLE things (id INT PRIMARY KEY, name TEXT)")
    for number in range(8):
        ask(cursor, "INSERT things", "INSERT INTO things VALUES (%s, %s)", (number, "secret"))
    for _ in range(2):
        assert len(ask(cursor, "SELECT things", "SELECT * FROM things WHERE id > %s", (4,), prepare=True)) == 3
    ask(cursor, "INSERT things", "INSERT INTO things VALUES (%s, %s)", (1, "secret"))
    ask(cursor, "SELECT nix", "SELECT a FROM nix WHERE b = %s", (1,))
    names.append("COPY things")
    with cursor.copy("COPY things FROM STDIN") as copy:
        for number in range(100, 3100):
            copy.write_row((number, "secret" * 5))
    names.append("COPY things")
    with cursor.copy("COPY things TO STDOUT") as copy:
        assert sum(1 for _ in copy.rows()) == 3008
    connection.close()


def pipeline():
    import psycopg
    connection = psycopg3()
    with connection.pipeline():
        names.extend(["CREATE TABLE many", *["INSERT many"] * 5])
        connection.execute("CREATE TABLE many (id INT PRIMARY KEY)")
        for number in range(5):
            connection.execute("INSERT INTO many VALUES (%s)", (number,))
    names.extend(["SELECT many", "INSERT many", "SELECT many"])
    try:
        with connection.pipeline():
            connection.execute("SELECT id FROM many WHERE id = %s", (1,))
            connection.execute("INSERT INTO many VALUES (%s)", (1,))
            connection.execute("SELECT id FROM many WHERE id > %s", (1,))
    except psycopg.Error as error:
        say(failed=error.sqlstate)
    connection.close()


def refused():
    import psycopg2
    try:
        psycopg2.connect(**{**TARGET, "user": "ann", "password": "wrong"})
    except psycopg2.OperationalError:
        say(failed="28P01")
    names.append("CONNECT")


def pause():
    say(ready=True)
    sys.stdin.readline()


def joined():
    connection, cursor = psycopg2_cursor()
    pause()
    for number in range(5):
        ask(cursor, "SELECT", f"SELECT {number}, 'secret'")
    ask(cursor, "SELECT nix", "SELECT a FROM nix")
    connection.close()


def cut():
    connection, cursor = psycopg2_cursor()
    pause()
    names.append("SELECT")
    try:
        cursor.execute("SELECT pg_sleep(30)")
    except Exception as error:
        say(lost=str(type(error)))


def cancel():
    import threading
    connection, cursor = psycopg2_cursor()
    threading.Timer(0.5, connection.cancel).start()
    names.append("CANCEL")
    ask(cursor, "SELECT", "SELECT pg_sleep(30)")
    connection.close()


{"simple": simple, "extended": extended, "pipeline": pipeline, "refused": refused, "joined": joined, "cut": cut,
 "cancel": cancel}[what]()
say(names=names)
