"""A judgement that cannot find fault is worth nothing: faults are planted, and it must find each."""
import math
import types

from . import judgement, plot

SECONDS, WARM_UP_S = 240, 60
STEADY = {
    "rss_kib": 60_000, "files": 40, "threads": 18, "connections": 300, "waiting": 20, "undecided": 5,
    "held_bytes": 9000, "queued": 50, "map_own": 12, "closed": 0, "spans": 0, "ring_full": 0, "lost": 0, "cpu_s": 0}


def planted(change=lambda second, row: {}, before_s=300):
    """A run in which nothing grows but what is planted, by an agent that was there for a while."""
    rows = []
    for second in range(SECONDS):
        swing = math.sin(second * math.tau / 45)
        row = {"seconds": float(second), "state": "up", **{
            column: value * (1 + 0.1 * swing) if column not in ("files", "threads", "rss_kib") else value
            for column, value in STEADY.items()}}
        row["closed"] = row["spans"] = 500 * second
        # What comes at the start and stays is no leak.
        row["rss_kib"] -= max(0, 40 - second) * 500
        row.update(change(second, row))
        rows.append(row)
    counters = {"hooked": 10, "submitted": 10, "consumed": 10, "opened": 4, "closed": 4, "spans": 4, "unsampled": 0,
                "refused": 0}
    agent = types.SimpleNamespace(
        counters=counters, unbalanced=lambda losses: [],
        exporters={"otlp_http/steady": {"accepted": 5, "sent": 5, "dropped": 0, "queued": 0, "refused": 0}})
    return types.SimpleNamespace(
        rows=rows, warm_up_s=WARM_UP_S, rounds={"one": 20}, failures={"one": []}, protocols={"one": "http1"},
        recognised={"http1": 3.0}, bounded={}, before_s=before_s, reloads=2, received=1,
        took={"otlp_http/steady": 5}, agent=agent)


def wrong_of(outcome):
    """The names of what is found to be wrong."""
    return {name for name, wrong, _ in judgement.of(outcome) if wrong}


def grown(column, by_second):
    """A run in which a column grows steadily."""
    return planted(lambda second, row: {column: row[column] + by_second * second})


def problems():
    """What the judgement does not find, or finds where there is nothing."""
    wrong = []
    if found := wrong_of(planted()):
        wrong.append(f"nothing is wrong, and yet {found}")
    # What fills for five minutes is no leak at first, and one afterwards. What grows faster than it fills always is.
    def filling(second, row):
        return {"connections": min(300, 60 + second) * 5}
    if found := wrong_of(planted(filling, before_s=60)):
        wrong.append(f"it only fills, and yet {found}")
    cases = {
        "residentMemoryIsFlat": grown("rss_kib", 200), "openFilesAreFlat": grown("files", 0.1),
        "threadsAreFlat": grown("threads", 0.03), "connectionsThatAreFollowedAreFlat": grown("connections", 2),
        "exchangesThatWaitAreFlat": grown("waiting", 4), "undecidedExchangesAreFlat": grown("undecided", 4),
        "whatCorrelationHoldsIsFlat": grown("held_bytes", 100_000), "queuesAreFlat": grown("queued", 10),
        "ownIsFlat": grown("map_own", 0.4), "everyKindOfTrafficWasSeen": planted(), "countersAddUp": planted()}
    cases["everyKindOfTrafficWasSeen"].recognised = {}
    cases["countersAddUp"].took = {"otlp_http/steady": 4}
    for name, outcome in cases.items():
        if wrong_of(outcome) != {name}:
            wrong.append(f"{name} is wrong, found is {wrong_of(outcome) or 'nothing'}")
    quick = planted(lambda second, row: {"connections": (60 + second) ** 2 / 20}, before_s=60)
    if "connectionsThatAreFollowedAreFlat" not in wrong_of(quick):
        wrong.append("it fills ever faster, and that was not found")
    # In a run that is ten times as long less is a leak.
    slow = grown("rss_kib", 100)
    for row in slow.rows:
        row["seconds"] *= 10
    if wrong_of(grown("rss_kib", 100)) or "residentMemoryIsFlat" not in wrong_of(slow):
        wrong.append("memory that grows slowly is not judged by the length of the run")
    silent = planted()
    silent.rounds["one"] = 0
    if "everyKindOfTrafficWasSeen" not in wrong_of(silent):
        wrong.append("nobody talked, and that was not found")
    if not plot.of(planted()).rstrip().endswith("</svg>"):
        wrong.append("the plot has no end")
    return wrong
