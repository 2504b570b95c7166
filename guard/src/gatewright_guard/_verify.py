"""Token, keys, expectations and the time → who calls and what they may do, or a named error. No I/O.

The order is chosen for explanation: what the caller is most likely to have mixed up is named first.
Nothing read before the signature check is used for anything but refusing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from joserfc.errors import JoseError

from gatewright_guard import _diagnosis
from gatewright_guard._compact import Compact, parse
from gatewright_guard._keyset import FORMS, Keys

_MAX_LEEWAY = 300
_LAST_DATE = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a token must be, fixed by the one who verifies and never by the token.

    issuer: the exact ``iss``.
    audience: the identifiers this verifier answers to; the token's ``aud`` must contain one of them.
    algorithms: the accepted ones, either all with public keys or all with secrets (RFC 8725 §3.1).
    leeway: seconds by which clocks may differ, 0 to 300.
    required: claims that must be there beside ``iss``, ``aud`` and ``exp``.
    types: accepted ``typ`` headers in lower case without ``application/``; the empty one is absence.
    id_token_ok, expired_ok, bound_ok: accept an id_token (as logout hints and the older pipeline need),
    an expired token, a sender-constrained token whose proof the caller checks by itself.

    Raises ``ValueError`` for expectations that would be unsafe or can never be met.
    """

    issuer: str
    audience: tuple[str, ...]
    algorithms: tuple[str, ...] = ("RS256",)
    leeway: int = 30
    required: tuple[str, ...] = ("sub",)
    types: tuple[str, ...] = ("at+jwt", "jwt", "")
    id_token_ok: bool = False
    expired_ok: bool = False
    bound_ok: bool = False

    def __post_init__(self) -> None:
        for name in ("audience", "algorithms", "required", "types"):
            # `in` on a string would match parts of it, so a forgotten comma must not pass.
            if not isinstance(getattr(self, name), tuple):
                raise ValueError(f"{name}: expected a tuple of strings, as in ('one',)")
        if not self.issuer or not all(self.audience) or not self.audience:
            raise ValueError("issuer and audience: expected a non-empty issuer and at least one audience")
        if not 0 <= self.leeway <= _MAX_LEEWAY:
            raise ValueError(f"leeway: seen {self.leeway}, expected 0 to {_MAX_LEEWAY} seconds")
        self._check_algorithms()

    def _check_algorithms(self) -> None:
        unknown = [name for name in self.algorithms if name not in FORMS]
        if unknown or not self.algorithms:
            raise ValueError(f"algorithms: seen {self.algorithms}, expected some of {', '.join(FORMS)}")
        if len({FORMS[name] == "secret" for name in self.algorithms}) > 1:
            raise ValueError("algorithms: secrets (HS…) and public keys together would allow confusing them")


@dataclass(frozen=True, slots=True)
class Verified:
    """A caller, as a verified token tells.

    subject: ``sub``: the user, or ``<client_id>@clients`` for a machine; empty only where not required.
    client_id: the application that asked for the token (``azp``, else ``client_id``).
    audience: all of ``aud``. scopes: ``scope``, split. permissions: the ``permissions`` claim of RBAC.
    expires_at, issued_at: seconds UTC. claims: everything, read-only.
    """

    subject: str
    client_id: str | None
    audience: tuple[str, ...]
    scopes: frozenset[str]
    permissions: frozenset[str]
    expires_at: int
    issued_at: int | None
    claims: Mapping[str, object] = field(repr=False, hash=False)


def verify(token: str, keys: Keys, expected: Expectations, now: int) -> Verified:
    """Verifies a JWT (RFC 7519 §7.2, RFC 8725 §3, RFC 9068 §4) at ``now``, seconds UTC.

    Raises an ``InvalidToken`` that says why; ``UnknownKey`` alone may be cured by fetching keys anew.
    """
    jws = parse(token, expected.audience[0])
    typ = _check_header(jws, expected)
    if jws.claims.get("iss") != expected.issuer:
        raise _diagnosis.wrong_issuer(jws.claims.get("iss"), expected.issuer)
    _check_signature(jws, keys, _algorithm(jws, typ, expected), typ, expected)
    audience = _check_audience(jws.claims, typ, expected)
    expires_at, issued_at = _check_times(jws.claims, expected, now)
    for name in expected.required:
        if jws.claims.get(name) in (None, ""):
            raise _diagnosis.claim_missing(name)
    if "cnf" in jws.claims and not expected.bound_ok:
        raise _diagnosis.bound()
    return _caller(jws.claims, audience, expires_at, issued_at)


def _check_header(jws: Compact, expected: Expectations) -> str:
    """The ``typ``, normalised (RFC 7515 §4.1.9)."""
    typ = (_text(jws.header, "typ") or "").lower().removeprefix("application/")
    if "crit" in jws.header:
        raise _diagnosis.critical_header()
    if typ not in expected.types:
        raise _diagnosis.wrong_type(typ, expected.types)
    return typ


def _algorithm(jws: Compact, typ: str, expected: Expectations) -> str:
    name = _text(jws.header, "alg") or "none"
    for accepted in expected.algorithms:
        if accepted == name:
            return accepted
    if name in FORMS and not expected.id_token_ok and _diagnosis.looks_like_id_token(jws.claims, typ):
        raise _diagnosis.id_token_sent(jws.claims, expected.audience[0])
    raise _diagnosis.wrong_algorithm(name, expected.algorithms)


def _check_signature(jws: Compact, keys: Keys, algorithm: str, typ: str, expected: Expectations) -> None:
    kid = _text(jws.header, "kid")
    key = keys.find(kid, algorithm)
    if key is None:
        raise _diagnosis.unknown_key(kid, algorithm)
    try:
        good = bool(jws.signature) and key.verifies(algorithm, jws.signed, jws.signature)
    except (JoseError, ValueError):
        good = False
    if not good:
        by_secret = FORMS[algorithm] == "secret" and not expected.id_token_ok
        if by_secret and _diagnosis.looks_like_id_token(jws.claims, typ):
            raise _diagnosis.foreign_secret(jws.claims, algorithm, expected.audience[0])
        raise _diagnosis.bad_signature(algorithm)


def _check_audience(claims: Mapping[str, object], typ: str, expected: Expectations) -> tuple[str, ...]:
    audience = _diagnosis.audiences(claims)
    if not audience:
        raise _diagnosis.claim_missing("aud")
    if not expected.id_token_ok and _diagnosis.looks_like_id_token(claims, typ):
        raise _diagnosis.id_token_sent(claims, expected.audience[0])
    if not any(name in expected.audience for name in audience):
        raise _diagnosis.wrong_audience(claims, expected.audience, expected.issuer)
    return audience


def _check_times(claims: Mapping[str, object], expected: Expectations, now: int) -> tuple[int, int | None]:
    leeway = expected.leeway
    expires_at = _date(claims, "exp")
    if expires_at is None:
        raise _diagnosis.claim_missing("exp")
    if now >= expires_at + leeway and not expected.expired_ok:
        raise _diagnosis.expired(now - expires_at, leeway)
    for name in ("nbf", "iat"):
        date = _date(claims, name)
        if date is not None and date > now + leeway:
            raise _diagnosis.early(name, date - now, leeway)
    return expires_at, _date(claims, "iat")


def _caller(
    claims: dict[str, object], audience: tuple[str, ...], expires_at: int, issued_at: int | None
) -> Verified:
    return Verified(
        subject=_text(claims, "sub") or "",
        client_id=_text(claims, "azp") or _text(claims, "client_id"),
        audience=audience,
        scopes=frozenset((_text(claims, "scope") or "").split()),
        permissions=_texts(claims, "permissions"),
        expires_at=expires_at,
        issued_at=issued_at,
        claims=MappingProxyType(claims),
    )


def _text(members: Mapping[str, object], name: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise _diagnosis.malformed(f"its {name} is not text")
    return value


def _texts(claims: Mapping[str, object], name: str) -> frozenset[str]:
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _diagnosis.malformed(f"its {name} is not a list of text")
    return frozenset(value)


def _date(claims: Mapping[str, object], name: str) -> int | None:
    """A NumericDate (RFC 7519 §2) in whole seconds; fractions are cut off."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _diagnosis.malformed(f"its {name} is not a number of seconds")
    if not 0 <= value <= _LAST_DATE:
        raise _diagnosis.malformed(f"its {name} is not a date before the year 10000")
    return int(value)
