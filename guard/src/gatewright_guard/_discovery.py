"""From an issuer to its key set: which URL comes next, given what came before (OpenID Connect Discovery §4).

No I/O: a plan yields URLs and is sent bodies, so that waiting is the affair of who drives it.
"""

import json
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from gatewright_guard._keyset import StaticKeys

MAX_DOCUMENT = 256 * 1024
"""Bytes of the longest discovery document or key set that is read."""

_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))

Plan = Generator[str, bytes, StaticKeys]


def plan(issuer: str) -> Plan:
    """Yields the discovery document's URL, then that of the key set, and returns its keys.

    Raises ``ValueError`` that says what is wrong with an answer.
    """
    document = _object((yield f"{issuer.rstrip('/')}/.well-known/openid-configuration"), "discovery document")
    if document.get("issuer") != issuer:
        # §4.3, against keys slipped in by another issuer.
        raise ValueError(f"the discovery document is of issuer {str(document.get('issuer'))[:200]!r}")
    uri = document.get("jwks_uri")
    if not isinstance(uri, str):
        raise ValueError("the discovery document names no jwks_uri")
    local = urlsplit(issuer).hostname in _LOOPBACK
    return StaticKeys.from_jwks(_object((yield check_url(uri, "jwks_uri", loopback=local)), "key set"))


def check_url(url: str, name: str, *, loopback: bool = True) -> str:
    """``url`` when it is https, or http to this machine where ``loopback`` allows that.

    Raises ``ValueError`` that speaks of ``name``.
    """
    parts = urlsplit(url)
    local = loopback and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or local) or not parts.hostname or "@" in parts.netloc or "#" in url:
        raise ValueError(f"{name}: seen {url[:200]!r}, expected an https URL (http only to localhost)")
    return url


def _object(body: bytes, name: str) -> dict[str, Any]:
    if len(body) > MAX_DOCUMENT:
        raise ValueError(f"the {name} has {len(body)} bytes, more than {MAX_DOCUMENT}")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(f"the {name} is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError(f"the {name} is not a JSON object")
    return value
