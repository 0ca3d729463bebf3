"""Speaks to MongoDB by pymongo and prints the name of each span that must come of it.

usage: mongodb_client.py PORT plain|compressed|joined
"""
import json
import sys

import pymongo
from pymongo.cursor_shared import CursorType
from pymongo.errors import OperationFailure, BulkWriteError, DuplicateKeyError

port, how = sys.argv[1:]
options = {"compressors": "zlib"} if how == "compressed" else {}
client = pymongo.MongoClient("127.0.0.1", int(port), directConnection=True, **options)
shop = client.shop


def tell(name, status="UNSET", **more):
    print(json.dumps({"name": name, "status": status, **more}), flush=True)


def failing(name, code, call):
    try:
        call()
    except (OperationFailure, BulkWriteError, DuplicateKeyError):
        tell(name, "ERROR", code=code)


client.admin.command("ping")
if how == "joined":
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
if how == "compressed":
    # What is inside cannot be told: a ping as well as a find.
    tell("mongodb")
    shop.users.find_one({"name": "s3cret"})
    shop.users.insert_one({"name": "s3cret"})
    tell("mongodb")
    tell("mongodb")
else:
    shop.users.find_one({"name": "s3cret"})
    tell("find users")
    shop.users.insert_many([{"name": "s3cret"}, {"name": "x"}, {"name": "y"}])
    tell("insert users", size=3)
    shop.carts.update_one({"name": "s3cret"}, {"$set": {"a": 1}})
    tell("update carts")
    shop.carts.delete_many({"name": "s3cret"})
    tell("delete carts")
    list(shop.carts.aggregate([{"$match": {"name": "s3cret"}}]))
    tell("aggregate carts")
    failing("find broken", "26", lambda: shop.broken.find_one())
    failing("insert dups", "11000", lambda: shop.dups.insert_one({"name": "s3cret"}))
    list(shop.many.find())
    tell("find many")
    tell("getMore many")
    list(shop.many.find(cursor_type=CursorType.EXHAUST))
    tell("find many")
    tell("getMore many")
    unacknowledged = shop.get_collection("logs", write_concern=pymongo.WriteConcern(w=0))
    unacknowledged.insert_one({"name": "s3cret"})
    tell("insert logs")
    shop.long.insert_one({"name": "s3cret" * 200_000})
    tell("insert long")
    shop.long.find_one()
    tell("find long")
client.close()
