"""The sender: takes what is due from the outbox and hands it to the transport, at least once.

Every process runs one. A row is leased by a conditional update before each try, so no two send the same
message at once; a lease that nobody settled (its process died) runs out, and the message is tried again.
Between turns the sender sleeps until the next one is due or somebody nudges it; nothing is polled.
"""

import asyncio
import logging
from contextlib import suppress

from gatewright.jose import MasterKey
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Unavailable
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.messages.events import MessageFailed, ProviderFailed
from gatewright.messages.model import DAY, MOST_CAPTURED, OutboxEntry, QueuedMessage
from gatewright.messages.outbox import opened
from gatewright.messages.store import OutboxStore
from gatewright.messages.tenant_transports import OwnTransports
from gatewright.messages.transports.transport import Fate, Postponed, Refused, Session, Transport, Unreachable

MOST_TRIES = 12
"""After as many the message is given up: about five hours and a half after the first."""

_BATCH = 50
_TRY_SECONDS = 60
_LEASE_SECONDS = _TRY_SECONDS + 30
_KEPT_SECONDS = 7 * DAY
_TROUBLE_SECONDS = 5
_log = logging.getLogger(__name__)


def back_off(tries: int) -> int:
    """Seconds to wait after the ``tries``-th try: 30, doubled each time, an hour at most."""
    return min(int(30 * 2 ** (tries - 1)), 3600)


class Sender:
    """Delivers the messages of all tenants through ``transport``, or through a tenant's ``own``."""

    def __init__(
        self,
        store: OutboxStore,
        transport: Transport,
        bus: Bus,
        clock: Clock,
        master_key: MasterKey,
        *,
        own: OwnTransports | None = None,
    ) -> None:
        self._own = own
        self._store = store
        self._transport = transport
        self._bus = bus
        self._clock = clock
        self._master_key = master_key
        self._awake = asyncio.Event()
        self._stopping = False

    def nudge(self) -> None:
        """Wakes the sender: something new may be due."""
        self._awake.set()

    def stop(self) -> None:
        """Makes ``run`` return once the message in hand is settled."""
        self._stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Sends what is left over, then whatever comes, until ``stop`` or cancellation."""
        while not self._stopping:
            self._awake.clear()
            pause = await self._turn()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awake.wait()

    async def deliver_due(self) -> int | None:
        """Tries everything that is due; returns the seconds until more is, or ``None`` for never."""
        while not self._stopping:
            batch = await self._store.due(self._clock.now(), limit=_BATCH)
            if not batch:
                break
            await self._deliver(batch)
        turn = await self._store.next_due()
        return None if turn is None else max(turn - self._clock.now(), 0)

    async def _turn(self) -> int | None:
        try:
            return await self.deliver_due()
        except Unavailable as trouble:
            _log.warning("the outbox cannot be read: %s", trouble.message)
            return max(trouble.retry_after, _TROUBLE_SECONDS)
        except Exception:
            # A mistake of ours must not end all mail of this process until it is started anew.
            _log.exception("the outbox cannot be worked on")
            return _TROUBLE_SECONDS

    async def _deliver(self, batch: list[OutboxEntry]) -> None:
        """Tries a batch; ways out are tried side by side, for one that is slow is no other tenant's fault."""
        ways = [(entry, await self._way_out(entry.tenant_id)) for entry in batch]
        groups: dict[int, tuple[Transport, list[OutboxEntry]]] = {}
        for entry, transport in ways:
            groups.setdefault(id(transport), (transport, []))[1].append(entry)
        tries = (self._deliver_through(transport, entries) for transport, entries in groups.values())
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        trouble = next((each for each in outcomes if each is not None), None)
        if trouble is not None:  # told when all have come to an end, so that none goes on unseen
            raise trouble

    async def _way_out(self, tenant_id: str) -> Transport:
        own = await self._own.of(tenant_id) if self._own else None
        return own or self._transport

    async def _deliver_through(self, transport: Transport, batch: list[OutboxEntry]) -> None:
        try:
            async with transport.session() as session:
                for entry in batch:
                    if self._stopping or not await self._deliver_one(session, entry):
                        break
        except Unreachable as trouble:
            _log.warning("%d messages wait: %s", len(batch), trouble)
            if transport is not self._transport and any(entry.tries == 0 for entry in batch):
                await self._tell_of(batch[0].tenant_id, len(batch), str(trouble))
            for entry in batch:
                await self._try_later(entry, entry.tries + 1, None, str(trouble))

    async def _tell_of(self, tenant_id: str, waiting: int, reason: str) -> None:
        """What a tenant's administrators cannot read in the operator's log: their own server fails."""
        event = ProviderFailed(
            tenant_id=tenant_id,
            at=self._clock.now(),
            description=f"The e-mail provider cannot be used, messages wait: {reason}",
            details={"waiting": waiting},
        )
        await self._bus.commit((), event)

    async def _deliver_one(self, session: Session, seen: OutboxEntry) -> bool:
        """One try for one message; whether the session can be used for another."""
        now = self._clock.now()
        entry = await self._store.lease(seen, until=now + _LEASE_SECONDS)
        if entry is None:
            return True
        queued = opened(self._master_key, entry)
        if queued is None:
            await self._give_up(entry, None, "it was sealed under another master key, or altered")
        elif now >= queued.deadline:
            await self._give_up(entry, queued, "it could not be sent in time")
        else:
            return await self._try(session, entry, queued)
        return True

    async def _try(self, session: Session, entry: OutboxEntry, queued: QueuedMessage) -> bool:
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                fate = await session.deliver(queued, entry.message_id)
        except Refused as refusal:
            await self._give_up(entry, queued, str(refusal))
        except Postponed as reason:
            await self._try_later(entry, entry.tries, queued, str(reason))
        except (Unreachable, TimeoutError) as trouble:
            await self._try_later(entry, entry.tries, queued, str(trouble) or "the mail server is too slow")
            return False
        except Exception as mistake:
            _log.exception("a message could not be sent")
            await self._try_later(entry, entry.tries, queued, f"internal error: {type(mistake).__name__}")
            return False
        except asyncio.CancelledError:
            # Whoever looks next may try at once instead of waiting for the lease to end.
            await self._commit((self._store.postpone(entry, tries=entry.tries, at=self._clock.now()),))
            raise
        else:
            await self._commit(self._settled(entry, fate))
        return True

    def _settled(self, entry: OutboxEntry, fate: Fate) -> Unit:
        if fate is Fate.SENT:
            return (self._store.delete(entry),)
        kept = self._store.keep(entry, expires_at=self._clock.now() + _KEPT_SECONDS)
        return (kept, self._store.trim(entry.tenant_id, most=MOST_CAPTURED))

    async def _try_later(
        self, entry: OutboxEntry, tries: int, queued: QueuedMessage | None, reason: str
    ) -> None:
        if tries >= MOST_TRIES:
            await self._give_up(entry, queued, reason)
            return
        at = self._clock.now() + back_off(tries)
        await self._commit((self._store.postpone(entry, tries=tries, at=at),))

    async def _give_up(self, entry: OutboxEntry, queued: QueuedMessage | None, reason: str) -> None:
        now = self._clock.now()
        failed = MessageFailed(
            tenant_id=entry.tenant_id,
            at=now,
            user_name=queued.message.to if queued else None,
            description=f"A message was not sent: {reason}",
            details={"kind": queued.message.kind, "tries": entry.tries} if queued else {"tries": entry.tries},
        )
        await self._bus.commit((self._store.fail(entry, expires_at=now + _KEPT_SECONDS),), failed)

    async def _commit(self, unit: Unit) -> None:
        await self._bus.commit(unit)
