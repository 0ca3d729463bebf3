"""The tests, in the order in which they are written."""
import collections
import importlib
import pkgutil

Test = collections.namedtuple("Test", "name function tier every_hook")
TESTS = []


def test(function=None, *, tier="kernel", every_hook=True):
    """Marks a test: a function of a World, named by what holds. Those that do not depend on how calls are hooked say
    `every_hook=False` and run once."""
    if function is None:
        return lambda inner: test(inner, tier=tier, every_hook=every_hook)
    TESTS.append(Test(function.__name__, function, tier, every_hook))
    return function


def load(package):
    """Makes every test of a package's modules known."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
