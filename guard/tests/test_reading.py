"""What a token says of itself, read for an explanation."""

import pytest

from gatewright_guard import read_unverified
from gatewright_guard.errors import EncryptedToken, MalformedToken, OpaqueToken


def test_header_and_claims(mint):
    """Header, claims and audience of any JWT can be read, whoever signed it."""
    found = read_unverified(mint.with_bad_signature())
    assert (found.header["alg"], found.claims["iss"], found.audience) == (
        "RS256",
        mint.issuer,
        ("https://api.test/",),
    )


def test_kind(mint):
    """An id_token is told from an access token."""
    assert read_unverified(mint.id_token(client_id="app")).is_id_token
    assert not read_unverified(mint.token(scope="read:x")).is_id_token


def test_read_only(mint):
    """Nobody can change what was read."""
    with pytest.raises(TypeError):
        read_unverified(mint.token()).claims["sub"] = "somebody else"


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("opaque", OpaqueToken),
        ("a.b.c.d.e", EncryptedToken),
        ("a.b", MalformedToken),
        ("a.b.c", MalformedToken),
    ],
)
def test_what_is_no_jwt(token, error):
    """What is no JWT is refused by its name."""
    with pytest.raises(error):
        read_unverified(token)
