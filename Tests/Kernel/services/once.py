"""Sends one request and is gone as soon as it is answered, or at once. usage: once.py HOST PORT PATH [leave] [wait]

With `wait` it gives others time to look at it before its first call."""
import os
import socket
import sys
import time

if "wait" in sys.argv[4:]:
    time.sleep(0.3)
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30)
connection.sendall(f"GET {sys.argv[3]} HTTP/1.1\r\nHost: once\r\nConnection: close\r\n\r\n".encode())
if "leave" not in sys.argv[4:]:
    answer = b""
    while piece := connection.recv(65536):
        answer += piece
    os._exit(0 if answer.startswith(b"HTTP/1.1 200 ") else 1)
os._exit(0)
