"""What tests say when something does not hold."""
from harness.process import Failure


def check(condition, message):
    """Fails unless it holds."""
    if not condition:
        raise Failure(message)


def equal(found, expected, what):
    """Fails unless both are the same."""
    if found != expected:
        raise Failure(f"{what}: {found!r}, expected {expected!r}")


def require(problems):
    """Fails with what is wrong, the first of it in full."""
    problems = list(problems)
    if problems:
        more = f"\n    ... and {len(problems) - 8} more" if len(problems) > 8 else ""
        raise Failure(f"{len(problems)} wrong\n    " + "\n    ".join(line[:3000] for line in problems[:8]) + more)
