"""Everything there is of a kind, found by loading every module of the platform."""

import importlib
import pkgutil
from types import ModuleType

import gatewright


def load_all(package: ModuleType = gatewright) -> None:
    """Import every module of ``package`` except programs, so that their classes are known."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            importlib.import_module(found.name)


def family(root: type) -> list[type]:
    """Return every subclass of ``root``, near and far, each once, in the order they were written."""
    found: dict[type, None] = {}
    for child in root.__subclasses__():
        found.update(dict.fromkeys((child, *family(child))))
    return list(found)


def room_of(kind: type) -> str:
    """Return the folder under ``gatewright`` in which a class is written."""
    return kind.__module__.split(".")[1]
