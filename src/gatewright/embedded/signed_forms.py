"""The form that carries a proof to ``/login/callback``: a signed result and its request (the wire §2.11).

``wresult`` is a token of ours for nobody but us, good for a minute and once. ``wctx`` is the authorization
request as JSON; the result is good with that very text alone.
"""

import html
from dataclasses import dataclass

import orjson

from gatewright.embedded.model import LIFETIMES
from gatewright.embedded.proof import Proven
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import keys_of
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.tenants import Tenant
from gatewright_guard import Expectations, verify

WA = "wsignin1.0"
_ISSUER = "urn:auth0"
_ALG = "RS256"


@dataclass(frozen=True, slots=True)
class SignedForm:
    """What the form carries."""

    wresult: str
    wctx: str

    def html(self, action: str, words: str, button: str) -> str:
        """The form as the wire's libraries put it into their page and send it: it comes first, alone."""
        fields = {"wa": WA, "wresult": self.wresult, "wctx": self.wctx}
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        return (
            f'<form method="post" name="hiddenform" action="{html.escape(action)}">{inputs}'
            f"<noscript><p>{html.escape(words)}</p>"
            f'<input type="submit" value="{html.escape(button)}"></noscript></form>'
        )


class FormSigning:
    """Signs results, and reads them when they come back."""

    def __init__(self, keys: SigningKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def sign(self, tenant: Tenant, proven: Proven) -> str:
        """The result: whom the password proved."""
        user, now = proven.user, self._clock.now()
        claims = {
            "user_id": user.user_id.partition("|")[2] or user.user_id,
            "email": user.email,
            "email_verified": user.email_verified,
            "name": user.name,
            "nickname": user.nickname,
            "username": user.username,
            "iat": now,
            "exp": now + LIFETIMES["form"],
            "aud": _audience(tenant, proven.connection),
            "iss": _ISSUER,
            "jti": ids.opaque_token(),
        }
        return (await self._keys.signer(tenant.tenant_id, _ALG)).sign(claims)

    async def check(self, tenant: Tenant, wresult: str, connection: str) -> None:
        """Whether the result is ours and of that connection. Raises ``gatewright_guard.GuardError``."""
        expected = Expectations(
            issuer=_ISSUER,
            audience=(_audience(tenant, connection),),
            algorithms=(_ALG,),
            leeway=0,
            required=("user_id", "jti"),
            types=("jwt",),
            id_token_ok=True,
        )
        ring = await self._keys.ring(tenant.tenant_id)
        verify(wresult, keys_of(ring), expected, self._clock.now())


def context_text(values: dict[str, str]) -> str:
    """The request as ``wctx`` tells it."""
    return orjson.dumps(values).decode()


def _audience(tenant: Tenant, connection: str) -> str:
    return f"urn:auth0:{tenant.tenant_id}:{connection}"
