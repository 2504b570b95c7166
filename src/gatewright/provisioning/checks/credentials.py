"""What a tenant file may say of the keys by which a client proves itself."""

import re
from collections.abc import Iterator

from gatewright.clients import Client, CredentialSettings
from gatewright.jose.public_keys import public_key_of
from gatewright.provisioning.entry_kinds import ClientEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.target.credentials import seconds_of

MOST_ENABLED = 2
"""Keys that count at a time: one, and the next while it takes over."""

MOST_KEPT = 10
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KID = re.compile(r"[A-Za-z0-9_-]{10,64}")
_LONGEST_NAME = 128


def check_methods(entry: Entry[ClientEntry], current: Client | None) -> Iterator[Problem]:
    """``client_authentication_methods`` of one of ``clients``; ``current`` is that client, if it is there."""
    methods = entry.value.client_authentication_methods
    if methods is None:
        return
    if "token_endpoint_auth_method" in entry.given:
        path = inside(entry.path, "token_endpoint_auth_method")
        yield Problem(path, "stands beside client_authentication_methods; wanted: one of the two")
    path = inside(entry.path, "client_authentication_methods.private_key_jwt.credentials")
    credentials = methods.private_key_jwt.credentials
    if not 1 <= len(credentials) <= MOST_ENABLED:
        yield Problem(path, f"{len(credentials)} keys; wanted: 1 to {MOST_ENABLED}")
    for place, written in enumerate(credentials):
        yield from check_credential(f"{path}[{place}]", written, current)


def check_credential(path: str, written: CredentialSettings, current: Client | None) -> Iterator[Problem]:
    """One key, be it new or one of ``current``."""
    kept = {each.credential_id for each in current.credentials} if current else set()
    if written.id and not _ID.fullmatch(written.id):
        yield Problem(inside(path, "id"), f"read {shown(written.id)}; wanted: letters, digits, _ and -")
    if not written.pem:
        if written.id not in kept:
            yield Problem(path, "no such key is kept; wanted: pem, or the id of a key of this client")
        return
    try:
        ends = public_key_of(written.pem).expires_at
    except ValueError as error:
        yield Problem(inside(path, "pem"), f"{error}, not shown; wanted: an RSA public key or certificate")
        return
    if written.parse_expiry_from_cert and ends is None:
        where = inside(path, "parse_expiry_from_cert")
        yield Problem(where, "a bare key has no expiry; wanted: a certificate, or expires_at")
    yield from _check_words(path, written)


def check_expiry(path: str, text: str) -> Iterator[Problem]:
    """When a key ends; "" is never."""
    try:
        if text:
            seconds_of(text)
    except (ValueError, OverflowError):
        yield Problem(path, f"read {shown(text)}; wanted: a date and time like 2030-01-31T12:00:00Z")


def _check_words(path: str, written: CredentialSettings) -> Iterator[Problem]:
    if written.kid and not _KID.fullmatch(written.kid):
        wanted = "10 to 64 letters, digits, _ and -"
        yield Problem(inside(path, "kid"), f"read {shown(written.kid)}; wanted: {wanted}")
    if len(written.name) > _LONGEST_NAME:
        yield Problem(
            inside(path, "name"), f"{len(written.name)} characters; wanted: at most {_LONGEST_NAME}"
        )
    yield from check_expiry(inside(path, "expires_at"), written.expires_at)
