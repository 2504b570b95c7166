"""How the wire shows a refresh token.

It is shown as one however often it was replaced: its id is that of the grant that all of them descend from.
"""

from collections.abc import Mapping

import msgspec

from gatewright.clients import Client
from gatewright.management.resource import Shown, moment, shown_as
from gatewright.oauth.families import rotates
from gatewright.oauth.model import NotedFamily
from gatewright.tenants import Tenant


class TokenDevice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the first token was got."""

    initial_ip: str = ""
    initial_user_agent: str = ""


class TokenAudience(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is for; ``scopes`` are separated by spaces."""

    audience: str
    scopes: str


class ShownRefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token as the wire shows it; one that never expires has no ``expires_at``."""

    id: str
    user_id: str
    created_at: str
    idle_expires_at: str | None = None
    expires_at: str | None = None
    device: TokenDevice
    client_id: str
    session_id: str | None = None
    rotating: bool
    resource_servers: tuple[TokenAudience, ...]
    refresh_token_metadata: Mapping[str, str] | None = None
    last_exchanged_at: str | None = None


def shown_refresh_token(tenant: Tenant, noted: NotedFamily, client: Client | None) -> Shown:
    """The token as the wire shows it; ``client`` is whose it is, if that one is still there."""
    family, grant = noted.family, noted.family.grant
    audience = TokenAudience(audience=grant.audience or tenant.userinfo_audience, scopes=grant.scope)
    was_exchanged = family.rotated_at > family.created_at
    shown = ShownRefreshToken(
        id=grant.grant_id,
        user_id=grant.user_id,
        created_at=moment(family.created_at),
        idle_expires_at=_moment(family.expires_at),
        expires_at=_moment(family.ends_at),
        device=TokenDevice(initial_ip=family.ip, initial_user_agent=family.user_agent),
        client_id=grant.client_id,
        session_id=grant.sid or None,
        rotating=client is not None and rotates(client, grant),
        resource_servers=(audience,),
        refresh_token_metadata=noted.note.metadata if noted.note else None,
        last_exchanged_at=moment(family.rotated_at) if was_exchanged else None,
    )
    return shown_as(shown)


def _moment(at: int | None) -> str | None:
    return None if at is None else moment(at)
