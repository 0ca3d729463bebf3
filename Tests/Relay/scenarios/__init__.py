"""The tests by what they are about."""
import importlib
import pkgutil


def load():
    """Makes every test known."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
