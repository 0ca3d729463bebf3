"""What must hold of a run. Flat is what is no higher in the last quarter of the time than in the second, by their
medians: what grows with time or with traffic cannot hide from that, and what swings with the backend's state does so
alike in both, since each quarter has the same states."""
import statistics

# By how much the median of a column may be higher: a share of it, and so many beside.
BOUNDS = {
    "rss_kib": (0.05, 4096), "files": (0, 8), "threads": (0, 1), "connections": (0.2, 64), "waiting": (0.2, 200),
    "undecided": (0.2, 200), "held_bytes": (0.2, 4 << 20), "queued": (0.2, 500)}
MAP_BOUND = (0.2, 16)
# The heap fills its parts for some minutes: between quarters that are closer than this its share is another.
LEVEL_S, RISING = 480, (0.15, 4096)
NAMES = {
    "rss_kib": "residentMemoryIsFlat", "files": "openFilesAreFlat", "threads": "threadsAreFlat",
    "connections": "connectionsThatAreFollowedAreFlat", "waiting": "exchangesThatWaitAreFlat",
    "undecided": "undecidedExchangesAreFlat", "held_bytes": "whatCorrelationHoldsIsFlat", "queued": "queuesAreFlat"}
# Connections that rest are followed for so long: until then there are more and more of them, as many each second.
RESTING_S = 300
FILLING = ("connections",)
# Fewer samples say nothing.
LEAST_SAMPLES = 16
# What share of a kind's rounds may come to nothing: clients wait for servers on a machine that may be busy.
MAY_FAIL = 0.2


def quarters(rows, warm_up_s):
    """The rows after warming up, in four parts of equal time."""
    begin, end = warm_up_s, rows[-1]["seconds"]
    parts = [[] for _ in range(4)]
    for row in rows:
        if row["seconds"] >= begin:
            parts[min(3, int(4 * (row["seconds"] - begin) / (end - begin)))].append(row)
    return parts


def filled(rows, warm_up_s, before_s):
    """By how much what fills for a while is fuller in the last quarter than in the second, where nothing else makes it
    grow: 1 when both are later than that. The agent was there for some seconds before the first row."""
    former, latter = (
        min(RESTING_S, before_s + statistics.median(row["seconds"] for row in part))
        for part in quarters(rows, warm_up_s)[1::2])
    return latter / former


def growth(rows, warm_up_s, column, bound, filling=1):
    """(what is wrong: it has grown beyond a bound; else None, a line that says how it stands)."""
    parts = quarters(rows, warm_up_s)
    former, latter = (statistics.median(row[column] for row in part) for part in (parts[1], parts[3]))
    share, beside = bound
    most = former * filling * (1 + share) + beside
    said = f"{former:,.0f} in the second quarter, {latter:,.0f} in the last, at most {most:,.0f}"
    return (said, None) if latter > most else (None, said)


def bound_of(column, rows, warm_up_s):
    """By how much a column may be higher in a run of this length."""
    # The second quarter and the last are half of the time apart.
    is_short = (rows[-1]["seconds"] - warm_up_s) / 2 < LEVEL_S
    return RISING if column == "rss_kib" and is_short else BOUNDS.get(column, MAP_BOUND)


def sensitivity(rows, warm_up_s):
    """Bytes that each exchange would have to leave behind for the memory's bound to be broken; None without traffic."""
    parts = quarters(rows, warm_up_s)
    closed = [statistics.median(row["closed"] for row in part) for part in (parts[1], parts[3])]
    share, beside = bound_of("rss_kib", rows, warm_up_s)
    room = 1024 * (statistics.median(row["rss_kib"] for row in parts[1]) * share + beside)
    return room / (closed[1] - closed[0]) if closed[1] > closed[0] else None


def flat(outcome):
    """(name, what is wrong, what is to be said) of all that must not grow."""
    rows, warm_up_s = outcome.rows, outcome.warm_up_s
    columns = [*BOUNDS, *(column for column in rows[0] if column.startswith("map_"))]
    for column in columns:
        if column in outcome.bounded:
            # It fills up by design: what is used least recently makes room.
            most = max(row[column] for row in rows)
            said = f"{most:,.0f} at most, of {outcome.bounded[column]:,}, where the least used makes room"
            yield f"{column.removeprefix('map_')}IsBounded", said if most > outcome.bounded[column] else None, said
            continue
        filling = filled(rows, warm_up_s, outcome.before_s) if column in FILLING else 1
        wrong, said = growth(rows, warm_up_s, column, bound_of(column, rows, warm_up_s), filling)
        if column == "rss_kib":
            least = sensitivity(rows, warm_up_s)
            found = f"; KiB; {least:,.0f} bytes left behind by each exchange would be found" if least else "; KiB"
            wrong, said = (wrong and wrong + found), (said and said + found)
        yield NAMES.get(column, f"{column.removeprefix('map_')}IsFlat"), wrong, said


def talk(outcome):
    """Whether there was traffic at all, of each kind."""
    wrong = []
    for name, rounds in outcome.rounds.items():
        failures = outcome.failures[name]
        if not rounds or len(failures) > max(1, MAY_FAIL * (rounds + len(failures))):
            wrong.append(f"{name}: {rounds} rounds, {len(failures)} failed: {failures[-1] if failures else ''}")
        elif not outcome.recognised.get(outcome.protocols[name]):
            wrong.append(f"{name}: nothing was seen of {outcome.protocols[name]}")
    failed = sum(len(each) for each in outcome.failures.values())
    said = f"{sum(outcome.rounds.values())} rounds of {len(outcome.rounds)} kinds, {failed} failed"
    return "\n    ".join(wrong) or None, said


def sums(outcome):
    """What of the counters does not add up at the end."""
    agent = outcome.agent
    # Received spans are the exporters' as well, which other tests do not know.
    wrong = [line for line in agent.unbalanced(()) if "accepted + refused is not" not in line]
    made = agent.counters.get("spans", 0) + outcome.received
    for name, counts in agent.exporters.items():
        given, took = counts.get("accepted", 0) + counts.get("refused", 0), outcome.took.get(name)
        if given != made:
            wrong.append(f"{name}: accepted + refused is {given}, spans made and received are {made}")
        if took is None or took < counts.get("sent", 0):
            wrong.append(f"{name}: {counts.get('sent')} sent, its backend took {took}")
        elif name.endswith("steady") and took != counts.get("sent", 0):
            wrong.append(f"{name}: {counts.get('sent')} sent, its backend, which was always there, took {took}")
    lost = {name: count for name, count in agent.counters.items() if name.startswith("lost_") and count}
    dropped = {name: counts.get("dropped", 0) + counts.get("refused", 0) for name, counts in agent.exporters.items()}
    said = (f"{agent.counters.get('hooked', 0):,} calls, {made:,} spans, {outcome.reloads} reloads,"
            f" lost {lost or 'nothing'}, not delivered {dropped}")
    return "; ".join(wrong) or None, said


def of(outcome):
    """(name, what is wrong or None, what is to be said) of everything."""
    if len(outcome.rows) < LEAST_SAMPLES:
        yield "itRanLongEnough", f"{len(outcome.rows)} samples", None
        return
    yield "everyKindOfTrafficWasSeen", *talk(outcome)
    yield from flat(outcome)
    yield "countersAddUp", *sums(outcome)
