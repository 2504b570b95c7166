"""One way to a link that sets a new password for every door that takes the wish, with pages or without.

The link goes to the address on record and to nobody else, and what a door answers does not tell whether it
went: both ways count the same attempts, look the person up once and commit one unit.
"""

from gatewright.connections import Connection
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.login.asking import Asking
from gatewright.login.mailing import Mailing
from gatewright.protection import MAIL_TO_ADDRESS, RESET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import PasswordChangeRequested, User, UserStore
from gatewright.users.identifiers import identifier, normalised
from gatewright.web.context import Context


class ResetWish:
    """Mails the link, or does not."""

    def __init__(
        self, *, users: UserStore, mailing: Mailing, limiter: AttemptLimiter, bus: Bus, clock: Clock
    ) -> None:
        self._users = users
        self._mailing = mailing
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def grant(
        self, context: Context, asking: Asking, connection: Connection | None, typed: str, *, also: Unit = ()
    ) -> None:
        """Mails a link to whom ``typed``, an address or a username, names in the database.

        ``also`` happens in the same unit, either way.
        Raises ``TooMany``, and ``Unmatched`` when ``also`` came too late.
        """
        tenant = context.tenant
        network = network_of(context.origin.ip)
        await self._limiter.admit(tenant.tenant_id, RESET_PER_IP, network, context.origin)
        await self._limiter.admit(tenant.tenant_id, MAIL_TO_ADDRESS, normalised(typed), context.origin)
        user = await self._resettable(tenant.tenant_id, connection, typed)
        changes = also
        if user is not None and connection is not None:
            to = asking.addressee(user, connection.name)
            changes += await self._mailing.link(tenant, "reset_password", to)
        event = PasswordChangeRequested(
            tenant_id=tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=asking.client_id,
            client_name=asking.client_name,
            connection=connection.name if connection else None,
            user_id=user.user_id if user else None,
            user_name=typed[:100],
        )
        await self._bus.commit(changes, event)
        self._mailing.sent()

    async def _resettable(self, tenant_id: str, connection: Connection | None, typed: str) -> User | None:
        if connection is None or connection.options.disable_self_service_change_password:
            return None
        found = await self._users.credentials(tenant_id, connection.name, identifier(typed))
        if found is None or found.user.blocked or not found.user.email:
            return None
        return found.user
