"""Our own access tokens, opaque or JWT, read back at userinfo and at introspection.

Whatever the token says, user, connection, client and grant are looked at again:
blocked, gone, closed or revoked is refused at once.
"""

from dataclasses import dataclass

import structlog

from gatewright.clients import Clients
from gatewright.connections import Connections
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import verify_access_token
from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.oauth.errors import InvalidToken
from gatewright.oauth.model import ClaimsRequest, Grant
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import CLIENTS_SUFFIX
from gatewright.tenants import Tenant
from gatewright.users import User
from gatewright_guard import GuardError, Verified
from gatewright_guard.errors import TokenExpired

log = structlog.get_logger("gatewright.tokens")

_LONGEST = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token in force. ``user`` is absent when a client acts for itself; times are seconds UTC.

    ``token_id`` is the ``jti`` of a JWT.
    """

    grant: Grant
    user: User | None
    audience: tuple[str, ...]
    issued_at: int | None
    expires_at: int
    is_opaque: bool
    token_id: str = ""


class BearerTokens:
    """Reads access tokens of ours."""

    def __init__(
        self,
        *,
        store: AuthorizationStore,
        keys: SigningKeys,
        clients: Clients,
        connections: Connections,
        clock: Clock,
    ) -> None:
        self._store = store
        self._keys = keys
        self._clients = clients
        self._connections = connections
        self._clock = clock

    async def read(self, tenant: Tenant, token: str, *, audience: tuple[str, ...]) -> Bearer:
        """The token, if it is in force and for one of ``audience``. Raises ``InvalidToken``."""
        if len(token) > _LONGEST:
            raise InvalidToken("The access token is longer than any we issue.")
        bearer = await (self._jwt(tenant, token, audience) if "." in token else self._opaque(tenant, token))
        if await self._clients.get(tenant.tenant_id, bearer.grant.client_id) is None:
            raise InvalidToken("The client of this access token is gone.")
        if bearer.user is not None and not await self._is_open(tenant, bearer.grant, bearer.user):
            raise InvalidToken("The user's connection is gone or not enabled for the client of this token.")
        return bearer

    async def _is_open(self, tenant: Tenant, grant: Grant, user: User) -> bool:
        """Whether the client's users may still come from where this one did; a JWT does not tell where."""
        connection = grant.connection or user.connection
        return await self._connections.serves(tenant.tenant_id, connection, grant.client_id)

    async def _opaque(self, tenant: Tenant, token: str) -> Bearer:
        found = await self._store.access_token(tenant.tenant_id, fingerprint(token))
        if found is None:
            raise InvalidToken("The access token is unknown.", detail="unknown")
        kept, is_revoked, user = found
        if self._clock.now() >= kept.expires_at:
            raise InvalidToken("The access token expired.")
        _check_in_force(is_revoked, user)
        return Bearer(
            grant=kept.grant,
            user=user,
            audience=(tenant.userinfo_audience,),
            issued_at=kept.issued_at,
            expires_at=kept.expires_at,
            is_opaque=True,
        )

    async def _jwt(self, tenant: Tenant, token: str, audience: tuple[str, ...]) -> Bearer:
        ring = await self._keys.ring(tenant.tenant_id)
        try:
            verified = verify_access_token(
                token, ring, issuer=tenant.issuer, audience=audience, now=self._clock.now()
            )
        except GuardError as error:
            _tell(error)
            detail = "expired" if isinstance(error, TokenExpired) else "unknown"
            raise InvalidToken(str(error), detail=detail) from None
        grant = _grant_of(verified)
        user = None
        if verified.subject != grant.client_id + CLIENTS_SUFFIX:
            is_revoked, user = await self._store.user_of_grant(
                tenant.tenant_id, grant.grant_id, verified.subject
            )
            _check_in_force(is_revoked, user)
        return Bearer(
            grant=grant,
            user=user,
            audience=verified.audience,
            issued_at=verified.issued_at,
            expires_at=verified.expires_at,
            is_opaque=False,
            token_id=str(verified.claims.get("jti", "")),
        )


def _tell(error: GuardError) -> None:
    """Says in the log what the answer has no room for; never the token."""
    why = error.diagnosis
    log.info("token refused", code=error.code, seen=why.seen, expected=why.expected, change=why.change)


def _check_in_force(is_revoked: bool, user: User | None) -> None:
    if is_revoked:
        raise InvalidToken("The access token was revoked.")
    if user is None or user.blocked:
        raise InvalidToken("The user of this access token is blocked or gone.")


def _grant_of(verified: Verified) -> Grant:
    """The grant as far as the token tells; its id is the first part of ``jti``."""
    asked = verified.claims.get("userinfo_claims")
    names = tuple(map(str, asked)) if isinstance(asked, list) else ()
    return Grant(
        grant_id=str(verified.claims.get("jti", "")).partition(".")[0],
        client_id=verified.client_id or "",
        user_id=verified.subject,
        scopes=tuple(str(verified.claims.get("scope", "")).split()),
        audience=verified.audience[0],
        claims=ClaimsRequest(userinfo=names),
    )
