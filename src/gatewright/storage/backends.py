"""THE LIST of backends: URL scheme → driver. A driver is imported when it is chosen."""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from gatewright.kernel.errors import Invalid
from gatewright.storage.database import Database

_WANTED = "wanted: sqlite:///relative/path, sqlite:////absolute/path or postgresql://user@host:5432/name"


def open_database(url: str) -> Database:
    """The database that ``url`` names, made but not yet opened.

    Raises ``Invalid`` saying what was seen, without the password, and what is wanted.
    """
    try:
        parts = urlsplit(url)
        return _BACKENDS[parts.scheme](url, parts)
    except (KeyError, ValueError) as error:
        reason = f": {error}" if isinstance(error, _Wrong) else ""
        raise Invalid(f"{_shown(url)} is not the URL of a database{reason}; {_WANTED}") from None


class _Wrong(ValueError):
    """What is wrong with a URL, in words without secrets."""


def _sqlite(url: str, parts: SplitResult) -> Database:
    if parts.netloc or not url.startswith("sqlite:///"):
        raise _Wrong("a path follows three slashes")
    if parts.query or parts.fragment:
        raise _Wrong("? and # have no meaning in it")
    path = parts.path[1:]
    if not path or path.endswith("/") or path == ":memory:":
        raise _Wrong("the path of a file is needed")
    return _driver("sqlite", "SqliteDatabase")(Path(path))


def _postgresql(url: str, parts: SplitResult) -> Database:
    _ = parts.port  # raises ValueError when it is no number
    if "@" in parts.path + parts.query + parts.fragment:
        raise _Wrong("special characters in user and password must be percent-encoded")
    if not parts.path.strip("/"):
        raise _Wrong("the name of the database is missing")
    return _driver("postgres", "PostgresDatabase")(url)


_BACKENDS: Mapping[str, Callable[[str, SplitResult], Database]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "postgres": _postgresql,
}


def _driver(module: str, name: str) -> Callable[..., Database]:
    driver: Callable[..., Database] = getattr(importlib.import_module(f"gatewright.storage.{module}"), name)
    return driver


def _shown(url: str) -> str:
    """The URL without anything that may be, or hold, a password."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "a value without ://"
    host = rest.rpartition("@")[2].partition("?")[0]
    return f"{scheme}://{'…@' if '@' in rest else ''}{host}"
