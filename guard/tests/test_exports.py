"""The one open door of the package."""

import subprocess
import sys
import types

import gatewright_guard


def test_exports():
    """Every public name of the package is in __all__, and every name there exists."""
    public = {
        name
        for name, value in vars(gatewright_guard).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public | {"errors"} == set(gatewright_guard.__all__)


def test_everything_is_documented():
    """Every public name says what it is."""
    undocumented = [name for name in gatewright_guard.__all__ if not getattr(gatewright_guard, name).__doc__]
    assert undocumented == []


def test_light():
    """Importing the guard loads neither a web framework nor an HTTP client nor the platform."""
    heavy = "{'gatewright', 'fastapi', 'starlette', 'httpx2', 'pydantic', 'anyio'}"
    code = f"import sys, gatewright_guard, gatewright_guard.asgi; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
