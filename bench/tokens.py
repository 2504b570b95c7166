"""Are the tokens real? Signature, issuer, audience and lifetime of what a server issued."""

import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import Token

ALGORITHM = "RS256"  # every server signs the same way, or the comparison means nothing


class WrongToken(Exception):
    """A token does not hold; the text says what was seen and what was expected, never the token."""


def is_jwt(token: str) -> bool:
    """Whether it has the three parts of a JWS in compact form (RFC 7515 section 3.1)."""
    return token.count(".") == 2


def verify(token: str, keys: KeySet, *, issuer: str, audience: str = "") -> dict[str, Any]:
    """Verify an RS256 token (RFC 7519 section 7.2) and return its claims; raises `WrongToken`."""
    try:
        claims = _decode(token, keys).claims
    except (JoseError, ValueError) as wrong:
        raise WrongToken(f"signature or form: {type(wrong).__name__}") from wrong
    if claims.get("iss") != issuer:
        raise WrongToken(f"iss {claims.get('iss')!r} seen, {issuer!r} expected")
    if audience and audience not in _audiences(claims):
        raise WrongToken(f"aud {claims.get('aud')!r} seen, {audience!r} expected in it")
    if not isinstance(claims.get("exp"), int) or claims["exp"] <= time.time():
        raise WrongToken(f"exp {claims.get('exp')!r} seen, a time to come expected")
    return claims


def _decode(token: str, keys: KeySet) -> Token:
    return jwt.decode(token, keys, algorithms=[ALGORITHM])


def _audiences(claims: dict[str, Any]) -> list[str]:
    seen = claims.get("aud", [])
    return [seen] if isinstance(seen, str) else list(seen)


def check_id_token(answer: dict[str, Any], keys: KeySet, *, issuer: str, client_id: str) -> dict[str, Any]:
    """Verify the id_token of a token answer; raises `WrongToken` also when there is none."""
    if "id_token" not in answer:
        raise WrongToken("no id_token in the answer")
    return verify(answer["id_token"], keys, issuer=issuer, audience=client_id)
