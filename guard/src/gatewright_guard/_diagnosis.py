"""Says plainly why a token is refused: what was seen, what was expected, what to change.

What is said may come from a token whose signature was not checked: it explains, and never grants.
Claims are repeated only when short and printable; the token itself never is.
"""

from collections.abc import Mapping
from typing import Final

from gatewright_guard import errors
from gatewright_guard.errors import Diagnosis

_MAX_SHOWN = 120
_MAX_AUDIENCES = 3

_SEND_ACCESS_TOKEN = "send the access_token of the same token response instead of the id_token"
_ID_TOKEN_ONLY = ("nonce", "at_hash", "c_hash", "s_hash")
_ACCESS_TOKEN_ONLY = ("scope", "scp", "permissions", "gty")

Claims = Mapping[str, object]


def shown(value: object) -> str:
    """``value`` when it is short, printable text; otherwise a description of it."""
    if not isinstance(value, str):
        return "nothing" if value is None else f"(a {type(value).__name__})"
    if len(value) <= _MAX_SHOWN and value and all("!" <= c <= "~" and c not in "\"\\<>'" for c in value):
        return value
    return f"(text of {len(value)} characters)"


def looks_like_id_token(claims: Claims, typ: str) -> bool:
    """Whether the claims are those of an id_token (OpenID Connect Core §2), not of an access token.

    An access token says what may be done, or who asked on whose behalf: the id_token is made for
    the application itself, so its audience is its authorized party.
    """
    if typ == "at+jwt":
        return False
    if any(name in claims for name in _ID_TOKEN_ONLY):
        return True
    if any(name in claims for name in _ACCESS_TOKEN_ONLY):
        return False
    party = claims.get("azp", claims.get("client_id"))
    return party is None or party in audiences(claims)


def audiences(claims: Claims) -> tuple[str, ...]:
    """The ``aud`` claim as a tuple; empty when it is absent or malformed (RFC 7519 §4.1.3)."""
    aud = claims.get("aud")
    if isinstance(aud, str):
        return (aud,)
    if isinstance(aud, list) and all(isinstance(item, str) for item in aud):
        return tuple(aud)
    return ()


def malformed(reason: str) -> errors.MalformedToken:
    """The text is no JWT; ``reason`` completes the sentence "The token cannot be read: …"."""
    return errors.MalformedToken(
        f"The token cannot be read: {reason}.",
        Diagnosis(
            seen=reason,
            expected="a signed JWT of three base64url parts between dots",
            change="send the access_token exactly as the token endpoint returned it",
        ),
    )


def opaque(token: str, audience: str) -> errors.OpaqueToken:
    """Without dots: a reference, which the issuer gives when no API was named."""
    return errors.OpaqueToken(
        "The token is opaque, not a JWT: no audience was requested at /authorize; "
        f"ask for audience={shown(audience)}.",
        Diagnosis(
            seen=f"an opaque token of {len(token)} characters",
            expected=f"a JWT access token for the audience {shown(audience)}",
            change=f"add audience={shown(audience)} to the application's authorization request "
            "and send the access_token it then receives",
        ),
    )


def encrypted(audience: str) -> errors.EncryptedToken:
    """Five parts: a JWE, which some issuers give when no API was named."""
    return errors.EncryptedToken(
        "The token is encrypted (JWE) and not meant for this API; "
        f"ask for audience={shown(audience)} at /authorize.",
        Diagnosis(
            seen="a JWE of five parts",
            expected=f"a signed JWT access token for the audience {shown(audience)}",
            change=f"add audience={shown(audience)} to the application's authorization request",
        ),
    )


def id_token_sent(claims: Claims, audience: str) -> errors.IdTokenSent:
    """The most frequent mix-up of all."""
    application = _listed(audiences(claims))
    return errors.IdTokenSent(
        f"This is an id_token (it was made for the application {application} to read); "
        "send the access token.",
        Diagnosis(
            seen=f"an id_token for the application {application}",
            expected=f"an access token for the audience {shown(audience)}",
            change=_SEND_ACCESS_TOKEN,
        ),
    )


def wrong_type(typ: str, types: tuple[str, ...]) -> errors.WrongType:
    """The header's ``typ`` names another kind of JWT."""
    wanted = ", ".join(name or "none at all" for name in types)
    return errors.WrongType(
        f"The token is of type {shown(typ) if typ else 'unknown'}, which is not accepted here.",
        Diagnosis(
            seen=f"typ {shown(typ) if typ else 'absent'}",
            expected=f"one of the types {wanted}",
            change="send a token that was issued for this purpose",
        ),
    )


_KIND: Final = {"HS": "a shared secret", "RS": "an RSA key", "PS": "an RSA key", "ES": "an EC key"}


def wrong_algorithm(algorithm: str, accepted: tuple[str, ...]) -> errors.WrongAlgorithm:
    """Signed in a way this API does not accept; or, spelled in whichever way, not at all."""
    expects = " or ".join(accepted)
    if algorithm.lower() == "none":
        seen = "not signed (alg none)"
    else:
        kind = _KIND.get(algorithm[:2])
        seen = f"signed with {shown(algorithm)}" + (f" ({kind})" if kind else "")
    return errors.WrongAlgorithm(
        f"The token is {seen}, this API expects {expects}.",
        Diagnosis(
            seen=f"a token {seen}",
            expected=f"a signature by {expects}",
            change=f"set the signing algorithm of the API at the issuer to {accepted[0]}",
        ),
    )


def critical_header() -> errors.MalformedToken:
    """``crit`` demands that extensions be understood (RFC 7515 §4.1.11), and none is."""
    return errors.MalformedToken(
        "The token demands a header extension (crit) that is not understood here.",
        Diagnosis("a crit header", "none: no extension is understood", "issue the token without crit"),
    )


def unknown_key(kid: str | None, algorithm: str) -> errors.UnknownKey:
    """No key of the issuer fits."""
    named = f"key {shown(kid)}" if kid is not None else "a key it does not name (no kid)"
    return errors.UnknownKey(
        f"The token is signed by {named}, which is not among the issuer's {algorithm} keys.",
        Diagnosis(
            seen=f"kid {shown(kid)} with {algorithm}",
            expected="the kid of a key that the issuer publishes for this algorithm",
            change="ask for a new token; if that fails too, compare kid with the issuer's jwks_uri",
        ),
    )


def foreign_secret(claims: Claims, algorithm: str, audience: str) -> errors.IdTokenSent:
    """An id_token at an API with a secret: it is signed with another secret, that of its application."""
    application = _listed(audiences(claims))
    return errors.IdTokenSent(
        f"This is an id_token, signed with the secret of the application {application}; "
        f"this API expects an access token signed with its own secret ({algorithm}).",
        Diagnosis(
            seen=f"an id_token for the application {application}, not signed with this API's secret",
            expected=f"an access token for the audience {shown(audience)}, signed with this API's secret",
            change=f"ask for audience={shown(audience)} and send the access_token; in the older pipeline, "
            "exchange the id_token at /delegation, or give application and API the same secret",
        ),
    )


def bad_signature(algorithm: str) -> errors.BadSignature:
    """The right key, and still not its signature."""
    return errors.BadSignature(
        "The signature of the token does not fit its contents.",
        Diagnosis(
            seen=f"an {algorithm} signature that does not verify",
            expected="the signature the issuer made over exactly this header and payload",
            change="send the token unaltered; with a shared secret, compare the secrets on both sides",
        ),
    )


def wrong_issuer(issuer: object, expected: str) -> errors.WrongIssuer:
    """``iss`` is compared character by character (RFC 8725 §3.8)."""
    seen = shown(issuer)
    change = f"send a token of {shown(expected)}, or set the guard's issuer to {seen} if you trust it"
    if isinstance(issuer, str) and issuer.rstrip("/") == expected.rstrip("/"):
        change = f"only the trailing slash differs: write the guard's issuer as {seen}"
    return errors.WrongIssuer(
        f"The token's issuer is {seen}, expected {shown(expected)}.",
        Diagnosis(f"iss {seen}", f"iss {shown(expected)}", change),
    )


def wrong_audience(claims: Claims, expected: tuple[str, ...], issuer: str) -> errors.WrongAudience:
    """The token is good, for somebody else."""
    seen, api = audiences(claims), _listed(expected)
    change = f"ask for audience={api} when requesting the token"
    if seen == (f"{issuer.rstrip('/')}/userinfo",):
        what = "It is for this issuer's userinfo only"
    else:
        what = f"Its audience is {_listed(seen)}"
    if {name.rstrip("/") for name in seen} & {name.rstrip("/") for name in expected}:
        change = "only a trailing slash differs: write the audience alike at the issuer and in the guard"
    return errors.WrongAudience(
        f"The token is not for this API. {what}; this API is {api}.",
        Diagnosis(f"aud {_listed(seen)}", f"aud {api}", change),
    )


def claim_missing(name: str) -> errors.MissingClaim:
    """A required claim is absent."""
    return errors.MissingClaim(
        f"The token lacks the claim {name}.",
        Diagnosis(
            f"no {name} claim",
            f"the claim {name}",
            "send an access token of the expected issuer for this API",
        ),
    )


def expired(seconds: int, leeway: int) -> errors.TokenExpired:
    """``seconds`` ago, which is ``leeway`` or more."""
    return errors.TokenExpired(
        f"The token expired {seconds} seconds ago.",
        Diagnosis(
            seen=f"exp {seconds} seconds in the past",
            expected=f"exp in the future (leeway {leeway} seconds)",
            change="renew the token, as with a refresh token; if it is new, compare the clocks",
        ),
    )


def early(claim: str, seconds: int, leeway: int) -> errors.TokenNotYetValid:
    """``claim`` (``nbf`` or ``iat``) lies ``seconds`` ahead, more than ``leeway``."""
    return errors.TokenNotYetValid(
        f"The token is valid only in {seconds} seconds.",
        Diagnosis(
            seen=f"{claim} {seconds} seconds in the future",
            expected=f"{claim} not in the future (leeway {leeway} seconds)",
            change="set this machine's clock and the issuer's by NTP",
        ),
    )


def bound() -> errors.BoundToken:
    """Accepting it would make the binding worthless to whoever asked for it (RFC 9449 §7.2)."""
    return errors.BoundToken(
        "The token is bound to a key of its sender (cnf), and this API checks no such proof.",
        Diagnosis("a cnf claim", "a plain bearer token", "ask for a token without DPoP or mTLS binding"),
    )


def _listed(values: tuple[str, ...]) -> str:
    more = ", ..." if len(values) > _MAX_AUDIENCES else ""
    return ", ".join(shown(value) for value in values[:_MAX_AUDIENCES]) + more if values else "nothing"
