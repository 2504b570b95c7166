"""When a refresh token is given, and the family it begins."""

from collections.abc import Iterable

from gatewright.apis import Api
from gatewright.clients import DELEGATION_BY_REFRESH_TOKEN, Client
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Origin
from gatewright.kernel.units import Unit
from gatewright.oauth.model import Family, Grant
from gatewright.oauth.refresh_tokens import RefreshTokens
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import REFRESH_TOKEN

_LONGEST_AGENT = 200


class Families:
    """Begins and extends families of refresh tokens."""

    def __init__(self, store: AuthorizationStore, tokens: RefreshTokens, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock

    def begin(
        self, tenant_id: str, client: Client, grant: Grant, api: Api | None, *, origin: Origin
    ) -> tuple[str | None, Unit]:
        """The first refresh token of a grant and the change that remembers its family.

        Nothing unless ``offline_access`` was granted, the client may refresh, and the API allows it.
        """
        if not is_refreshable(client, grant, api):
            return None, ()
        now = self._clock.now()
        ends_at = client.refresh_token.absolute_expiry(now)
        family = Family(
            grant=grant,
            created_at=now,
            rotated_at=now,
            ends_at=ends_at,
            expires_at=nearer(client.refresh_token.idle_expiry(now), ends_at),
            ip=origin.ip,
            user_agent=origin.user_agent[:_LONGEST_AGENT],
        )
        return self._tokens.token(tenant_id, grant.grant_id, 0), (self._store.put_family(tenant_id, family),)


def is_refreshable(client: Client, grant: Grant, api: Api | None) -> bool:
    """Whether the grant comes with a refresh token (OIDC Core §11)."""
    may = _may_refresh_in_legacy(client) if grant.legacy else _may_refresh(client, api)
    return may and "offline_access" in grant.scopes


def obtainable(
    scopes: Iterable[str], client: Client, api: Api | None, *, at_token_endpoint: bool
) -> tuple[str, ...]:
    """``scopes`` without ``offline_access`` where it leads to nothing: nobody is asked for it, or told it.

    Only the token endpoint gives refresh tokens, for a code or for a password (RFC 6749 §4.2.2).
    """
    is_lasting = at_token_endpoint and _may_refresh(client, api)
    return tuple(scope for scope in scopes if scope != "offline_access" or is_lasting)


def obtainable_in_legacy(
    scopes: Iterable[str], client: Client, types: frozenset[str], device: str
) -> tuple[str, ...]:
    """The same for the legacy pipeline, where an access token in front brings a refresh token too.

    It is for a ``device``, which the request has to name (the wire §3.1).
    """
    is_lasting = bool(types & {"code", "token"}) and bool(device) and _may_refresh_in_legacy(client)
    return tuple(scope for scope in scopes if scope != "offline_access" or is_lasting)


def _may_refresh_in_legacy(client: Client) -> bool:
    """Either door will do: the token endpoint, or ``/delegation``."""
    return client.may_use(REFRESH_TOKEN) or client.may_use(DELEGATION_BY_REFRESH_TOKEN)


def _may_refresh(client: Client, api: Api | None) -> bool:
    return client.may_use(REFRESH_TOKEN) and (api is None or api.allow_offline_access)


def rotates(client: Client, grant: Grant) -> bool:
    """Whether each refresh replaces the token.

    Those of the legacy pipeline stay: ``/delegation`` has no way to give the next one.
    """
    return client.refresh_token.rotates and not grant.legacy


def nearer(one: int | None, other: int | None) -> int | None:
    """The earlier of two times, ``None`` being never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
