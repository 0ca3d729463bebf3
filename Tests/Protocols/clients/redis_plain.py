"""Asks Redis, over one connection, as plainly as can be: HOST PORT COUNT. HOST is a name or an address.

It stays for a moment, since a process that is gone can tell nothing of itself."""
import json
import socket
import sys
import time

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4]
with socket.create_connection(address) as connection:
    for number in range(count):
        key = f"key{number}".encode()
        connection.sendall(b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key))
        if not connection.recv(4096):
            sys.exit("no answer")
    time.sleep(0.5)
print(json.dumps({"address": address[0], "count": count}))
