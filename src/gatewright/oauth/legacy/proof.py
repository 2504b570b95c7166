"""Whom a delegation is about: proved by an id_token, or by a refresh token, of the legacy pipeline."""

from dataclasses import dataclass

from gatewright.clients import DELEGATION_BY_ID_TOKEN, DELEGATION_BY_REFRESH_TOKEN, Client
from gatewright.kernel.units import Unit
from gatewright.oauth import attributes
from gatewright.oauth.errors import InvalidGrant, UnauthorizedClient
from gatewright.oauth.grants import RefreshTokenGrant
from gatewright.oauth.legacy.calling import check_listed
from gatewright.oauth.legacy.delegation_request import DelegationRequest
from gatewright.oauth.legacy.id_tokens import LegacyIdTokens
from gatewright.users import User
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Proof:
    """A user, and what may be told of them again: ``scopes`` of a grant, ``names`` from an id_token.

    ``changes`` note the use of the token, in the unit of the delegation.
    """

    user: User
    scopes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    changes: Unit = ()


class Proofs:
    """Reads either kind of token."""

    def __init__(self, id_tokens: LegacyIdTokens, refreshing: RefreshTokenGrant) -> None:
        self._id_tokens = id_tokens
        self._refreshing = refreshing

    async def read(self, context: Context, client: Client, asked: DelegationRequest) -> Proof:
        """Whom the token sent stands for. Raises ``OAuthError``."""
        needed = DELEGATION_BY_ID_TOKEN if asked.id_token else DELEGATION_BY_REFRESH_TOKEN
        check_listed(client, needed, refused=UnauthorizedClient)
        if asked.id_token:
            return await self._by_id_token(context, client, asked.id_token)
        return await self._by_refresh_token(context, client, asked.refresh_token)

    async def _by_id_token(self, context: Context, client: Client, token: str) -> Proof:
        """A token got by delegation is for its target to read: it cannot be traded on, nor renewed."""
        found = await self._id_tokens.read(context.tenant, client, token)
        if found.is_delegated:
            raise InvalidGrant("This id_token was got by delegation and cannot be delegated again.")
        names = tuple(name for name in found.claims if name not in attributes.PROTOCOL_CLAIMS)
        return Proof(found.user, names=names)

    async def _by_refresh_token(self, context: Context, client: Client, token: str) -> Proof:
        found = await self._refreshing.authorize(context, client, Parameters({"refresh_token": token}))
        assert found.grant is not None, "a refresh token has a grant"
        assert found.user is not None, "a refresh token speaks for a user"
        if not found.grant.legacy:
            raise InvalidGrant("This refresh token is not of the legacy pipeline: send it to /oauth/token.")
        return Proof(found.user, scopes=found.grant.scopes, changes=found.changes)
