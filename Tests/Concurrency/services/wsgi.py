"""A WSGI application for gunicorn, with blocking calls; configured by BACKEND, TRUTH and WAIT in the environment."""
import http.client
import os
import random
import threading
import time

import common

kept = threading.local()
truth = common.Truth(os.environ["TRUTH"])
WAIT = float(os.environ["WAIT"])


def call(operation, request):
    """One call, over the thread's own connection."""
    if not hasattr(kept, "connection"):
        kept.connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["BACKEND"]), timeout=30)
    kept.connection.request("GET", f"/{operation}/{truth.call(request)}")
    with kept.connection.getresponse() as response:
        response.read()


def application(environment, start_response):
    """One request."""
    operation, request = common.split(environment["PATH_INFO"])
    time.sleep(common.pause(WAIT))
    if operation == "order":
        call("stock", request)
        time.sleep(common.pause(WAIT))
        call("price", request)
    elif random.random() < 0.5:
        call("price", request)
    time.sleep(common.pause(WAIT))
    start_response("200 OK", [("Content-Length", "5")])
    return [b"done\n"]
