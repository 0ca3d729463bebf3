"""Asks for many orders, with secrets in all that it says. usage: secrets_client.py PORT COUNT"""
import http.client
import json
import sys
import uuid

port, count = int(sys.argv[1]), int(sys.argv[2])
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl"
HEADERS = {
    "Authorization": "Bearer hunter2bearer", "Cookie": "sid=hunter2cookie; a=b", "X-Api-Key": "hunter2apikey",
    "X-Tenant": "gold", "X-Account": "DE02 1203 0000 0000 2020 51",
    "Referer": "https://joe:hunter2referer@shop/cart?token=hunter2query", "User-Agent": f"shop (Bearer {TOKEN})"}
connection = http.client.HTTPConnection("127.0.0.1", port)
statuses = []
for number in range(count):
    paths = [
        f"/edge/users/{number}/orders/{uuid.uuid4()}?token=hunter2token&page={number}", f"/edge/reset/{TOKEN}?hunter2",
        f"/edge/none/{number}", f"/edge/nonesuch{number}/hunter"]
    for path in paths:
        connection.request("GET", path, headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
print(json.dumps({"statuses": statuses}))
