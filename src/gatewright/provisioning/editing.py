"""One change of a tenant's configuration at a time, by the rules that a whole tenant file follows."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakValueDictionary

from gatewright.connections import Leftovers
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, NotFound, Unavailable
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.provisioning.changes import unit_of
from gatewright.provisioning.plan import Plan, plan_of
from gatewright.provisioning.state import Stores, TenantState, load_state
from gatewright.provisioning.target.tenant import settled

Edit = Callable[[TenantState], TenantState]
"""What the tenant is → what it shall be; raises what refuses the change. It may be asked more than once."""

Tell = Callable[[Plan], Event]
"""The event that tells of what happens."""

MOST_TRIES = 10


class Editing:
    """Changes a tenant's configuration, each time in one unit with its event.

    What would lead nowhere afterwards goes in the same unit, and keys for an algorithm newly chosen come.
    Two who change one tenant at a time never undo each other's work: whoever was slower decides again.
    """

    def __init__(
        self, *, stores: Stores, bus: Bus, keys: SigningKeys, leftovers: Leftovers, clock: Clock
    ) -> None:
        self._stores = stores
        self._bus = bus
        self._keys = keys
        self._leftovers = leftovers
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def change(self, tenant_id: str, edit: Edit, tell: Tell) -> TenantState:
        """Makes the tenant what ``edit`` makes of it, and returns that.

        Raises ``NotFound`` for an unknown tenant, ``Conflict`` for what may exist only once, and while
        others keep changing the tenant; and whatever ``edit`` raises, with nothing changed.
        """
        async with self._turns.setdefault(tenant_id, asyncio.Lock()):
            for _ in range(MOST_TRIES):
                with suppress(Unmatched):
                    return await self._once(tenant_id, edit, tell)
        raise Conflict("the configuration of the tenant is being changed by others; try again")

    async def _once(self, tenant_id: str, edit: Edit, tell: Tell) -> TenantState:
        # The number first: whatever is read after it and changes later moves the number on.
        revision = await self._stores.tenants.revision(tenant_id)
        before, now = await load_state(self._stores, tenant_id), self._clock.now()
        if before.tenant is None:
            raise NotFound(f"no tenant {tenant_id!r}")
        after = settled(edit(before), now)
        plan = plan_of(before, after, {})
        if plan.steps:
            turn = self._stores.tenants.touched_since(tenant_id, revision)
            unit = (turn, *await unit_of(plan, self._stores, self._keys, now))
            try:
                await self._bus.commit(unit, tell(plan))
            except Duplicate as error:
                raise Conflict(f"one like it exists already ({error.table})") from None
            await self._remove_leftovers(plan)
        return after

    async def _remove_leftovers(self, plan: Plan) -> None:
        """The people of a deleted connection go; where that is cut short, housekeeping goes on with it."""
        kinds = {step.kind for step in plan.steps if step.action == "delete"}
        if kinds & {"database", "connection"}:
            with suppress(Unavailable):
                await self._leftovers.remove_of(plan.tenant.tenant_id)
