"""The samples as a picture: an SVG that needs nothing else."""
import html
import itertools

WIDTH, HEIGHT, LEFT, TOP, GAP = 1100, 130, 90, 50, 42
RIGHT = 190
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b")
# What the backend's states are drawn in; up is white.
SHADES = {"refusing": "#f4c7c3", "hanging": "#fce8b2", "busy": "#d7e3f4"}
MIB = 1 << 20


def _rates(rows, column):
    """Increase a second, of each row from the one before."""
    pairs = zip(rows, rows[1:])
    return [0.0, *((after[column] - before[column]) / max(after["seconds"] - before["seconds"], 1e-3)
                   for before, after in pairs)]


def panels(rows):
    """(title, {series: values}) from top to bottom."""
    def column(name, divided_by=1):
        return [row[name] / divided_by for row in rows]

    maps = [name for name in rows[0] if name.startswith("map_")]
    return [
        ("resident memory, MiB", {"resident": column("rss_kib", 1024)}),
        ("descriptors and threads", {"open files": column("files"), "threads": column("threads")}),
        ("entries of maps", {name.removeprefix("map_"): column(name) for name in maps}),
        ("held", {"connections": column("connections"), "waiting": column("waiting"),
                  "undecided": column("undecided")}),
        ("spans in queues", {"queued": column("queued")}),
        ("a second", {"spans": _rates(rows, "spans"), "records lost in rings": _rates(rows, "ring_full")}),
        ("processor time, s/s", {"agent": _rates(rows, "cpu_s")})]


def _nice(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _shades(rows, x, height):
    """Where the backend was away."""
    for state, group in itertools.groupby(rows, key=lambda row: row["state"]):
        group = list(group)
        if state in SHADES:
            left, right = x(group[0]["seconds"]), x(group[-1]["seconds"] + 1)
            yield (f'<rect x="{left:.1f}" y="{TOP}" width="{max(right - left, 1):.1f}" height="{height}"'
                   f' fill="{SHADES[state]}" fill-opacity="0.5"/>')


def _panel(title, series, seconds, x, top):
    highest = max((max(values) for values in series.values()), default=0) or 1
    yield f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{html.escape(title)}</text>'
    yield f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888"/>'
    for share in (0, 0.5, 1):
        y = top + HEIGHT * (1 - share)
        yield f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_nice(highest * 1.05 * share)}</text>'
    for index, (name, values) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        points = " ".join(f"{x(second):.1f},{top + HEIGHT * (1 - max(value, 0) / (highest * 1.05)):.1f}"
                          for second, value in zip(seconds, values))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>'
        yield (f'<text x="{LEFT + WIDTH + 8}" y="{top + 14 + 16 * index}" fill="{colour}">'
               f'{html.escape(name)} {_nice(values[-1])}</text>')


def of(outcome):
    """The picture of a run."""
    rows = outcome.rows
    drawn = panels(rows)
    seconds = [row["seconds"] for row in rows]
    length = max(seconds[-1], 1)
    height = len(drawn) * (HEIGHT + GAP) - GAP

    def x(second):
        return LEFT + WIDTH * min(second, length) / length

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" height="{TOP + height + 40}"'
        ' font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="18">interspan, {length / 60:.1f} minutes of mixed traffic; shaded: the backend refuses'
        ' (red), hangs (yellow), is busy (blue); left of the dashed line: warming up</text>', *_shades(rows, x, height)]
    for index, (title, series) in enumerate(drawn):
        parts += _panel(title, series, seconds, x, TOP + index * (HEIGHT + GAP))
    edge = x(outcome.warm_up_s)
    parts.append(f'<line x1="{edge:.1f}" x2="{edge:.1f}" y1="{TOP}" y2="{TOP + height}" stroke="#444"'
                 ' stroke-dasharray="4 4"/>')
    for share in range(0, 11, 2):
        parts.append(f'<text x="{LEFT + WIDTH * share / 10}" y="{TOP + height + 18}" text-anchor="middle">'
                     f'{length * share / 600:.1f} min</text>')
    return "\n".join([*parts, "</svg>", ""])
