"""One-time codes: one for each address, replaced, guessed at and spent by one statement each."""

from sqlalchemy import and_, bindparam, delete, select, update

from gatewright.kernel.units import Change
from gatewright.login.one_time_code import MOST_GUESSES, OneTimeCode
from gatewright.storage.database import Database, Row
from gatewright.storage.schema import one_time_codes as codes
from gatewright.storage.statement import Statement, upsert

_HERE = and_(codes.c.tenant_id == bindparam("tenant_id"), codes.c.address_hash == bindparam("address_hash"))
_FRESH = codes.c.expires_at > bindparam("now")
_COLUMNS = (codes.c.address_hash, codes.c.code_hash, codes.c.client_id, codes.c.expires_at)

_PUT = upsert(
    codes,
    keys=("tenant_id", "address_hash"),
    update=("code_hash", "client_id", "guesses", "expires_at"),
)
_GET = Statement(select(*_COLUMNS).where(_HERE, _FRESH))
_GUESS = Statement(
    update(codes)
    .where(_HERE, _FRESH, codes.c.guesses < MOST_GUESSES)
    .values(guesses=codes.c.guesses + 1)
    .returning(*_COLUMNS)
)
_SPEND = Statement(delete(codes).where(_HERE, codes.c.code_hash == bindparam("code_hash")))


class SqlOneTimeCodes:
    """See ``login.store.OneTimeCodeStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tenant_id: str, code: OneTimeCode) -> Change:
        """See ``OneTimeCodeStore.put``."""
        return _PUT.change(
            tenant_id=tenant_id,
            address_hash=code.address_hash,
            code_hash=code.code_hash,
            client_id=code.client_id,
            guesses=0,
            expires_at=code.expires_at,
        )

    async def get(self, tenant_id: str, address_hash: str, *, now: int) -> OneTimeCode | None:
        """See ``OneTimeCodeStore.get``."""
        row = await self._database.fetch_one(_GET, tenant_id=tenant_id, address_hash=address_hash, now=now)
        return _read(row)

    async def guess(self, tenant_id: str, address_hash: str, *, now: int) -> OneTimeCode | None:
        """See ``OneTimeCodeStore.guess``."""
        guess = _GUESS.change(tenant_id=tenant_id, address_hash=address_hash, now=now)
        return _read(await self._database.take(guess))

    def spend(self, tenant_id: str, code: OneTimeCode) -> Change:
        """See ``OneTimeCodeStore.spend``."""
        return _SPEND.change(
            must_match=True,
            tenant_id=tenant_id,
            address_hash=code.address_hash,
            code_hash=code.code_hash,
        )


def _read(row: Row | None) -> OneTimeCode | None:
    return OneTimeCode(*row) if row else None
