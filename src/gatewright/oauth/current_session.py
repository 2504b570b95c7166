"""The browser's live session and its user, in one statement."""

from starlette.requests import Request

from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.oauth.policy import SignedIn
from gatewright.oauth.store import AuthorizationStore
from gatewright.sessions import SessionCookies
from gatewright.web.context import context_of


class CurrentSession:
    """Reads the session cookie."""

    def __init__(self, store: AuthorizationStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of(self, request: Request) -> SignedIn | None:
        """The session, unless it ran out, or its user is blocked or gone."""
        tenant = context_of(request).tenant
        secret = SessionCookies(secure=tenant.is_https).read(request)
        found = await self._store.signed_in(tenant.tenant_id, fingerprint(secret)) if secret else None
        if found is None or not found[0].is_alive(self._clock.now()) or found[1].blocked:
            return None
        return SignedIn(*found)
