"""An id_token of the legacy pipeline that comes back: what it says, and about whom as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.clients import Client
from gatewright.connections import Connections
from gatewright.kernel.clock import Clock
from gatewright.oauth.errors import InvalidGrant, Unauthorized
from gatewright.oauth.id_token_keys import IdTokenKeys
from gatewright.tenants import Tenant
from gatewright.users import User, Users
from gatewright_guard import GuardError
from gatewright_guard.errors import TokenExpired


@dataclass(frozen=True, slots=True)
class LegacyIdToken:
    """A verified id_token and its user, who may still come in by the client that signed them in.

    ``connection`` is the name of the one by which they may.
    """

    claims: Mapping[str, object]
    user: User
    connection: str

    @property
    def is_delegated(self) -> bool:
        """Whether another client got it for the one it is for, which its ``azp`` then names."""
        return "azp" in self.claims

    @property
    def issued_at(self) -> int:
        """Seconds UTC."""
        issued_at = self.claims["iat"]
        assert isinstance(issued_at, int | float), "a verified token has a time"
        return int(issued_at)


class LegacyIdTokens:
    """Reads id_tokens of the legacy pipeline."""

    def __init__(self, *, keys: IdTokenKeys, users: Users, connections: Connections, clock: Clock) -> None:
        self._keys = keys
        self._users = users
        self._connections = connections
        self._clock = clock

    async def read(self, tenant: Tenant, client: Client, token: str) -> LegacyIdToken:
        """The id_token, if it was issued here for ``client`` and is in force.

        Raises ``InvalidGrant``, with the detail ``unknown`` for what is none of ours,
        and ``Unauthorized`` for a user who is blocked or gone.
        """
        try:
            claims = await self._keys.verified(tenant, client, token, self._clock.now())
        except GuardError as error:
            detail = "expired" if isinstance(error, TokenExpired) else "unknown"
            raise InvalidGrant(f"The id_token is refused: {error}", detail=detail) from None
        _check_pipeline(claims)
        user = await self._users.get(tenant.tenant_id, str(claims["sub"]))
        if user is None or user.blocked:
            raise Unauthorized("user is blocked")
        _check_password_since(claims, user)
        connection = await self._connection(tenant, str(claims.get("azp", client.client_id)), user)
        return LegacyIdToken(claims, user, connection)

    async def _connection(self, tenant: Tenant, client_id: str, user: User) -> str:
        for identity in user.identities:
            if await self._connections.serves(tenant.tenant_id, identity.connection, client_id):
                return identity.connection
        raise InvalidGrant("The connection of the user is gone or not enabled for this client.")


def _check_pipeline(claims: Mapping[str, object]) -> None:
    """Only id_tokens of the conformant pipeline have a ``sid``, only access tokens a ``jti``."""
    if "jti" in claims:
        raise InvalidGrant("This is an access token; send an id_token.")
    if "sid" in claims:
        raise InvalidGrant(
            "This id_token is not of the legacy pipeline: its request named an audience, or its client is "
            "OIDC-conformant. Use /userinfo and /oauth/token with the access and refresh tokens beside it."
        )


def _check_password_since(claims: Mapping[str, object], user: User) -> None:
    issued_at = claims["iat"]
    if isinstance(issued_at, int | float) and issued_at < (user.last_password_reset or 0):
        raise InvalidGrant("The password was changed after this id_token was issued.", detail="stale")
