"""What one may do with login transactions: begin, find again, move on, finish."""

import hmac
from dataclasses import dataclass

import msgspec
from starlette.requests import HTTPConnection

from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unmatched
from gatewright.login.browser import BrowserCookie
from gatewright.login.store import TransactionStore
from gatewright.login.transaction import LIFETIME, Asked, LoginTransaction
from gatewright.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Found:
    """A transaction that this very browser may go on with; ``secret`` is the one in the address."""

    secret: str
    transaction: LoginTransaction


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a transaction cannot go on; ``transaction`` is there when it can at least be begun anew."""

    reason: str
    transaction: LoginTransaction | None


class LoginTransactions:
    """Keeps people's place while they sign in."""

    def __init__(self, store: TransactionStore, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock

    async def begin(
        self,
        tenant: Tenant,
        connection: HTTPConnection,
        asked: Asked,
        *,
        begun_at: str,
        return_to: str,
        request: dict[str, str],
        session_hash: str = "",
        user_id: str = "",
        replaces: LoginTransaction | None = None,
    ) -> tuple[str, BrowserCookie]:
        """A new transaction; its address secret, and the browser's cookie to set on the answer.

        ``session_hash`` and ``user_id`` are those of a live session that still has something to be asked.
        ``replaces`` is a transaction that this one goes on from, and that is over with it.
        Raises ``Unmatched`` when another tab finished that one meanwhile.
        """
        cookie = BrowserCookie.of(connection, secure=tenant.is_https)
        secret, now = ids.opaque_token(), self._clock.now()
        transaction = LoginTransaction(
            transaction_hash=fingerprint(secret),
            browser_hash=fingerprint(cookie.secret),
            asked=asked,
            begun_at=begun_at,
            return_to=return_to,
            request=request,
            created_at=now,
            expires_at=now + LIFETIME,
            session_hash=session_hash,
            user_id=user_id,
            wanted_signup=asked.start_with_signup,
        )
        ended = (self._store.finish(tenant.tenant_id, replaces),) if replaces else ()
        await self._bus.commit((*ended, self._store.insert(tenant.tenant_id, transaction)))
        return secret, cookie

    async def find(self, tenant: Tenant, connection: HTTPConnection, secret: str | None) -> Found | Lost:
        """The transaction of the address, if this browser began it and it has not expired."""
        if not secret:
            return Lost("missing", None)
        transaction = await self._store.get(tenant.tenant_id, fingerprint(secret))
        if transaction is None:
            return Lost("unknown", None)
        if transaction.finished:
            return Lost("finished", transaction)
        if self._clock.now() >= transaction.expires_at:
            return Lost("expired", transaction)
        cookie = BrowserCookie.read(connection, secure=tenant.is_https)
        if cookie is None:
            return Lost("no_cookie", transaction)
        if not hmac.compare_digest(fingerprint(cookie.secret), transaction.browser_hash):
            return Lost("other_browser", transaction)
        return Found(secret, transaction)

    async def begun(self, tenant: Tenant, secret: str) -> Found:
        """The transaction that ``begin`` just made: its browser may not have the cookie yet."""
        transaction = await self._store.get(tenant.tenant_id, fingerprint(secret))
        assert transaction is not None, "it was made in this very request"
        return Found(secret, transaction)

    def moved(self, tenant: Tenant, transaction: LoginTransaction) -> Change:
        """The change that stores the transaction's next version; must match."""
        return self._store.update(tenant.tenant_id, transaction)

    def finished(self, tenant: Tenant, transaction: LoginTransaction) -> Change:
        """The change that spends the transaction; must match."""
        return self._store.finish(tenant.tenant_id, transaction)

    async def note(self, tenant: Tenant, transaction: LoginTransaction, **fields: object) -> None:
        """Stores ``fields``; when another tab moved on meanwhile, that tab's state stands."""
        try:
            await self._bus.commit((self.moved(tenant, msgspec.structs.replace(transaction, **fields)),))
        except Unmatched:
            return
