"""``/branding/templates/universal-login``: what stands around the forms of login."""

from dataclasses import replace

import msgspec

from gatewright.management.bodies import Body, entry_of
from gatewright.management.drafts import Draft
from gatewright.management.errors import Inexistent
from gatewright.management.resource import Answer, Call, Operation
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entry_kinds import BrandingEntry
from gatewright.provisioning.state import TenantState
from gatewright.tenants import LooksStore, PageTemplate

_LACKS = (
    "scripts and forms of the template's own, external stylesheets, loops in Liquid, user and transaction"
)


class SentTemplate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent as JSON; the HTML alone may be sent as ``text/html``, too."""

    template: str


class ShownTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """The template as the wire shows it."""

    body: str


class PageTemplateResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, looks: LooksStore) -> None:
        self._editing = editing
        self._looks = looks

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/branding/templates/universal-login"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:branding",),
                summary="Read what stands around the forms of login.",
                run=self._read,
                shows=ShownTemplate,
            ),
            Operation(
                method="PUT",
                path=path,
                scopes=("update:branding",),
                summary="Put HTML in Liquid around them, with {%- auth0:head -%} and {%- auth0:widget -%}.",
                run=self._put,
                status=204,
                body=Body(SentTemplate),
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:branding",),
                summary="Let them stand on the page of the installation again.",
                run=self._delete,
                status=204,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        page = (await self._looks.get(call.tenant_id)).page
        if page is None:
            raise Inexistent("template")
        return call.one({"body": page.body})

    async def _put(self, call: Call) -> Answer:
        page = PageTemplate(body=await call.text("template"))

        def edit(state: TenantState) -> TenantState:
            entry = entry_of(BrandingEntry, {"templates": [msgspec.to_builtins(page)]})
            Draft(state.known_tenant, state, call.now).check("branding", entry)
            return replace(state, page=page)

        await self._editing.change(call.tenant_id, edit, call.tell("Set the page template"))
        return Answer()

    async def _delete(self, call: Call) -> Answer:
        def edit(state: TenantState) -> TenantState:
            if state.page is None:
                raise Inexistent("template")
            return replace(state, page=None)

        await self._editing.change(call.tenant_id, edit, call.tell("Delete the page template"))
        return Answer()
