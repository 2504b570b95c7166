"""The front door: one guard, a header or a token, awaited or not."""

import asyncio
import json

import pytest

from gatewright_guard import Guard, StaticKeys, errors
from gatewright_guard.testing import Mint


@pytest.fixture(params=["verify", "verify_sync"])
def call(request):
    """Verifies through each of the two doors."""

    def call(guard, credentials):
        answer = getattr(guard, request.param)(credentials)
        return asyncio.run(answer) if request.param == "verify" else answer

    return call


@pytest.mark.parametrize("prefix", ["", "Bearer ", "bearer ", "BEARER ", "Bearer   ", " Bearer "])
def test_header_or_token(mint, call, prefix):
    """A bare token and a whole header are both understood, the scheme in any case (RFC 9110 §11.1)."""
    assert call(mint.guard(), prefix + mint.token() + " ").subject == "auth0|test-user"


@pytest.mark.parametrize("credentials", [None, "", " ", "Bearer", "Bearer ", "Basic YTpi", "DPoP a.b.c"])
def test_nothing_sent(mint, call, credentials):
    """Without a bearer token the answer is 401 and a bare challenge (RFC 6750 §3)."""
    with pytest.raises(errors.MissingToken) as refusal:
        call(mint.guard(), credentials)
    assert refusal.value.status == 401
    assert refusal.value.www_authenticate == 'Bearer realm="api"'
    assert "Missing or invalid token" in refusal.value.body["error_description"]


@pytest.mark.parametrize("credentials", ["Bearer a b", "Bearer a.b.c, Bearer d.e.f"])
def test_two_tokens(mint, call, credentials):
    """Two tokens in one header are a bad request."""
    with pytest.raises(errors.InvalidRequest) as refusal:
        call(mint.guard(), credentials)
    assert refusal.value.status == 400


def test_rotation(mint, call, now):
    """A token of a key published after the last fetch is accepted after one refresh."""
    documents = {
        "https://issuer.test/.well-known/openid-configuration": {
            "issuer": "https://issuer.test/",
            "jwks_uri": "https://issuer.test/jwks",
        },
        "https://issuer.test/jwks": mint.jwks,
    }
    clock = [now]
    guard = Guard(
        issuer=mint.issuer,
        audience=mint.audience,
        fetch=lambda url: json.dumps(documents[url]).encode(),
        clock=lambda: clock[0],
    )
    assert call(guard, mint.token()).subject
    successor = Mint(issuer=mint.issuer, audience=mint.audience, clock=lambda: now)
    successor.kid = "next"
    documents["https://issuer.test/jwks"] = successor.jwks
    with pytest.raises(errors.UnknownKey):
        call(guard, successor.token())
    clock[0] += 60
    assert call(guard, successor.token()).subject


def test_foreign_tokens_cause_no_fetch(mint, call, now):
    """Tokens of other issuers, and unsigned ones, never make a guard with keys fetch more."""
    asked = []
    documents = {
        "https://issuer.test/.well-known/openid-configuration": {
            "issuer": "https://issuer.test/",
            "jwks_uri": "https://issuer.test/jwks",
        },
        "https://issuer.test/jwks": mint.jwks,
    }

    def fetch(url):
        asked.append(url)
        return json.dumps(documents[url]).encode()

    clock = [now]
    guard = Guard(issuer=mint.issuer, audience=mint.audience, fetch=fetch, clock=lambda: clock[0])
    call(guard, mint.token())
    clock[0] += 60
    for token in (mint.of_another_issuer(), mint.with_another_algorithm(), mint.expired(), "x"):
        with pytest.raises(errors.InvalidToken):
            call(guard, token)
    assert len(asked) == 2


def test_several_audiences(mint, call):
    """An API may go by several names."""
    guard = Guard(issuer=mint.issuer, audience=["https://old.test/", mint.audience], keys=mint.keys)
    assert guard.expected.audience == ("https://old.test/", "https://api.test/")


def test_secret_must_be_given(mint):
    """A guard for HS256 without a secret cannot be made, and the message says what is missing."""
    with pytest.raises(ValueError, match="from_secret"):
        Guard(issuer=mint.issuer, audience=mint.audience, algorithms=("HS256",))


def test_secret(mint, call, now):
    """A guard with a secret accepts HS256 and nothing that is signed with a public key."""
    shared = Mint(audience=mint.audience, algorithm="HS256", clock=lambda: now)
    guard = Guard(
        issuer=mint.issuer,
        audience=mint.audience,
        algorithms=("HS256",),
        keys=StaticKeys.from_secret(shared.key.raw_value),
        clock=lambda: now,
    )
    assert call(guard, shared.token()).subject
    with pytest.raises(errors.WrongAlgorithm):
        call(guard, mint.token())


def test_issuer_over_plain_http(mint):
    """An issuer that is not https is refused when the guard is made, not at the first call."""
    with pytest.raises(ValueError, match=r"issuer: seen 'http://issuer\.test/'"):
        Guard(issuer="http://issuer.test/", audience=mint.audience)
