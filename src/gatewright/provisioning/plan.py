"""The difference between what a tenant is and what it shall be: an ordered list of steps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.connections import Connection
from gatewright.log_streams import LogStream
from gatewright.messages import EmailProvider
from gatewright.provisioning import entries
from gatewright.provisioning.entries import Names, Written
from gatewright.provisioning.state import Match, Person, TenantState
from gatewright.tenants import PromptSettings, Tenant

Action = Literal["create", "update", "delete"]
Kind = Literal[
    "tenant",
    "signing keys",
    "API",
    "client",
    "client grant",
    "database",
    "connection",
    "role",
    "organization",
    "theme",
    "page template",
    "prompts",
    "custom text",
    "e-mail provider",
    "e-mail template",
    "log stream",
    "user",
]

ABSENT = object()
"""Stands for a field that is not written."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Stands for a secret in a difference; ``words`` are all there is to tell."""

    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an entity, as the file would write it. A secret only says that it changes."""

    path: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Step:
    """One entity that is made, changed or removed. ``label`` is what people call it.

    ``whole`` are all the fields of one that is made or removed, ``differences`` those of one that changes.
    """

    kind: Kind
    action: Action
    label: str
    before: Any = None
    after: Any = None
    differences: tuple[Difference, ...] = ()
    whole: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will happen to a tenant, in order, and how much stays as it is."""

    tenant: Tenant
    steps: tuple[Step, ...]
    unchanged: int
    warnings: tuple[str, ...] = ()

    def count(self, action: Action) -> int:
        """How many entities this happens to."""
        return sum(step.action == action for step in self.steps)


def plan_of(before: TenantState, after: TenantState, people: Mapping[str, Match]) -> Plan:
    """The steps from ``before`` to ``after``: first what goes, then what is named, then what names it."""
    names = Names.of(before, after)
    compared = [*_compared(before, after, people, names)]
    steps = [step for step in compared if step is not None]
    removed = [step for step in reversed(steps) if step.action == "delete"]
    assert after.tenant is not None
    return Plan(
        tenant=after.tenant,
        steps=(*removed, *(step for step in steps if step.action != "delete")),
        unchanged=len(compared) - len(steps),
    )


def _compared(
    before: TenantState, after: TenantState, people: Mapping[str, Match], names: Names
) -> Iterator[Step | None]:
    """A step for each entity, or ``None`` for each that stays as it is."""
    one = {"": before.tenant} if before.tenant else {}
    yield from _steps("tenant", one, {"": after.tenant}, lambda tenant: _tenant_written(tenant, names))
    made = sorted(after.key_algorithms - before.key_algorithms)
    yield from (Step("signing keys", "create", alg, after=alg) for alg in made)
    yield from _steps("API", _by(before.apis, "api_id"), _by(after.apis, "api_id"), _api_written)
    clients = _by(before.clients, "client_id"), _by(after.clients, "client_id")
    yield from _steps("client", *clients, lambda client: _client_written(client, names))
    grants = _by(before.grants, "grant_id"), _by(after.grants, "grant_id")
    yield from _steps("client grant", *grants, lambda grant: entries.grant_entry(grant, names))
    databases = _by(before.databases, "connection_id"), _by(after.databases, "connection_id")
    yield from _steps("database", *databases, lambda database: _database_written(database, names))
    others = _by(before.other_connections, "connection_id"), _by(after.other_connections, "connection_id")
    yield from _steps("connection", *others, lambda other: entries.connection_entry(other, names))
    yield from _steps("role", _by(before.roles, "role_id"), _by(after.roles, "role_id"), entries.role_entry)
    organizations = (
        _by(before.organizations, "organization_id"),
        _by(after.organizations, "organization_id"),
    )
    yield from _steps("organization", *organizations, lambda one: entries.organization_entry(one, names))
    yield from _steps("theme", _one(before.theme), _one(after.theme), entries.theme_entry)
    yield from _steps("page template", _one(before.page), _one(after.page), entries.page_entry)
    yield from _steps("prompts", _chosen(before.prompts), _chosen(after.prompts), _prompts_written)
    texts = _by(before.texts, "key"), _by(after.texts, "key")
    yield from _steps("custom text", *texts, entries.custom_text_entry)
    yield from _steps("e-mail provider", _one(before.provider), _one(after.provider), _provider_written)
    templates = _by(before.email_templates, "template"), _by(after.email_templates, "template")
    yield from _steps("e-mail template", *templates, entries.email_template_entry)
    streams = _by(before.log_streams, "stream_id"), _by(after.log_streams, "stream_id")
    yield from _steps("log stream", *streams, _log_stream_written)
    known = {path: match.person for path, match in people.items() if match.person is not None}
    yield from _steps("user", known, after.people, lambda person: _user_written(person, names))


def _steps(
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    written: Callable[[Any], Written],
) -> Iterator[Step | None]:
    old, new = dict(before), dict(after)
    gone = [key for key in old if key not in new and kind != "user"]
    for key in gone:
        lost = written(old[key])
        whole = tuple(_differences("", lost, {}))
        yield Step(kind, "delete", _label(kind, lost), before=old[key], whole=whole)
    for key, value in new.items():
        if key not in old:
            entry = written(value)
            whole = tuple(_differences("", {}, entry))
            yield Step(kind, "create", _label(kind, entry), after=value, whole=whole)
        elif value == old[key]:
            yield None
        else:
            differences = tuple(_differences("", written(old[key]), written(value)))
            yield Step(kind, "update", _label(kind, written(value)), old[key], value, differences)


def _one(entity: Any) -> dict[str, Any]:
    """Something of which there is one or none, by the key of all such."""
    return {} if entity is None else {"": entity}


def _chosen(settings: PromptSettings) -> dict[str, Any]:
    """Settings that somebody chose, and none while they are as they were."""
    return {} if settings == PromptSettings() else {"": settings}


def _by(entities: tuple[Any, ...], key: str) -> dict[str, Any]:
    return {getattr(entity, key): entity for entity in entities}


def _tenant_written(tenant: Tenant, names: Names) -> Written:
    looks, protection = entries.branding_entry(tenant), entries.attack_protection_entry(tenant)
    return {
        "tenant": tenant.tenant_id,
        "issuer": tenant.issuer,
        "hosts": list(tenant.hosts),
        **entries.tenant_entry(tenant, names),
        **({"branding": looks} if looks else {}),
        **({"attackProtection": protection} if protection else {}),
        **_domains_written(tenant),
    }


def _domains_written(tenant: Tenant) -> Written:
    """Domains by name: what each is, and whether the tenant answers on it."""
    written = {
        each.domain: {
            **entries.custom_domain_entry(each),
            "status": "ready" if each.is_ready else "pending_verification",
            "is_default": each.is_default,
        }
        for each in tenant.custom_domains
    }
    return {"customDomains": written} if written else {}


def _api_written(api: Api) -> Written:
    return entries.api_entry(api) | _secret("signing_secret", api.sealed_secret)


def _client_written(client: Client, names: Names) -> Written:
    newest = client.secrets[-1].fingerprint if client.secrets else ""
    kept = [f"{each.credential_id} {each.alg}" for each in client.credentials if not each.enabled]
    more = {"public keys kept besides": kept} if kept else {}
    return entries.client_entry(client, names) | more | _secret("client_secret", newest)


def _log_stream_written(stream: LogStream) -> Written:
    return entries.log_stream_entry(stream) | _secret("sink_secrets", stream.sealed)


def _database_written(database: Connection, names: Names) -> Written:
    entry = entries.database_entry(database, names)
    secrets = {name: _Hidden(sealed) for name, sealed in database.sealed_configuration.items()}
    if secrets:
        entry["options"] = {**entry.get("options", {}), "configuration": secrets}
    return entry


def _prompts_written(settings: PromptSettings) -> Written:
    return {"name": "settings", **entries.prompts_entry(settings, ())}


def _provider_written(provider: EmailProvider) -> Written:
    return entries.provider_entry(provider) | _secret("smtp_pass", provider.sealed_password)


def _user_written(person: Person, names: Names) -> Written:
    return entries.user_entry(person, names) | _secret("password", person.password_hash)


@dataclass(frozen=True, slots=True)
class _Hidden:
    """A secret in a comparison: equal or not, and never shown."""

    mark: str


def _secret(name: str, mark: str | None) -> Written:
    return {name: _Hidden(mark)} if mark else {}


def _label(kind: Kind, entry: Written) -> str:
    if kind == "client grant":
        return f"{entry['client_id']} → {entry['audience']}"
    if kind == "user":
        return str(entry.get("email") or entry.get("username") or entry["user_id"])
    return str(
        entry.get("name") or entry.get("displayName") or entry.get("template") or entry.get("tenant", "")
    )


def _differences(path: str, before: Written, after: Written) -> Iterator[Difference]:
    for name in {**before, **after}:
        place = f"{path}.{name}" if path else name
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if old == new:
            continue
        if isinstance(old, _Hidden) or isinstance(new, _Hidden):
            yield Difference(place, *_hidden(old, new))
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(place, old, new)
        else:
            yield Difference(place, old, new)


def _hidden(old: object, new: object) -> tuple[object, object]:
    secret = Secret("(secret)")
    after = secret if old is ABSENT else Secret("(another secret)")
    return (ABSENT if old is ABSENT else secret), (ABSENT if new is ABSENT else after)
