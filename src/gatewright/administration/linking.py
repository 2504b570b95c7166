"""Users linked and unlinked by an administrator, each call one unit with its events."""

import msgspec

from gatewright.administration.author import Author, told
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, NotFound
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.tenants import Tenant
from gatewright.users import Identity, IdentityLinked, IdentityUnlinked, LinkedAway, User, UserStore
from gatewright.users.linking import joined, parted

_TRIES = 10


class LinkAdministration:
    """Makes two users one person, and undoes it. Whether the author may have both, the door has to know."""

    def __init__(self, *, store: UserStore, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock

    async def link(
        self, tenant: Tenant, user_id: str, secondary_id: str, *, by: Author
    ) -> tuple[Identity, ...]:
        """Makes the user ``secondary_id`` an identity of ``user_id``; returns the identities of that one.

        Whoever signs in as the secondary is the primary from then on. The secondary's sessions, tokens, roles
        and consents end; their metadata is not merged.
        Raises ``NotFound`` when one of them is not there, ``Conflict`` when they cannot be linked.
        """
        tenant_id = tenant.tenant_id
        for _ in range(_TRIES):
            primary, secondary = await self._get(tenant_id, user_id), await self._get(tenant_id, secondary_id)
            now = self._clock.now()
            after = msgspec.structs.replace(joined(primary, secondary), updated_at=now)
            events = (
                told(IdentityLinked, by, tenant_id, primary, now, linked=secondary_id),
                told(LinkedAway, by, tenant_id, secondary, now, linked_to=user_id),
            )
            try:
                await self._bus.commit(self._store.link(tenant_id, after, secondary), *events)
            except Unmatched:  # one of them changed: decide anew
                continue
            return after.identities
        raise Conflict(f"users {user_id} and {secondary_id} are being changed by somebody else")

    async def unlink(
        self, tenant: Tenant, user_id: str, provider: str, subject: str, *, by: Author
    ) -> tuple[Identity, ...]:
        """Makes an identity a user of its own again; returns those that the user keeps.

        Sessions and refresh tokens of the user end, since they may have begun with that identity.
        Raises ``NotFound`` when there is no such user or identity, ``Conflict`` when it is the first one.
        """
        tenant_id = tenant.tenant_id
        for _ in range(_TRIES):
            user, now = await self._get(tenant_id, user_id), self._clock.now()
            kept, restored = parted(user, provider, subject, now)
            after = msgspec.structs.replace(kept, updated_at=now)
            event = told(IdentityUnlinked, by, tenant_id, user, now, unlinked=restored.user_id)
            try:
                await self._bus.commit(self._store.unlink(tenant_id, after, restored), event)
            except Unmatched:
                continue
            except Duplicate:
                raise Conflict(f"there is another user {restored.user_id}") from None
            return after.identities
        raise Conflict(f"user {user_id} is being changed by somebody else")

    async def _get(self, tenant_id: str, user_id: str) -> User:
        user = await self._store.get(tenant_id, user_id)
        if user is None:
            raise NotFound("the user does not exist")
        return user
