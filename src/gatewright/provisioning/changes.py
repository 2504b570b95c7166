"""Steps of a plan → changes of one unit of work."""

from collections.abc import Callable, Mapping

from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.units import Unit
from gatewright.provisioning.plan import Kind, Plan, Step
from gatewright.provisioning.state import Person, Stores, identifiers_of
from gatewright.roles import Permission
from gatewright.tenants import PromptSettings


async def unit_of(plan: Plan, stores: Stores, keys: SigningKeys, now: int) -> Unit:
    """The changes that make a whole plan happen, new signing keys among them."""
    unit: Unit = ()
    for step in plan.steps:
        if step.kind == "signing keys":
            unit += await keys.missing(plan.tenant.tenant_id, plan.tenant.issuer, step.after)
        else:
            unit += changes_of(step, stores, plan.tenant.tenant_id, now)
    return unit


def changes_of(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    """The changes that make one step happen. Signing keys are not made here."""
    return _CHANGES[step.kind](step, stores, tenant_id, now)


def _tenant(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    return stores.tenants.put(step.after)


def _api(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    """What users were permitted of it without a role goes with it, or with the scope; nothing comes back."""
    if step.action == "delete":
        forgotten = stores.roles.forget_api(tenant_id, step.before.identifier)
        return (stores.apis.delete(tenant_id, step.before.api_id), forgotten)
    put = stores.apis.put(tenant_id, step.after)
    if step.before is None:
        return (put, stores.roles.forget_api(tenant_id, step.after.identifier))
    before, after = ({scope.value for scope in api.scopes} for api in (step.before, step.after))
    forgotten_scopes = (
        Permission(permission_name=name, resource_server_identifier=step.after.identifier)
        for name in sorted(before ^ after)
    )
    return (put, *(stores.roles.forget_permission(tenant_id, each) for each in forgotten_scopes))


def _client(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.clients.delete(tenant_id, step.before.client_id),)
    return (stores.clients.put(tenant_id, step.after),)


def _grant(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.apis.delete_grant(tenant_id, step.before.grant_id),)
    return (stores.apis.put_grant(tenant_id, step.after),)


def _connection(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.connections.delete(tenant_id, step.before.connection_id),)
    return (stores.connections.put(tenant_id, step.after),)


def _role(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return stores.roles.delete(tenant_id, step.before.role_id)
    return (stores.roles.put(tenant_id, step.after),)


def _organization(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return stores.organizations.delete(tenant_id, step.before.organization_id)
    return (stores.organizations.put(tenant_id, step.after),)


def _provider(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.mail.delete_provider(tenant_id),)
    return (stores.mail.put_provider(tenant_id, step.after),)


def _theme(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.looks.delete_theme(tenant_id),)
    return (stores.looks.put_theme(tenant_id, step.after),)


def _page(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.looks.delete_page(tenant_id),)
    return (stores.looks.put_page(tenant_id, step.after),)


def _prompts(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    return (stores.looks.put_prompts(tenant_id, step.after or PromptSettings()),)


def _custom_text(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.looks.delete_text(tenant_id, step.before),)
    return (stores.looks.put_text(tenant_id, step.after),)


def _email_template(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return (stores.mail.delete_template(tenant_id, step.before.template),)
    return (stores.mail.put_template(tenant_id, step.after),)


def _log_stream(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    if step.action == "delete":
        return stores.log_streams.delete(tenant_id, step.before.stream_id)
    if step.action == "create":
        return stores.log_streams.insert(tenant_id, step.after)
    return stores.log_streams.update(tenant_id, step.after)


def _user(step: Step, stores: Stores, tenant_id: str, now: int) -> Unit:
    before: Person | None = step.before
    after: Person = step.after
    unit = _profile(before, after, stores, tenant_id)
    if after.password_hash and (before is None or after.password_hash != before.password_hash):
        unit += (stores.users.set_password(tenant_id, after.user.user_id, after.password_hash, now),)
    held, user_id = before.roles if before else frozenset(), after.user.user_id
    given = (stores.roles.assign(tenant_id, user_id, role) for role in sorted(after.roles - held))
    taken = (stores.roles.withdraw(tenant_id, user_id, role) for role in sorted(held - after.roles))
    return (*unit, *given, *taken)


def _profile(before: Person | None, after: Person, stores: Stores, tenant_id: str) -> Unit:
    if before is None:
        return stores.users.insert(tenant_id, after.user, identifiers_of(after.user))
    if before.user == after.user:
        return ()
    updated = (stores.users.update(tenant_id, after.user),)
    if identifiers_of(before.user) == identifiers_of(after.user):
        return updated
    return updated + stores.users.set_identifiers(tenant_id, after.user, identifiers_of(after.user))


_CHANGES: Mapping[Kind, Callable[[Step, Stores, str, int], Unit]] = {
    "tenant": _tenant,
    "API": _api,
    "client": _client,
    "client grant": _grant,
    "database": _connection,
    "connection": _connection,
    "role": _role,
    "organization": _organization,
    "theme": _theme,
    "page template": _page,
    "prompts": _prompts,
    "custom text": _custom_text,
    "e-mail provider": _provider,
    "e-mail template": _email_template,
    "log stream": _log_stream,
    "user": _user,
}
