"""Which scopes of an API a client may have for itself (client credentials)."""

import msgspec


class ClientGrant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A client's standing permission for an API."""

    grant_id: str
    client_id: str
    audience: str
    scope: tuple[str, ...] = ()
