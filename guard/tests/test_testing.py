"""The mint: each of its bad tokens is bad in exactly the way it says."""

import pytest

from gatewright_guard import GuardError
from gatewright_guard.testing import Mint


@pytest.fixture(scope="module", params=["RS256", "ES256", "HS256"])
def any_mint(request):
    return Mint(audience="https://api.test/", algorithm=request.param)


def test_good_token(any_mint):
    """A token of the mint passes its guard, with the claims it was given."""
    caller = any_mint.guard().verify_sync(any_mint.header(scope="a b", org_id="org_1")["Authorization"])
    assert caller.scopes == {"a", "b"}
    assert caller.claims["org_id"] == "org_1"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (Mint.expired, "token_expired"),
        (Mint.for_another_audience, "wrong_audience"),
        (Mint.of_another_issuer, "wrong_issuer"),
        (Mint.with_bad_signature, "bad_signature"),
        (Mint.with_another_algorithm, "wrong_algorithm"),
        (Mint.id_token, "id_token_sent"),
    ],
)
def test_bad_tokens(any_mint, make, code):
    """Each bad token is refused for the one reason it was made for."""
    with pytest.raises(GuardError) as refusal:
        any_mint.guard().verify_sync(make(any_mint))
    assert refusal.value.code == code


def test_unknown_key(mint):
    """A token of an unknown key is refused as that."""
    with pytest.raises(GuardError) as refusal:
        mint.guard().verify_sync(mint.of_unknown_key())
    assert refusal.value.code == "unknown_key"


def test_jwks(any_mint):
    """The published key set holds the public half only, and no secret."""
    private = {"d", "p", "q", "dp", "dq", "qi", "k"}
    assert all(private.isdisjoint(jwk) for jwk in any_mint.jwks["keys"])


def test_dropped_claim(mint):
    """A claim that is None is left out."""
    assert "azp" not in mint.guard().verify_sync(mint.token(azp=None)).claims
