"""``/custom-domains``: other names of a tenant, which it answers on once their owner has vouched for them."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from gatewright.management.bodies import Body, Sent, check, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, NotSupported
from gatewright.management.query import FIELDS
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.shown_domains import DefaultDomain, ShownDomain, Tested, own_domain, shown_domain
from gatewright.management.txt_records import NoRecords, TxtRecords
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import custom_domain_entry
from gatewright.provisioning.entry_kinds import CustomDomainEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.domains import domain_of, with_domains
from gatewright.tenants import CustomDomain, Tenant, TenantStore

_FIXED = {"domain": "cannot be changed; wanted: no such field", "type": "cannot be changed"}
_LACKS = (
    "certificates (type auth0_managed_certs), verification by CNAME and custom_client_ip_header: "
    "the operator has certificates and proxies; metadata is kept and steers nothing"
)
MOST = 50
"""Domains of a tenant."""


class SentDomain(CustomDomainEntry, frozen=True, kw_only=True):
    """A domain as it is sent. ``type`` is ``self_managed_certs``, ``verification_method`` is ``txt``."""

    type: str  # type: ignore[assignment]
    verification_method: str = "txt"
    custom_client_ip_header: str | None = None


class ChosenDomain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to choose the default: a domain that is ready, or the tenant's own."""

    domain: str


class CustomDomainResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, tenants: TenantStore, records: TxtRecords) -> None:
        self._editing = editing
        self._tenants = tenants
        self._records = records

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (*self._of_all, *self._of_one)

    @property
    def _of_all(self) -> tuple[Operation, ...]:
        return (
            Operation(
                method="GET",
                path="/custom-domains",
                scopes=("read:custom_domains",),
                summary="List custom domains.",
                run=self._list,
                query=FIELDS,
                shows=ShownDomain,
                bare_list=True,
                lacks="q and sort",
            ),
            Operation(
                method="POST",
                path="/custom-domains",
                scopes=("create:custom_domains",),
                summary="Name a domain, and learn which TXT record vouches for it.",
                run=self._create,
                status=201,
                body=Body(SentDomain),
                shows=ShownDomain,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path="/custom-domains/default",
                scopes=("read:custom_domains",),
                summary="Read which domain is the default.",
                run=self._default,
                shows=DefaultDomain,
                lacks="that mails name it: their links go to the issuer",
            ),
            Operation(
                method="PATCH",
                path="/custom-domains/default",
                scopes=("update:custom_domains",),
                summary="Choose the default among the domains that are ready, and the tenant's own.",
                run=self._choose,
                body=Body(ChosenDomain),
                shows=DefaultDomain,
                lacks="that mails name it: their links go to the issuer",
            ),
        )

    @property
    def _of_one(self) -> tuple[Operation, ...]:
        one = "/custom-domains/{id}"
        return (
            Operation(
                method="GET",
                path=one,
                scopes=("read:custom_domains",),
                summary="Read a custom domain.",
                run=self._read,
                shows=ShownDomain,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:custom_domains",),
                summary="Change what is kept of a custom domain.",
                run=self._update,
                body=Body(SentDomain, partial=True, fixed=_FIXED),
                shows=ShownDomain,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:custom_domains",),
                summary="Delete a custom domain; the tenant answers on it no more.",
                run=self._delete,
                status=204,
            ),
            Operation(
                method="POST",
                path=f"{one}/verify",
                scopes=("create:custom_domains",),
                summary="Look for the TXT record; with it the tenant answers on the domain.",
                run=self._verify,
                shows=ShownDomain,
            ),
            Operation(
                method="POST",
                path=f"{one}/test",
                scopes=("create:custom_domains",),
                summary="Look for the TXT record, and change nothing.",
                run=self._test,
                shows=Tested,
                lacks="a request to the domain itself",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        domains = sorted(call.tenant.custom_domains, key=lambda each: each.domain)
        return Answer([call.selected(shown_domain(each)) for each in domains])

    async def _read(self, call: Call) -> Answer:
        return call.one(shown_domain(_in(call.tenant.custom_domains, call.id())))

    async def _default(self, call: Call) -> Answer:
        chosen = next((each for each in call.tenant.custom_domains if each.is_default), None)
        return call.one(shown_domain(chosen) if chosen else own_domain(call.tenant))

    async def _create(self, call: Call) -> Answer:
        sent = _supported(await call.body())

        def edit(state: TenantState) -> TenantState:
            tenant = _tenant(state)
            entry = entry_of(CustomDomainEntry, sent)
            Draft(tenant, state, call.now).check("custom_domains", entry)
            if any(each.domain == entry.value.domain for each in tenant.custom_domains):
                raise Exists("custom_domain", "The tenant has this domain already.")
            if len(tenant.custom_domains) >= MOST:
                check([Problem("", f"{MOST} domains are there; wanted: delete one first")])
            made = domain_of(entry.value, None)
            return replace(state, tenant=with_domains(tenant, (*tenant.custom_domains, made)))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a custom domain"))
        found = _tenant(state).custom_domains
        return call.one(shown_domain(next(each for each in found if each.domain == sent["domain"])))

    async def _update(self, call: Call) -> Answer:
        sent, domain_id = _supported(await call.body()), call.id()

        def edit(state: TenantState) -> TenantState:
            tenant = _tenant(state)
            current = _changeable(call, tenant, domain_id)
            entry = entry_of(CustomDomainEntry, merged(custom_domain_entry(current), sent))
            Draft(tenant, state, call.now).check("custom_domains", entry)
            return _with(state, domain_of(entry.value, current))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a custom domain"))
        return call.one(shown_domain(_in(_tenant(state).custom_domains, domain_id)))

    async def _delete(self, call: Call) -> Answer:
        domain_id = call.id()

        def edit(state: TenantState) -> TenantState:
            tenant = _tenant(state)
            gone = _changeable(call, tenant, domain_id)
            kept = tuple(each for each in tenant.custom_domains if each is not gone)
            return replace(state, tenant=with_domains(tenant, kept))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a custom domain"))
        return Answer()

    async def _choose(self, call: Call) -> Answer:
        wanted = entry_of(ChosenDomain, await call.body()).value.domain

        def edit(state: TenantState) -> TenantState:
            tenant = _tenant(state)
            ready = {each.domain for each in tenant.custom_domains if each.is_ready}
            if wanted not in {*ready, urlsplit(tenant.issuer).hostname}:
                check([Problem("domain", f"read {shown(wanted)}; wanted: one that is ready, or the own")])
            chosen = (
                msgspec.structs.replace(each, is_default=each.domain == wanted)
                for each in tenant.custom_domains
            )
            return replace(state, tenant=with_domains(tenant, chosen))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Choose the default domain"))
        tenant = _tenant(state)
        chosen = next((each for each in tenant.custom_domains if each.is_default), None)
        return call.one(shown_domain(chosen) if chosen else own_domain(tenant))

    async def _test(self, call: Call) -> Answer:
        reason = await self._missing(_in(call.tenant.custom_domains, call.id()))
        return Answer({"success": not reason, **({"message": reason} if reason else {})})

    async def _verify(self, call: Call) -> Answer:
        """The record is looked for before anything is changed, and the host taken only if nobody has it."""
        current = _in(call.tenant.custom_domains, call.id())
        if current.is_ready:
            return call.one(shown_domain(current))
        reason = await self._missing(current)
        if reason:
            return Answer(shown_domain(current, failure=reason))
        owner = await self._tenants.id_of_host(call.tenant.host_of(current))
        if owner is not None:
            raise Exists("custom_domain", "Another tenant of this server answers on the domain.")

        def edit(state: TenantState) -> TenantState:
            found = _in(_tenant(state).custom_domains, current.custom_domain_id)
            ready = msgspec.structs.replace(found, is_ready=True, verified_at=call.now)
            return _with(state, ready)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Verify a custom domain"))
        return call.one(shown_domain(_in(_tenant(state).custom_domains, current.custom_domain_id)))

    async def _missing(self, domain: CustomDomain) -> str:
        """Why nobody vouches for the domain; "" when its owner does."""
        try:
            found = await self._records.of(domain.record_name)
        except NoRecords as error:
            return f"{error}; wanted: {domain.record}"
        if domain.record in found:
            return ""
        return f"{domain.record_name} says something else; wanted: {domain.record}"


def _supported(sent: Sent) -> Sent:
    """What of the body a file could say. Raises ``NotSupported`` for what the operator has to do."""
    if sent.get("type", "self_managed_certs") != "self_managed_certs":
        raise NotSupported("Certificates are the operator's here; wanted: type self_managed_certs.")
    if sent.get("verification_method") not in (None, "txt"):
        raise NotSupported("Domains are verified by a TXT record here; wanted: verification_method txt.")
    if sent.get("custom_client_ip_header"):
        raise NotSupported("Which proxies are believed is set by the operator, not for a domain.")
    left_out = ("verification_method", "custom_client_ip_header")
    kept = {name: value for name, value in sent.items() if name not in left_out and value is not None}
    if isinstance(kept.get("domain"), str):
        kept["domain"] = kept["domain"].lower()
    return kept


def _tenant(state: TenantState) -> Tenant:
    assert state.tenant is not None, "editing knows the tenant"
    return state.tenant


def _in(domains: Iterable[CustomDomain], domain_id: str) -> CustomDomain:
    for domain in domains:
        if domain.custom_domain_id == domain_id:
            return domain
    raise Inexistent("custom_domain")


def _changeable(call: Call, tenant: Tenant, domain_id: str) -> CustomDomain:
    current = _in(tenant.custom_domains, domain_id)
    call.check_unchanged(shown_domain(current))
    return current


def _with(state: TenantState, changed: CustomDomain) -> TenantState:
    tenant = _tenant(state)
    is_it = changed.custom_domain_id
    found = (changed if each.custom_domain_id == is_it else each for each in tenant.custom_domains)
    return replace(state, tenant=with_domains(tenant, found))
