"""``/blacklists/tokens``: access tokens of this API that are denied before they expire."""

import msgspec

from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.query import Parameter
from gatewright.management.resource import Answer, Call, Operation, shown_as
from gatewright.provisioning import Problem
from gatewright.tenants import DeniedToken, DeniedTokenStore, TenantStore

MOST = 1_000
"""Tokens that are denied at a time, in one tenant."""

LONGEST_LIFE = 2_592_000
"""Seconds after which no token of an API is in force: thirty days."""

_LONGEST = 255


class TokenToDeny(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to deny a token."""

    jti: str
    aud: str = ""


class ShownDenied(msgspec.Struct, frozen=True, kw_only=True):
    """A denied token as the wire shows it."""

    jti: str
    aud: str = ""


class BlacklistResource:
    """See ``resource.Resource``."""

    def __init__(self, denied: DeniedTokenStore, tenants: TenantStore, bus: Bus) -> None:
        self._denied = denied
        self._tenants = tenants
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path, scopes = "/blacklists/tokens", ("blacklist:tokens",)
        only = "tokens for other APIs, which read no list of ours"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=scopes,
                summary="List the denied tokens.",
                run=self._list,
                query=(Parameter("aud", "Those that were denied with this audience."),),
                shows=ShownDenied,
                bare_list=True,
                lacks=only,
            ),
            Operation(
                method="POST",
                path=path,
                scopes=scopes,
                summary="Deny an access token for the management API, by its `jti`.",
                run=self._add,
                status=204,
                body=Body(TokenToDeny),
                lacks=only,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        found = (await self._denied.all(call.tenant_id)).values()
        wanted = call.query.text("aud")
        return Answer(
            [
                shown_as(ShownDenied(jti=each.jti, aud=each.aud))
                for each in found
                if not wanted or each.aud == wanted
            ]
        )

    async def _add(self, call: Call) -> Answer:
        sent = {name: value for name, value in (await call.body()).items() if value is not None}
        token = entry_of(TokenToDeny, sent).value
        check(_problems(token))
        held = await self._denied.all(call.tenant_id)
        expired = [each.jti for each in held.values() if each.denied_at < call.now - LONGEST_LIFE]
        if len(held) - len(expired) >= MOST and token.jti not in held:
            check([Problem("", f"{MOST} tokens are denied; wanted: rotate the secret of their client")])
        unit: Unit = (
            self._denied.put(call.tenant_id, DeniedToken(jti=token.jti, aud=token.aud, denied_at=call.now)),
            *(self._denied.delete(call.tenant_id, jti) for jti in expired if jti != token.jti),
            self._tenants.touched(call.tenant_id),
        )
        await self._bus.commit(unit, call.event("Deny an access token", {"jti": token.jti, "aud": token.aud}))
        return Answer()


def _problems(token: TokenToDeny) -> list[Problem]:
    return [
        Problem(name, f"{len(text)} characters; wanted: {least} to {_LONGEST}")
        for name, text, least in (("jti", token.jti, 1), ("aud", token.aud, 0))
        if not least <= len(text) <= _LONGEST
    ]
