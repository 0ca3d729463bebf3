#!/usr/bin/env python3
"""Those who ask a service how it is, again and again: a scraper, and whoever probes health, each with its own words.

usage: watchers.py [--mark TEXT] [--every SECONDS] URL

The last part of each path is new. Says in a line of JSON when it is ended how often each has asked.
"""
import argparse
import collections
import json
import signal
import threading
import urllib.parse
import urllib.request

SCRAPER = {"User-Agent": "Prometheus/2.53.0", "Accept": "application/openmetrics-text;version=1.0.0",
           "X-Prometheus-Scrape-Timeout-Seconds": "10"}
# (name, method, headers)
WATCHERS = [
    ("prometheus", "GET", SCRAPER),
    ("another scraper", "GET", {"User-Agent": "vm_promscrape", "X-Prometheus-Scrape-Timeout-Seconds": "10"}),
    ("kubelet", "GET", {"User-Agent": "kube-probe/1.30", "Connection": "close"}),
    ("load balancer", "GET", {"User-Agent": "ELB-HealthChecker/2.0"}),
    ("another load balancer", "HEAD", {"User-Agent": "GoogleHC/1.0"}),
    ("consul", "GET", {"User-Agent": "Consul Health Check"}),
]


def main():
    """Asks until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mark")
    parser.add_argument("--every", default=0.25, type=float)
    parser.add_argument("url")
    options = parser.parse_args()
    over, asked = threading.Event(), collections.Counter()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    while not over.wait(options.every):
        for name, method, headers in WATCHERS:
            path = urllib.parse.quote(f"{name.replace(' ', '-')}-{asked[name]}")
            request = urllib.request.Request(options.url + path, headers=headers, method=method)
            with urllib.request.urlopen(request, timeout=10) as response:
                response.read()
            asked[name] += 1
    print(json.dumps(asked), flush=True)


main()
