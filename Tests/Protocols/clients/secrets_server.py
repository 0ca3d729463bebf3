"""A shop that asks a cache and a database for what it answers, with secrets in all that it says.
usage: secrets_server.py PORT REDIS_PORT MYSQL_PORT"""
import http.server
import sys
import threading

import pymysql
import redis

port, cache_port, database_port = map(int, sys.argv[1:])
# As in secrets_client.py: what a JSON Web Token looks like.
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl"
own = threading.local()


def connections():
    if not hasattr(own, "cache"):
        own.cache = redis.Redis(port=cache_port, password="hunter2cache")
        own.database = pymysql.connect(
            host="127.0.0.1", port=database_port, user="ann", password="secret", database="shop", autocommit=True)
    return own.cache, own.database


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        cache, database = connections()
        cache.set(f"session:{TOKEN}", "hunter2value")
        with database.cursor() as cursor:
            cursor.execute("SELECT 1 FROM DUAL WHERE 'hunter2literal' <> '' AND 4711 > 0 /* hunter2comment */")
        body = b"hunter2body"
        self.send_response(404 if self.path.startswith("/shop/none") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "sid=hunter2setcookie")
        self.send_header("Content-Location", "/shop/here?token=hunter2location")
        self.send_header("X-Served-By", "shop")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
