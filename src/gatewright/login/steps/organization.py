"""For which organization? Before signing in a person names one; after it they choose among their own."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gatewright.connections import Connections
from gatewright.kernel.events import Bus
from gatewright.kernel.texts import N_
from gatewright.kernel.units import Unmatched
from gatewright.login.dispatch import Step, next_step
from gatewright.login.organizations import as_asked
from gatewright.login.steps.step import Refused, form_token
from gatewright.login.transactions import Found, LoginTransactions
from gatewright.login.way_back import NOTICES, onward
from gatewright.organizations import Organization, Organizations
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters

_UNKNOWN = N_("There is no organization of that name.")
_NOT_YOURS = N_("You do not belong to that organization.")


class _OrganizationStep:
    """What the two have in common: the organization that was said goes into the transaction."""

    step: Step

    def __init__(
        self,
        *,
        organizations: Organizations,
        connections: Connections,
        logins: LoginTransactions,
        pages: HostedPages,
        bus: Bus,
    ) -> None:
        self._organizations = organizations
        self._connections = connections
        self._logins = logins
        self._pages = pages
        self._bus = bus

    async def _onward(self, request: Request, found: Found, organization: Organization) -> Response:
        tenant = context_of(request).tenant
        facts = await as_asked(organization, self._connections, tenant.tenant_id)
        asked = msgspec.structs.replace(found.transaction.asked, organization=facts)
        moved = msgspec.structs.replace(found.transaction, asked=asked)
        try:
            await self._bus.commit((self._logins.moved(tenant, moved),))
        except Unmatched:
            return onward(found, self.step)
        return onward(Found(found.secret, moved), next_step(moved))


class NameOrganization(_OrganizationStep):
    """See ``step.PageStep``."""

    step: Step = "name_organization"

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """Asks for the name by which programs know the organization."""
        asked = found.transaction.asked
        return self._pages.show(
            request,
            "login/organization.html",
            locale=asked.locale,
            form_targets=None,
            action=f"/u/organization?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            organization=form.get("organization", ""),
            error=error,
            notice="" if error else NOTICES.get(asked.restarted, ""),
            client_name=asked.client_name,
            policy_url=asked.policy_url,
            tos_url=asked.tos_url,
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Goes on with the organization of that name."""
        name, tenant_id = form.get("organization", "").strip(), context_of(request).tenant.tenant_id
        organization = await self._organizations.called(tenant_id, name)
        if organization is None:
            raise Refused(self._pages.text(found.transaction.asked.locale, _UNKNOWN))
        return await self._onward(request, found, organization)


class SelectOrganization(_OrganizationStep):
    """See ``step.PageStep``."""

    step: Step = "select_organization"

    async def page(self, request: Request, found: Found, *, form: Parameters, error: str) -> Response:
        """The organizations that the person belongs to."""
        mine = await self._mine(request, found)
        return self._pages.show(
            request,
            "login/select_organization.html",
            locale=found.transaction.asked.locale,
            form_targets=None,
            action=f"/u/select-organization?state={found.secret}",
            csrf=form_token(request, found.transaction.transaction_hash),
            state=found.secret,
            error=error,
            organizations=[(each.organization_id, each.called, each.branding.logo_url) for each in mine],
        )

    async def take(self, request: Request, found: Found, form: Parameters) -> Response:
        """Goes on with the one that was chosen, if it is theirs."""
        chosen = form.get("organization", "")
        for each in await self._mine(request, found):
            if each.organization_id == chosen:
                return await self._onward(request, found, each)
        raise Refused(self._pages.text(found.transaction.asked.locale, _NOT_YOURS))

    async def _mine(self, request: Request, found: Found) -> list[Organization]:
        tenant_id = context_of(request).tenant.tenant_id
        return await self._organizations.of_user(tenant_id, found.transaction.user_id)
