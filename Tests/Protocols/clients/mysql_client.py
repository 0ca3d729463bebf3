"""Speaks MySQL's protocol: text and prepared, failing, several results, long, compressed. Prints the names of the spans
that its statements are to have. usage: mysql_client.py PORT (text|binary|compressed|refused|joined|cut)"""
import json
import sys

port, what = int(sys.argv[1]), sys.argv[2]
names = []


def say(**values):
    """Prints an object."""
    print(json.dumps(values), flush=True)


def ask(cursor, name, text, *arguments):
    """Runs a statement that is to be called so; gives what failed, if it did."""
    names.append(name)
    try:
        cursor.execute(text, *arguments)
        return cursor.fetchall() if cursor.description else None
    except Exception as error:  # Each client has its own.
        say(failed=error.args[0])
        return None


def text_protocol(pause=False):
    """Statements as text, by PyMySQL."""
    import pymysql
    connection = pymysql.connect(
        host="127.0.0.1", port=port, user="ann", password="secret", database="shop", autocommit=True,
        client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS, local_infile=True)
    # What it sends by itself.
    names.append("SET")
    cursor = connection.cursor()
    if pause:
        say(ready=True)
        sys.stdin.readline()
        names.clear()
    return connection, cursor


def text():
    connection, cursor = text_protocol()
    ask(cursor, "CREATE TABLE orders", "CREATE TABLE orders (id INT PRIMARY KEY, name VARCHAR(20))")
    for number in range(3):
        ask(cursor, "INSERT orders", "INSERT INTO orders VALUES (%s, %s)", (number, f"secret{number}"))
    rows = ask(cursor, "SELECT orders", "SELECT * FROM orders WHERE name <> 'secret'")
    assert len(rows) == 3
    ask(cursor, "INSERT orders", "INSERT INTO orders VALUES (1, 'secret')")
    ask(cursor, "SELECT nix", "SELECT a FROM nix")
    names.append("SELECT SELECT orders")
    cursor.execute("SELECT 'secret'; SELECT id FROM orders")
    while cursor.nextset():
        cursor.fetchall()
    connection.ping(reconnect=False)
    connection.select_db("mysql")
    names.append("USE mysql")
    ask(cursor, "SELECT shop.orders", "SELECT COUNT(*) FROM shop.orders")
    filler = ", ".join(["'" + "secret " * 10 + "'"] * 1300)
    ask(cursor, "SELECT", f"SELECT {filler} /*traceparent='00-11111111111111111111111111111111-2222222222222222-01'*/")
    ask(cursor, "SELECT", "SELECT 'secret', seq FROM (SELECT 1 AS seq) AS one")
    names[-1] = "SELECT SELECT"
    ask(cursor, "SELECT seq_1_to_20000", "SELECT seq, REPEAT('x', 40) FROM seq_1_to_20000")
    connection.close()


def binary(compress=False):
    import mysql.connector
    connection = mysql.connector.connect(
        host="127.0.0.1", port=port, user="ann", password="secret", database="shop", autocommit=True, use_pure=True,
        compress=compress, ssl_disabled=True)
    if compress:
        cursor = connection.cursor()
        for number in range(3):
            cursor.execute(f"SELECT {number}, REPEAT('secret', 100)")
            cursor.fetchall()
            names.append("mariadb")
    else:
        cursor = connection.cursor(prepared=True)
        ask(cursor, "CREATE TABLE things", "CREATE TABLE things (id INT PRIMARY KEY, name VARCHAR(20))")
        for number in range(4):
            ask(cursor, "INSERT things", "INSERT INTO things VALUES (%s, %s)", (number, "secret"))
        assert len(ask(cursor, "SELECT things", "SELECT * FROM things WHERE id > %s", (0,))) == 3
        ask(cursor, "INSERT things", "INSERT INTO things VALUES (%s, %s)", (1, "secret"))
    connection.close()


def refused():
    import pymysql
    try:
        pymysql.connect(host="127.0.0.1", port=port, user="ann", password="wrong", database="shop")
    except pymysql.err.OperationalError as error:
        say(failed=error.args[0])
    names.append("CONNECT")


def joined():
    connection, cursor = text_protocol(pause=True)
    for number in range(5):
        ask(cursor, "SELECT", f"SELECT {number}, 'secret'")
    ask(cursor, "SELECT nix", "SELECT a FROM nix")
    connection.close()


def cut():
    import pymysql
    connection, cursor = text_protocol(pause=True)
    names.append("DO")
    try:
        cursor.execute("DO SLEEP(30)")
    except pymysql.err.Error as error:
        say(failed=error.args[0])


{
    "text": text, "binary": binary, "compressed": lambda: binary(True), "refused": refused, "joined": joined,
    "cut": cut,
}[what]()
say(names=names)
