"""Requests of uncommon shapes: many calls at once, calls made again, long ones, answers that flow, calls of nobody."""
from concurrency.hold import hold
from harness.registry import test


@test(every_hook=False)
def callsAtOnceInGoBelongToTheirRequest(world):
    hold(world, "go-fan")


@test(every_hook=False)
def gatheredCallsBelongToTheirRequestByItsContext(world):
    hold(world, "asyncio-fan-context")


@test(every_hook=False)
def callsMadeAgainBelongToTheirRequest(world):
    hold(world, "asyncio-retry")


@test(every_hook=False)
def longRequestsTakeNothingFromShortOnes(world):
    hold(world, "asyncio-poll")


@test(every_hook=False)
def answersThatFlowWhileCallsAreMade(world):
    hold(world, "asyncio-stream")


@test(every_hook=False)
def callsOfNobodyArePutUnderNobody(world):
    hold(world, "asyncio-background")


@test(every_hook=False)
def aChainOfLoopAndPoolIsOneTrace(world):
    hold(world, "chain")
