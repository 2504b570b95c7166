"""What a tenant file may say of APIs and client grants."""

import re
from collections.abc import Iterator

from gatewright.apis import Api
from gatewright.provisioning.checks.values import check_id, check_name, check_range, check_repeated
from gatewright.provisioning.defaults import web_lifetime
from gatewright.provisioning.entry_kinds import ApiEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry

LONGEST_IDENTIFIER = 600
LONGEST_TOKEN = 2_592_000
"""Seconds; the wire's limit for access tokens."""

SHORTEST_HMAC_SECRET = 32
"""Bytes: an HS256 key is at least as long as the hash (RFC 7518 §3.2)."""

_SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,280}")


def check_api(entry: Entry[ApiEntry], current: Api | None, reserved: frozenset[str]) -> Iterator[Problem]:
    """One of ``resourceServers``; ``reserved`` are identifiers that belong to the system."""
    api, path = entry.value, entry.path
    yield from check_name(inside(path, "name"), api.name)
    yield from check_id(inside(path, "identifier"), api.identifier, longest=LONGEST_IDENTIFIER)
    if api.identifier in reserved:
        yield Problem(inside(path, "identifier"), "belongs to the system; wanted: an identifier of your own")
    yield from _check_scopes(entry)
    yield from _check_lifetimes(entry)
    yield from _check_secret(entry, current)


def _check_scopes(entry: Entry[ApiEntry]) -> Iterator[Problem]:
    path = inside(entry.path, "scopes")
    for place, scope in enumerate(entry.value.scopes):
        if not _SCOPE_TOKEN.fullmatch(scope.value):
            wanted = 'printable ASCII without space, " and \\ (RFC 6749 §3.3)'
            yield Problem(f"{path}[{place}].value", f"read {shown(scope.value)}; wanted: {wanted}")
    yield from check_repeated(path, "value", (scope.value for scope in entry.value.scopes))


def _check_lifetimes(entry: Entry[ApiEntry]) -> Iterator[Problem]:
    api, path = entry.value, entry.path
    yield from check_range(inside(path, "token_lifetime"), api.token_lifetime, 1, LONGEST_TOKEN, "seconds")
    web = web_lifetime(entry)
    yield from check_range(
        inside(path, "token_lifetime_for_web"), web, 1, api.token_lifetime, "seconds (token_lifetime)"
    )


def _check_secret(entry: Entry[ApiEntry], current: Api | None) -> Iterator[Problem]:
    secret, path = entry.value.signing_secret, inside(entry.path, "signing_secret")
    if entry.value.signing_alg != "HS256":
        if secret:
            yield Problem(path, f"an API with {entry.value.signing_alg} has none; wanted: signing_alg HS256")
    elif "signing_secret" in entry.given:
        if len(secret.encode()) < SHORTEST_HMAC_SECRET:
            wanted = f"at least {SHORTEST_HMAC_SECRET} (RFC 7518 §3.2)"
            yield Problem(path, f"{len(secret.encode())} bytes, not shown; wanted: {wanted}")
    elif current is None or not current.sealed_secret:
        yield Problem(path, "missing; wanted: the secret that an HS256 API shares with the server")
