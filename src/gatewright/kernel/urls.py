"""Redirect URIs, origins and loopback: strict parsing, exact comparison.

Nothing is normalised before it is compared (RFC 9700 §2.1, RFC 3986 §6.2.1 simple string comparison):
two URLs match when they are the same characters. The one exception is the port of a loopback address,
for native applications only (RFC 8252 §7.3).
"""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_ALLOWED = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_LOOPBACK_PORT = re.compile(r"^(http://(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(/.*|\?.*|)$")
_DANGEROUS_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})


def parse_absolute(url: str) -> SplitResult | None:
    """Splits an absolute URI without fragment or user information; ``None`` when it is anything else.

    Refuses control characters, spaces, backslashes and everything else RFC 3986 does not allow,
    so that no two parsers can read the result differently.
    """
    if not _ALLOWED.fullmatch(url) or not _SCHEME.match(url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() in _DANGEROUS_SCHEMES or "@" in parts.netloc:
        return None
    if parts.scheme in ("http", "https") and not parts.hostname:
        return None
    return parts


def is_registered(url: str, registered: Iterable[str], *, any_loopback_port: bool = False) -> bool:
    """Whether ``url`` is one of ``registered``, character by character.

    With ``any_loopback_port`` (native applications) ``http://127.0.0.1`` and ``http://[::1]``
    match whatever their port (RFC 8252 §7.3).
    """
    if parse_absolute(url) is None:
        return False
    candidates = tuple(registered)
    if url in candidates:
        return True
    portless = _without_loopback_port(url) if any_loopback_port else None
    return portless is not None and portless in map(_without_loopback_port, candidates)


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of an http(s) URL as browsers send it in ``Origin``; ``""`` for others.

    A default port is left out, as RFC 6454 §6.2 has it.
    """
    parts = parse_absolute(url)
    if parts is None or parts.scheme not in ("http", "https"):
        return ""
    default = 443 if parts.scheme == "https" else 80
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, default) else "")


def is_loopback(url: str) -> bool:
    """Whether the URL points at this very machine by address or by the name ``localhost``."""
    parts = parse_absolute(url)
    if parts is None or parts.hostname is None:
        return False
    return parts.hostname in ("localhost", "127.0.0.1", "::1") or parts.hostname.endswith(".localhost")


def _without_loopback_port(url: str) -> str | None:
    found = _LOOPBACK_PORT.match(url)
    return found.group(1) + found.group(2) if found else None
