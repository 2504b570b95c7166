"""What a lost developer is told: the mix-ups that users of the field report, each by its name."""

import base64
import json

import pytest

from gatewright_guard import StaticKeys, errors, verify
from gatewright_guard.testing import Mint


@pytest.fixture
def refuse(mint):
    """The error a guard gives for a token."""

    def refuse(token):
        with pytest.raises(errors.GuardError) as refusal:
            mint.guard().verify_sync(token)
        return refusal.value

    return refuse


def test_id_token(mint, refuse):
    """An id_token is called by its name, with the application it was made for."""
    error = refuse(mint.id_token(client_id="AbC123"))
    assert error.code == "id_token_sent"
    assert "This is an id_token (it was made for the application AbC123 to read)" in error.message
    assert "send the access token" in error.message
    assert "instead of the id_token" in error.diagnosis.change


def test_id_token_without_nonce(mint, refuse):
    """An id_token is recognised without nonce too: it names no scope and no other party."""
    assert refuse(mint.id_token(nonce=None, name="Ada Example")).code == "id_token_sent"


def test_id_token_signed_with_the_client_secret(mint, refuse):
    """An HS256 id_token is called an id_token first, for that is what to change."""
    claims = {"iss": mint.issuer, "sub": "s", "aud": "app", "exp": 1}
    parts = ({"alg": "HS256"}, claims)
    token = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts
    )
    assert refuse(f"{token}.AA").code == "id_token_sent"


@pytest.mark.parametrize("token", ["kPoPMRYrCEoYO6s5", "x" * 43, "v1.local"[:2]])
def test_opaque_token(refuse, token):
    """An opaque token is explained by the audience that was not asked for."""
    error = refuse(token)
    assert error.code == "opaque_token"
    assert "no audience was requested at /authorize" in error.message
    assert "audience=https://api.test/" in error.message


def test_encrypted_token(refuse):
    """A JWE is explained likewise."""
    error = refuse("eyJhbGciOiJkaXIifQ..aaaa.bbbb.cccc")
    assert error.code == "encrypted_token"
    assert "audience=https://api.test/" in error.message


def test_wrong_audience(mint, refuse):
    """A token for another API names both APIs."""
    error = refuse(mint.for_another_audience())
    assert error.code == "wrong_audience"
    assert "Its audience is https://another-api.test/; this API is https://api.test/" in error.message


def test_userinfo_only(mint, refuse):
    """A token that is only good for the issuer's userinfo is called that."""
    assert "userinfo only" in refuse(mint.token(aud=f"{mint.issuer}userinfo", scope="openid")).message


def test_trailing_slash_of_the_audience(mint, refuse):
    """A missing slash at the end of the audience is pointed out."""
    assert "trailing slash" in refuse(mint.token(aud="https://api.test", scope="a")).diagnosis.change


def test_wrong_issuer(mint, refuse):
    """A token of another issuer names both issuers."""
    error = refuse(mint.of_another_issuer())
    assert "issuer is https://another-issuer.test/, expected https://issuer.test/" in error.message


def test_trailing_slash_of_the_issuer(mint, refuse):
    """A missing slash at the end of the issuer is pointed out, with the spelling to use."""
    change = refuse(mint.of_another_issuer("https://issuer.test")).diagnosis.change
    assert change == "only the trailing slash differs: write the guard's issuer as https://issuer.test"


def test_wrong_algorithm(mint, refuse):
    """A token signed with a shared secret is told from one signed with a key."""
    message = refuse(mint.with_another_algorithm()).message
    assert "signed with HS256 (a shared secret), this API expects RS256" in message


def test_unsigned(mint, refuse):
    """An unsigned token is called unsigned."""
    token = mint.token(header={"kid": None}).split(".")
    token[0] = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert "not signed (alg none)" in refuse(".".join(token)).message


def test_expired(mint, refuse):
    """An expired token says for how long."""
    assert "expired 90 seconds ago" in refuse(mint.expired(seconds=90)).message


def test_unknown_key(mint, refuse):
    """An unknown kid is named."""
    assert "signed by key unknown" in refuse(mint.of_unknown_key()).message


def test_no_kid(mint, expected, now):
    """A token without kid that no key fits says that it names none."""
    with pytest.raises(errors.UnknownKey, match="a key it does not name"):
        verify(mint.token(header={"kid": None}), StaticKeys(()), expected, now)


@pytest.mark.parametrize(
    "make",
    [
        lambda mint: mint.expired(),
        lambda mint: mint.id_token(),
        lambda mint: mint.of_unknown_key(),
        lambda mint: mint.with_bad_signature(),
        lambda mint: mint.token()[:-1],
        lambda mint: "kPoPMRYrCEoYO6s5-a-bearer-secret",
    ],
)
def test_the_token_is_never_repeated(mint, refuse, make):
    """No part of a refused token stands in anything we say about it."""
    token = make(mint)
    error = refuse(token)
    said = f"{error} {error.diagnosis} {error.www_authenticate} {error.body}"
    assert not any(part in said for part in token.split("."))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "x" * 500},
        {"aud": "a\r\nSet-Cookie: b"},
        {"aud": '"><script>'},
        {"aud": ["a" * 200] * 50},
        {"iss": "é" * 20},
        {"iss": "https://evil.test/\x1b[31m"},
    ],
)
def test_only_short_printable_claims_are_repeated(mint, refuse, claims):
    """Claims that are long or not printable are described, not repeated."""
    error = refuse(mint.token(scope="a", **claims))
    said = f"{error.message} {error.diagnosis}"
    assert "text of" in said
    assert said.isascii()
    assert said.isprintable()
    assert "<script>" not in said


@pytest.mark.parametrize(
    "make",
    [lambda mint: mint.expired(), lambda mint: mint.id_token(), lambda mint: "opaque", lambda mint: "a.b.c"],
)
def test_every_diagnosis_is_complete(mint, refuse, make):
    """Every diagnosis says what was seen, what was expected and what to change."""
    diagnosis = refuse(make(mint)).diagnosis
    assert diagnosis.seen
    assert diagnosis.expected
    assert diagnosis.change


def test_id_token_at_an_api_with_a_secret():
    """An API that shares a secret tells an id_token of the application's secret from a bad signature."""
    api = Mint(audience="https://api.test/", algorithm="HS256")
    application = Mint(audience="https://api.test/", algorithm="HS256")
    with pytest.raises(errors.GuardError) as refusal:
        api.guard().verify_sync(application.id_token(client_id="AbC123"))
    assert refusal.value.code == "id_token_sent"
    assert "signed with the secret of the application AbC123" in refusal.value.message
    assert "/delegation" in refusal.value.diagnosis.change


def test_access_token_of_another_secret():
    """An access token signed with another secret has a bad signature, and both sides are to be compared."""
    api = Mint(audience="https://api.test/", algorithm="HS256")
    other = Mint(audience="https://api.test/", algorithm="HS256")
    with pytest.raises(errors.GuardError) as refusal:
        api.guard().verify_sync(other.token(scope="read:x"))
    assert refusal.value.code == "bad_signature"
    assert "compare the secrets" in refusal.value.diagnosis.change
