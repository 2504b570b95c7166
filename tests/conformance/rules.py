"""The ground rules of certification, as one set of checks for every answer.

A rule that fails a module raises ``AssertionError``; one that only warns returns its warning.
The numbers in docstrings are sections of OpenID Connect Core, Discovery or RFC 6749, as named.
"""

import base64
import hashlib
import math
import re
import string
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

Claims = Mapping[str, Any]

LEAST_ENTROPY = 96
A_YEAR = 31_536_000
LATE = 300
PRINTABLE = {chr(code) for code in range(0x20, 0x7F)} - set('"\\')
ERROR_PARAMETERS = {"error", "error_description", "error_uri", "state", "session_state", "iss"}
PROTOCOL_CLAIMS = {
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid"),
    *("at_hash", "c_hash", "s_hash", "nbf", "jti", "txn"),
}
BOOLEANS = {"email_verified", "phone_number_verified"}
TEXTS = {
    *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile"),
    *("picture", "website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number"),
}
ADDRESS_MEMBERS = {"formatted", "street_address", "locality", "region", "postal_code", "country"}
KEY_MEMBERS = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}}
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
CLAIMS = {
    "profile": {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    },
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}
BASE64URL = set(string.ascii_letters + string.digits + "-_")


def entropy(text: str) -> float:
    """Bits of the whole text by the frequency of its characters, as the suite measures."""
    shares = [count / len(text) for count in Counter(text).values()]
    return len(text) * -sum(share * math.log2(share) for share in shares)


def check_random(text: str) -> None:
    """Codes and tokens are long and random enough (RFC 6749 §10.10)."""
    assert len(text) >= 16, "shorter than 128 bits"
    assert entropy(text) > LEAST_ENTROPY, f"only {entropy(text):.0f} bits of entropy"


def check_error(parameters: Mapping[str, str]) -> Iterator[str]:
    """``error`` and its description use the characters they may (RFC 6749 §4.1.2.1, §5.2)."""
    assert set(parameters["error"]) <= PRINTABLE
    assert set(parameters.get("error_description", "")) <= PRINTABLE | set("\r\n\t")
    if set(parameters.get("error_description", "")) & set("\r\n\t"):
        yield "error_description has line breaks or tabs"


def check_json(response: httpx2.Response, status: int = 200) -> Any:
    """A JSON answer of that status; returns its body."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].partition(";")[0] == "application/json"
    return response.json()


def check_token_error(response: httpx2.Response, code: str) -> None:
    """A refusal of the token endpoint (RFC 6749 §5.2)."""
    allowed = (400, 401) if code == "invalid_client" else (400,)
    assert response.status_code in allowed
    body = check_json(response, response.status_code)
    assert body["error"] == code
    assert list(check_error(body)) == []


def check_token_answer(response: httpx2.Response) -> Iterator[str]:
    """A token answer (RFC 6749 §5.1)."""
    body = check_json(response)
    assert "no-store" in response.headers["cache-control"]
    assert body["token_type"].lower() == "bearer"
    check_random(body["access_token"])
    if "refresh_token" in body:
        check_random(body["refresh_token"])
    if "expires_in" not in body:
        yield "expires_in is missing"
    else:
        assert type(body["expires_in"]) is int
        assert 0 < body["expires_in"] <= A_YEAR


def check_id_token(
    header: Claims,
    claims: Claims,
    *,
    issuer: str,
    client_id: str,
    nonce: str | None,
    now: int,
    allowed: Collection[str] = (),
) -> Iterator[str]:
    """Claims of an id_token (Core §2, §3.1.3.7); ``allowed`` are those of scopes that belong there."""
    assert header["alg"] == "RS256"
    assert header["kid"]
    assert claims["iss"] == issuer
    assert claims["aud"] == client_id or client_id in claims["aud"]
    assert now - LATE <= claims["iat"] <= now
    assert now < claims["exp"] < now + 50 * A_YEAR
    assert claims["sub"]
    assert claims.get("nonce") == nonce
    if "auth_time" in claims:
        assert now - A_YEAR <= claims["auth_time"] <= now
    assert claims.get("acr") != ""
    yield from check_claim_types(claims, now)
    surplus = set(claims) - PROTOCOL_CLAIMS - set(allowed)
    if surplus:
        yield f"id_token has surplus claims: {', '.join(sorted(surplus))}"


def check_half_hash(claims: Claims, name: str, hashed: str | None) -> None:
    """``at_hash`` and ``c_hash`` are there when what they hash came along, and right (Core §3.3.2.11)."""
    assert (name in claims) == (hashed is not None), name
    if hashed is not None:
        half = hashlib.sha256(hashed.encode()).digest()[:16]
        assert claims[name] == base64.urlsafe_b64encode(half).rstrip(b"=").decode(), name


def check_claim_types(claims: Claims, now: int) -> Iterator[str]:
    """Types of standard claims (Core §5.1); what is not known is left out (§5.3.2)."""
    for name in TEXTS & set(claims):
        assert isinstance(claims[name], str), name
        assert claims[name].strip() not in ("", "null"), name
    for name in BOOLEANS & set(claims):
        assert type(claims[name]) is bool, name
    if "updated_at" in claims:
        assert type(claims["updated_at"]) is int
        assert 631_152_000 <= claims["updated_at"] <= now + LATE
    if "birthdate" in claims:
        assert re.fullmatch(r"\d{4}(-\d\d-\d\d)?", claims["birthdate"])
    if "address" in claims:
        assert claims["address"]
        assert set(claims["address"]) <= ADDRESS_MEMBERS
        assert all(isinstance(value, str) for value in claims["address"].values())
    assert ("_claim_names" in claims) == ("_claim_sources" in claims)
    yield from ()


def check_userinfo(response: httpx2.Response, subject: str, now: int) -> Iterator[str]:
    """The userinfo answer (Core §5.3.2)."""
    claims = check_json(response)
    assert claims["sub"] == subject
    yield from check_claim_types(claims, now)


def check_key_set(keys: list[Claims]) -> Iterator[str]:
    """The key set (RFC 7517 §4, §5): well formed, public, told apart."""
    assert keys
    for key in keys:
        needed = KEY_MEMBERS.get(key["kty"])
        if needed is None:
            yield f"key type {key['kty']} is not known to the suite"
            continue
        assert needed <= set(key)
        assert not PRIVATE_MEMBERS & set(key)
        assert key["kid"]
        assert all(set(key[name]) <= BASE64URL for name in needed - {"crv"})
    assert len({key["kid"] for key in keys}) == len(keys)


def check_https(name: str, url: str) -> None:
    """An address of the metadata is an absolute https URL."""
    parts = urlsplit(url)
    assert parts.scheme == "https", f"{name} is not https"
    assert parts.hostname, f"{name} has no host"
    assert not parts.username, f"{name} has user information"
