"""``/branding``: logo, icon, colours and font of the hosted pages."""

from dataclasses import replace

import msgspec

from gatewright.management.bodies import Body, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import branding_entry
from gatewright.provisioning.entry_kinds import BrandingEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import settings_of
from gatewright.tenants import Branding, Tenant

PATH = "/branding"
_FIXED = {
    "templates": "has an address of its own, /branding/templates/universal-login; wanted: no such field"
}
_BY_KEY = frozenset({"colors", "font"})


class BrandingResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path=PATH,
                scopes=("read:branding",),
                summary="Read logo, icon, colours and font of the hosted pages.",
                run=self._read,
                shows=Branding,
            ),
            Operation(
                method="PATCH",
                path=PATH,
                scopes=("update:branding",),
                summary="Update the branding; colours that are not sent stay as they are.",
                run=self._update,
                body=Body(BrandingEntry, partial=True, fixed=_FIXED),
                shows=Branding,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(call.tenant))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            current = state.known_tenant
            call.check_unchanged(_shown(current))
            entry = entry_of(BrandingEntry, merged(branding_entry(current), sent, by_key=_BY_KEY))
            Draft(current, state, call.now).check("branding", entry)
            return replace(
                state,
                tenant=msgspec.structs.replace(
                    current, branding=Branding(**settings_of(Branding, entry.value))
                ),
            )

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update branding"))
        return call.one(_shown(state.known_tenant))


def _shown(tenant: Tenant) -> Shown:
    return {name: held for name, held in shown_as(tenant.branding).items() if held != {}}
