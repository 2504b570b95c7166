"""Are the tokens real?"""

import time

import pytest
from bench.tokens import WrongToken, check_id_token, verify
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

ISSUER = "http://127.0.0.1:1/"
KEY = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY])


def token(key: RSAKey = KEY, **claims: object) -> str:
    said = {"iss": ISSUER, "aud": ["api"], "sub": "u", "exp": int(time.time()) + 60, **claims}
    return jwt.encode({"alg": "RS256", "kid": "k1"}, said, key)


def test_a_good_token_gives_its_claims() -> None:
    """Signature, issuer, audience and lifetime hold, so the claims come back."""
    assert verify(token(), KEYS, issuer=ISSUER, audience="api")["sub"] == "u"


@pytest.mark.parametrize(
    ("claims", "complaint"),
    [({"iss": "http://other/"}, "iss"), ({"aud": "else"}, "aud"), ({"exp": 1}, "exp"), ({"exp": "x"}, "exp")],
)
def test_a_wrong_claim_is_named(claims: dict[str, object], complaint: str) -> None:
    """A wrong issuer, audience or lifetime is refused by its name."""
    with pytest.raises(WrongToken, match=f"^{complaint} "):
        verify(token(**claims), KEYS, issuer=ISSUER, audience="api")


def test_a_foreign_signature_is_refused() -> None:
    """A token signed by another key with the same id does not hold."""
    with pytest.raises(WrongToken, match="signature"):
        verify(token(OTHER), KEYS, issuer=ISSUER)


def test_another_algorithm_is_refused() -> None:
    """Only RS256 is compared; a token of another algorithm does not hold."""
    key = OctKey.import_key("s" * 32)
    signed = jwt.encode({"alg": "HS256", "kid": "k1"}, {"iss": ISSUER}, key)
    with pytest.raises(WrongToken):
        verify(signed, KEYS, issuer=ISSUER)


def test_an_answer_without_id_token_is_refused() -> None:
    """A token answer that lacks its id_token says so."""
    with pytest.raises(WrongToken, match="no id_token"):
        check_id_token({"access_token": "x"}, KEYS, issuer=ISSUER, client_id="c")


def test_garbage_is_refused() -> None:
    """Text that is no token does not hold."""
    with pytest.raises(WrongToken):
        verify("a.b.c", KEYS, issuer=ISSUER)
