"""What a tenant file may say of clients."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gatewright.clients import LEGACY_GRANT_TYPES, Client, RefreshTokenSettings
from gatewright.kernel.urls import is_loopback, origin_of
from gatewright.provisioning.checks.apis import LONGEST_TOKEN, SHORTEST_HMAC_SECRET
from gatewright.provisioning.checks.credentials import check_methods
from gatewright.provisioning.checks.values import (
    check_id,
    check_name,
    check_origins,
    check_range,
    check_redirects,
    check_web_address,
)
from gatewright.provisioning.defaults import auth_method, jwt_configuration
from gatewright.provisioning.entry_kinds import ClientEntry
from gatewright.provisioning.management import DEVELOPMENT_CLIENT
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry

_AUTH0 = "http://auth0.com/oauth"
GRANT_TYPES = frozenset(
    {
        *LEGACY_GRANT_TYPES,
        "authorization_code",
        "client_credentials",
        "implicit",
        "password",
        "refresh_token",
        f"{_AUTH0}/grant-type/mfa-oob",
        f"{_AUTH0}/grant-type/mfa-otp",
        f"{_AUTH0}/grant-type/mfa-recovery-code",
        f"{_AUTH0}/grant-type/password-realm",
        f"{_AUTH0}/grant-type/passwordless/otp",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
    }
)
"""Grant types a client may list, by the wire's names."""

SHORTEST_SECRET = 8
LONGEST_SECRET = 512
LONGEST_LEEWAY = 60
LONGEST_REFRESH = 157_788_000
"""Seconds: five years."""

_BASE64URL = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}(?:==)?|[A-Za-z0-9_-]{3}=?)?")
_LINKS = ("logo_uri", "policy_uri", "tos_uri")
_MOST_METADATA, _LONGEST_METADATA, _LONGEST_DESCRIPTION = 10, 255, 140


def check_client(entry: Entry[ClientEntry], current: Client | None = None) -> Iterator[Problem]:
    """One of ``clients``; ``current`` is that client, if it is there."""
    client, path = entry.value, entry.path
    yield from check_name(inside(path, "name"), client.name)
    if "client_id" in entry.given:
        yield from check_id(inside(path, "client_id"), client.client_id)
    if client.client_id == DEVELOPMENT_CLIENT:
        yield Problem(inside(path, "client_id"), "belongs to the system; wanted: an id of your own")
    yield from check_redirects(inside(path, "callbacks"), client.callbacks)
    yield from check_redirects(inside(path, "allowed_logout_urls"), client.allowed_logout_urls)
    yield from check_origins(inside(path, "web_origins"), client.web_origins)
    yield from check_origins(inside(path, "allowed_origins"), client.allowed_origins)
    yield from _check_words(entry)
    yield from _check_grant_types(entry)
    yield from _check_secret(entry)
    yield from _check_lifetimes(entry)
    yield from check_methods(entry, current)


def _check_words(entry: Entry[ClientEntry]) -> Iterator[Problem]:
    client, path = entry.value, entry.path
    for name in _LINKS:
        yield from check_web_address(inside(path, name), getattr(client, name))
    if client.initiate_login_uri and not _starts_login(client.initiate_login_uri):
        wanted = "an https address without #fragment (http for loopback hosts)"
        message = f"read {shown(client.initiate_login_uri)}; wanted: {wanted}"
        yield Problem(inside(path, "initiate_login_uri"), message)
    location = client.cross_origin_loc
    if location and not (origin_of(location) and _starts_login(location)):
        wanted = "an https address without #fragment (http for loopback hosts)"
        yield Problem(inside(path, "cross_origin_loc"), f"read {shown(location)}; wanted: {wanted}")
    if len(client.description) > _LONGEST_DESCRIPTION:
        message = f"{len(client.description)} characters; wanted: at most {_LONGEST_DESCRIPTION}"
        yield Problem(inside(path, "description"), message)
    pairs = client.client_metadata
    if len(pairs) > _MOST_METADATA or any(len(k + v) > 2 * _LONGEST_METADATA for k, v in pairs.items()):
        wanted = f"at most {_MOST_METADATA} pairs of texts of {_LONGEST_METADATA} characters"
        yield Problem(inside(path, "client_metadata"), f"{len(pairs)} pairs; wanted: {wanted}")


def _starts_login(url: str) -> bool:
    return not list(check_redirects("", [url])) and (urlsplit(url).scheme == "https" or is_loopback(url))


def _check_grant_types(entry: Entry[ClientEntry]) -> Iterator[Problem]:
    client, path = entry.value, inside(entry.path, "grant_types")
    for place, grant_type in enumerate(client.grant_types):
        if grant_type not in GRANT_TYPES:
            yield Problem(f"{path}[{place}]", f"read {shown(grant_type)}; wanted: a grant type of the wire")
        elif grant_type == "client_credentials" and auth_method(entry) == "none":
            wanted = "a client that keeps a secret: token_endpoint_auth_method client_secret_post"
            yield Problem(
                f"{path}[{place}]", f"client_credentials is not for public clients; wanted: {wanted}"
            )


def _check_secret(entry: Entry[ClientEntry]) -> Iterator[Problem]:
    secret, path = entry.value.client_secret, inside(entry.path, "client_secret")
    if "client_secret" not in entry.given:
        return
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        wanted = f"{SHORTEST_SECRET} to {LONGEST_SECRET}, better 32 or more"
        yield Problem(path, f"{len(secret)} characters, not shown; wanted: {wanted}")
    elif entry.value.jwt_configuration.secret_encoded and not _BASE64URL.fullmatch(secret):
        yield Problem(path, "not base64url, which secret_encoded says it is; value not shown")


def weak_secret(entry: Entry[ClientEntry]) -> str:
    """Why a given secret is weaker than it should be, in words; "" when it is not."""
    secret = entry.value.client_secret
    if not secret:
        return ""
    if jwt_configuration(entry).alg == "HS256" and len(secret) < SHORTEST_HMAC_SECRET:
        return f"signs id_tokens (HS256) and has less than {SHORTEST_HMAC_SECRET} bytes (RFC 7518 §3.2)"
    return "has less than 16 characters" if len(secret) < 16 else ""


def _check_lifetimes(entry: Entry[ClientEntry]) -> Iterator[Problem]:
    client, refresh = entry.value, entry.value.refresh_token
    path = inside(entry.path, "refresh_token")
    yield from check_range(
        inside(entry.path, "jwt_configuration.lifetime_in_seconds"),
        client.jwt_configuration.lifetime_in_seconds,
        1,
        LONGEST_TOKEN,
        "seconds",
    )
    if client.default_max_age is not None:
        age = inside(entry.path, "default_max_age")
        yield from check_range(age, client.default_max_age, 0, LONGEST_REFRESH, "seconds")
    yield from check_range(inside(path, "leeway"), refresh.leeway, 0, LONGEST_LEEWAY, "seconds")
    for name in ("token_lifetime", "idle_token_lifetime"):
        yield from check_range(inside(path, name), getattr(refresh, name), 1, LONGEST_REFRESH, "seconds")
    yield from _check_idle(path, refresh)


def _check_idle(path: str, refresh: RefreshTokenSettings) -> Iterator[Problem]:
    endless = refresh.infinite_token_lifetime or refresh.infinite_idle_token_lifetime
    written = refresh.idle_token_lifetime != RefreshTokenSettings().idle_token_lifetime
    if written and not endless and refresh.idle_token_lifetime > refresh.token_lifetime:
        wanted = f"at most token_lifetime, {refresh.token_lifetime}"
        yield Problem(
            inside(path, "idle_token_lifetime"), f"read {refresh.idle_token_lifetime}; wanted: {wanted}"
        )
