"""Work that changes hands: pools of threads, tasks and goroutines that share connections."""
from concurrency.hold import hold
from harness.registry import test


@test
def aPoolsThreadThatAnswersGivesItselfAway(world):
    hold(world, "java-selector-64")


@test(every_hook=False)
def soDoesOneOfFourThatAreAlwaysBusy(world):
    hold(world, "java-selector-4")


@test(every_hook=False)
def aPoolsThreadGivesItselfAwayAmong256(world):
    hold(world, "java-selector-64", in_flight=256)


@test(every_hook=False)
def aPythonPoolIsFollowedFromItsAnswers(world):
    hold(world, "python-handover")


@test(every_hook=False)
def gunicornsThreadsAreFollowed(world):
    hold(world, "gunicorn-threads")


@test(every_hook=False)
def javasHttpServerIsFollowed(world):
    hold(world, "java-server")


@test(every_hook=False)
def virtualThreadsAreFollowed(world):
    hold(world, "java-virtual")


@test(every_hook=False)
def virtualThreadsOfHttpServerAreFollowed(world):
    hold(world, "java-server-virtual")


@test
def asyncioIsFollowed(world):
    hold(world, "asyncio")


@test(every_hook=False)
def asyncioIsFollowedAmong256(world):
    hold(world, "asyncio", in_flight=256)


@test(every_hook=False)
def turnsOfManyRequestsAreFollowed(world):
    hold(world, "asyncio-busy")


@test(every_hook=False)
def aiohttpIsFollowed(world):
    hold(world, "aiohttp")


@test(every_hook=False)
def uvicornAndHttpxAreFollowed(world):
    hold(world, "uvicorn")


@test
def goroutinesThatShareConnectionsAreFollowed(world):
    hold(world, "go-http")


@test(every_hook=False)
def haproxysSharedConnectionsAreFollowed(world):
    hold(world, "haproxy")


@test(every_hook=False)
def asyncpgsPoolIsFollowed(world):
    hold(world, "asyncpg-pool")


@test(every_hook=False)
def redisPysPoolIsFollowed(world):
    hold(world, "redis-pool")
