"""private_key_jwt: a client proves itself by a JWT signed with its key (RFC 7521 §4.2, RFC 7523 §3).

An assertion is for us alone, lives for minutes, and counts once.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from gatewright.clients import Client, Clients
from gatewright.jose.public_keys import NamedKey, subject_claimed, verify_assertion
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.oauth.errors import InvalidClient, InvalidRequest, TooManyAttempts
from gatewright.protection import CLIENT_SECRET, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context
from gatewright.web.cors import allow_origins
from gatewright.web.parameters import Parameters
from gatewright_guard import GuardError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = 300
"""Seconds that an assertion may live: so long is remembered that it was used."""

_LEEWAY = 30
_LONGEST_JTI = 255
_LONGEST_ASSERTION = 8_192


def assertion_of(request: Request, form: Parameters) -> str | None:
    """The assertion that a request brings. Raises ``InvalidRequest`` for another proof beside it."""
    assertion, kind = form.get("client_assertion"), form.get("client_assertion_type")
    if assertion is None and kind is None:
        return None
    if assertion is None or kind != ASSERTION_TYPE:
        raise InvalidRequest(f"client_assertion comes with client_assertion_type {ASSERTION_TYPE}.")
    if form.get("client_secret") is not None or request.headers.get("authorization") is not None:
        raise InvalidRequest("The client proves itself twice: by client_assertion and by something else.")
    return str(assertion)


class ClientAssertions:
    """Recognises clients by their assertions."""

    def __init__(self, clients: Clients, limiter: AttemptLimiter, clock: Clock) -> None:
        self._clients = clients
        self._limiter = limiter
        self._clock = clock

    async def authenticate(
        self, context: Context, request: Request, form: Parameters, assertion: str
    ) -> Client:
        """The client that signed the assertion.

        Raises ``InvalidClient``, ``InvalidRequest`` for another ``client_id`` beside it,
        ``TooManyAttempts``.
        """
        client_id = subject_claimed(assertion) if len(assertion) <= _LONGEST_ASSERTION else ""
        if form.get("client_id", client_id) != client_id:
            raise InvalidRequest("client_id is not the sub of client_assertion.")
        tenant_id = context.tenant.tenant_id
        client = await self._clients.get(tenant_id, client_id) if "\0" not in client_id else None
        if client is not None:
            allow_origins(request, client.script_origins)
        subject = f"{client_id} {network_of(context.origin.ip)}"
        try:
            self._limiter.refuse_if_blocked(tenant_id, CLIENT_SECRET, subject)
            reason = await self._refusal(context, client, assertion)
            if client is not None and not reason:
                return client
            await self._limiter.failed(tenant_id, CLIENT_SECRET, subject, context.origin)
        except TooMany as refusal:
            raise TooManyAttempts(
                "Too many wrong client assertions from this address.",
                retry_after=refusal.retry_after,
                limit=refusal.limit,
            ) from None
        raise InvalidClient(f"client_assertion: {reason}", detail=f"client_id {client_id[:100]!r}")

    async def _refusal(self, context: Context, client: Client | None, assertion: str) -> str:
        """Why the assertion proves nothing; "" when it proves the client."""
        now, tenant = self._clock.now(), context.tenant
        keys = tuple(
            NamedKey(each.kid, each.alg, each.pem)
            for each in (client.credentials if client else ())
            if each.counts(now)
        )
        if client is None or not keys:
            return "unknown client, or one without a key in force."
        audience = (tenant.issuer, tenant.url("oauth/token"))
        try:
            claims = verify_assertion(assertion, keys, client_id=client.client_id, audience=audience, now=now)
        except GuardError as error:
            return f"not accepted ({error.code}); expected: iss and sub the client_id, aud {tenant.issuer}."
        said = claims["aud"]
        if claims["sub"] != client.client_id or (isinstance(said, list) and not set(said) <= {*audience}):
            return f"sub must be the client_id, and aud {tenant.issuer} alone."
        return await self._spent(tenant.tenant_id, client, claims, now)

    async def _spent(self, tenant_id: str, client: Client, claims: Mapping[str, Any], now: int) -> str:
        """Why it counts no more; "" for the first use of its ``jti`` until it has expired."""
        jti, life = claims["jti"], int(claims["exp"]) - now
        if life > LONGEST_LIFE + _LEEWAY:
            return f"exp is {life} seconds ahead; at most {LONGEST_LIFE} are accepted."
        if not isinstance(jti, str) or len(jti) > _LONGEST_JTI:
            return f"jti must be a text of at most {_LONGEST_JTI} characters."
        used = f"{client.client_id} {jti}"
        is_first = await self._limiter.first_use(tenant_id, "assertion", used, life + _LEEWAY + 1)
        return "" if is_first else "its jti was used already."
