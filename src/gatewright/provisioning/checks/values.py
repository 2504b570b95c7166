"""Small checks that several entities share; each yields what is wrong with one value."""

import re
from collections.abc import Iterable, Iterator

from gatewright.kernel.urls import origin_of, parse_absolute
from gatewright.provisioning.problems import Problem, inside, shown

LONGEST_NAME = 255
_SPACE_OR_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]")


def check_name(path: str, name: str, *, longest: int = LONGEST_NAME) -> Iterator[Problem]:
    """A name that people read: something, and not too much of it."""
    if not name.strip() or len(name) > longest:
        yield Problem(path, f"{len(name)} characters; wanted: 1 to {longest}, not only spaces")
    elif any(ord(character) < 32 for character in name):
        yield Problem(path, f"read {shown(name)}; wanted: a name without control characters")


def check_id(path: str, value: str, *, longest: int = LONGEST_NAME) -> Iterator[Problem]:
    """An identifier that programs send: no spaces, no control characters."""
    if not value or len(value) > longest or _SPACE_OR_CONTROL.search(value):
        yield Problem(path, f"read {shown(value)}; wanted: 1 to {longest} characters without spaces")


def check_redirects(path: str, urls: Iterable[str]) -> Iterator[Problem]:
    """Addresses a browser may be sent to: absolute, exact, without fragment (RFC 6749 §3.1.2)."""
    for place, url in enumerate(urls):
        if "*" in url:
            wanted = "an exact address; wildcards would let others receive codes and tokens"
        elif parse_absolute(url) is None:
            wanted = "an absolute address without #fragment, user name, space or script scheme"
        else:
            continue
        yield Problem(f"{path}[{place}]", f"read {shown(url)}; wanted: {wanted}")


def check_origins(path: str, origins: Iterable[str]) -> Iterator[Problem]:
    """Origins of scripts: ``https://host[:port]`` (RFC 6454 §6.2), one slash at the end forgiven."""
    for place, origin in enumerate(origins):
        if "*" in origin or not origin_of(origin) or origin_of(origin) != origin.removesuffix("/"):
            wanted = "an origin like https://app.example.com, lower case, no path, no wildcard"
            yield Problem(f"{path}[{place}]", f"read {shown(origin)}; wanted: {wanted}")


def check_web_address(path: str, url: str) -> Iterator[Problem]:
    """An address that pages show or link to; "" is none."""
    parts = parse_absolute(url) if url else None
    if url and (parts is None or parts.scheme not in ("http", "https")):
        yield Problem(path, f"read {shown(url)}; wanted: an address that begins with https:// or http://")


def check_range(path: str, value: float, lowest: float, highest: float, unit: str) -> Iterator[Problem]:
    """A number within limits."""
    if not lowest <= value <= highest:
        yield Problem(path, f"read {value}; wanted: {lowest} to {highest} {unit}".rstrip())


def check_repeated(section: str, field: str, values: Iterable[str]) -> Iterator[Problem]:
    """That no two entries of a list carry the same value; "" is none. ``values`` are in the file's order."""
    first: dict[str, int] = {}
    for place, value in enumerate(values):
        if value and first.setdefault(value, place) != place:
            path = inside(f"{section}[{place}]", field)
            yield Problem(path, f"{shown(value)} is {section}[{first[value]}] already")
