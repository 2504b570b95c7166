"""``/tenants/settings``: what an administrator sets for the whole tenant."""

from dataclasses import replace
from typing import Any

import msgspec

from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import BY_ID, Draft
from gatewright.management.query import FIELDS
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import tenant_entry
from gatewright.provisioning.state import TenantState
from gatewright.tenants import Tenant, TenantSettings

PATH = "/tenants/settings"
_BY_KEY = frozenset({"flags"})
_LACKS = (
    "fields and flags that the wire has and the tenant file has not, as sandbox_versions_available; "
    "of those that are there, some are kept and steer nothing yet (Tenant file)"
)


class TenantSettingsResource:
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
                scopes=("read:tenant_settings",),
                summary="Read the settings of the tenant.",
                run=self._read,
                query=FIELDS,
                shows=TenantSettings,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=PATH,
                scopes=("update:tenant_settings",),
                summary="Update settings of the tenant; flags that are not sent stay as they are.",
                run=self._update,
                body=Body(TenantSettings, partial=True),
                shows=TenantSettings,
                lacks=_LACKS,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(call.tenant))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            current = state.known_tenant
            call.check_unchanged(_shown(current))
            held: Sent = {"flags": {}, **tenant_entry(current, BY_ID)}
            entry = entry_of(TenantSettings, merged(held, sent, by_key=_BY_KEY))
            Draft(current, state, call.now).check("tenant", entry)
            return replace(state, tenant=msgspec.structs.replace(current, settings=entry.value))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update tenant settings"))
        return call.one(_shown(state.known_tenant))


def _shown(tenant: Tenant) -> Shown:
    """The settings with everything that is in force, chosen or not."""
    settings = tenant.settings
    return shown_as(settings) | {
        name: _whole(getattr(settings, name))
        for name in settings.__struct_fields__
        if getattr(settings, name) not in (None, "")
    }


def _whole(value: Any) -> object:
    """A value with its defaults; whole numbers without a fraction, as they were written."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.asdict(value)
        return {name: _whole(held) for name, held in fields.items() if held is not None}
    if isinstance(value, list | tuple):
        return [_whole(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
