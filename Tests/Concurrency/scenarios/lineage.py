"""Where execution is followed from the request to the call, every link is right."""
from concurrency.hold import hold
from harness.registry import test


@test
def aThreadForEachConnectionIsFollowed(world):
    hold(world, "python-threads")


@test(every_hook=False)
def aThreadForEachConnectionIsFollowedOneAtATime(world):
    hold(world, "python-threads", in_flight=1)


@test(every_hook=False)
def aThreadForEachConnectionIsFollowedAmong256(world):
    hold(world, "python-threads", in_flight=256)


@test(every_hook=False)
def aProcessForEachRequestIsFollowed(world):
    hold(world, "python-fork")


@test(every_hook=False)
def processesMadeBeforehandAreFollowed(world):
    hold(world, "python-prefork")


@test(every_hook=False)
def gunicornsSyncWorkersAreFollowed(world):
    hold(world, "gunicorn-sync")


@test(every_hook=False)
def javasPlatformThreadsAreFollowed(world):
    hold(world, "java-platform")


@test
def aGoroutineForEachConnectionIsFollowed(world):
    hold(world, "go-raw")


@test
def nodeWithoutWaitsIsFollowed(world):
    hold(world, "node")


@test(every_hook=False)
def nginxsKeptConnectionsAreFollowed(world):
    hold(world, "nginx")


@test(every_hook=False)
def aThreadsPoolOfDatabaseConnectionsIsFollowed(world):
    hold(world, "psycopg2-pool")


@test(every_hook=False)
def aThreadsCallMadeAgainIsFollowed(world):
    hold(world, "python-retry")
