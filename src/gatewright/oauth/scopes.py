"""Which scopes are granted: one function, one intersection."""

import re
from collections.abc import Iterable

from gatewright.apis import Api
from gatewright.oauth.errors import InvalidScope
from gatewright.oauth.vocabulary import IDENTITY_SCOPES, SINGLE_CLAIM_SCOPES

_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,256}")
MOST_SCOPES = 200


def parse_scope(text: str | None) -> tuple[str, ...]:
    """Words of a scope parameter in their order, each once. Raises ``InvalidScope`` (RFC 6749 §3.3)."""
    words = tuple(dict.fromkeys((text or "").split(" ")))
    found = tuple(word for word in words if word)
    if len(found) > MOST_SCOPES or not all(map(_TOKEN.fullmatch, found)):
        raise InvalidScope("scope is a list of words, separated by single spaces")
    return found


def is_identity_scope(scope: str) -> bool:
    """Whether the scope asks for claims about the person rather than for something an API does."""
    return scope in IDENTITY_SCOPES or scope in SINGLE_CLAIM_SCOPES


def granted(
    requested: Iterable[str],
    *,
    api: Api | None,
    allowed: frozenset[str] | None = None,
    identity: bool = True,
) -> tuple[str, ...]:
    """The scopes that a request gets: those that exist, here and in the API, and that are allowed.

    ``allowed`` bounds the API's scopes (a user's permissions, a client grant); ``None`` is no bound.
    ``identity`` lets identity scopes through; a client acting for itself has no identity to tell.
    """
    offered = api.scope_values if api else frozenset()
    if allowed is not None:
        offered &= allowed
    return tuple(
        scope
        for scope in requested
        if scope in offered or (identity and is_identity_scope(scope) and not _is_shadowed(scope, api))
    )


def _is_shadowed(scope: str, api: Api | None) -> bool:
    """Whether the API has a scope of this name of its own, which then decides alone."""
    return api is not None and scope in api.scope_values and scope not in IDENTITY_SCOPES
