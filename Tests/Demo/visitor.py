#!/usr/bin/env python3
"""The demo's visitor: checks out about once a second, now and then something that is not there.

usage: visitor.py PORT
"""
import http.client
import itertools
import sys
import time

for item in itertools.cycle(["tea", "coffee", "cocoa", "unicorn"]):
    try:
        front = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
        front.request("GET", f"/checkout/{item}")
        front.getresponse().read()
        front.close()
    except OSError:
        # Not listening yet, or no more.
        pass
    time.sleep(1)
