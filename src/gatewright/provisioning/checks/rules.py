"""THE LIST of what is checked before a file is applied; every problem is found, not only the first."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from gatewright.clients import Client
from gatewright.connections import DatabaseOptions
from gatewright.provisioning.checks.apis import check_api
from gatewright.provisioning.checks.attack_protection import check_attack_protection, unguarded
from gatewright.provisioning.checks.claim_rules import doubtful
from gatewright.provisioning.checks.clients import check_client, weak_secret
from gatewright.provisioning.checks.directory import check_connection, check_database, check_role, check_user
from gatewright.provisioning.checks.domains import check_custom_domain
from gatewright.provisioning.checks.log_streams import check_log_streams
from gatewright.provisioning.checks.mail import check_email_template, check_provider, is_unsent, unsent
from gatewright.provisioning.checks.organizations import check_organization
from gatewright.provisioning.checks.prompts import check_prompts
from gatewright.provisioning.checks.references import Known, dangling
from gatewright.provisioning.checks.tenant import check_branding, check_tenant, check_themes, unprotected
from gatewright.provisioning.checks.values import check_repeated
from gatewright.provisioning.document import Document
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.state import DATABASE, Match, TenantState, full_user_id
from gatewright.provisioning.stored_only import without_effect
from gatewright.users.identifiers import normalised


def check_document(
    document: Document,
    state: TenantState,
    known: Known,
    people: Mapping[str, Match],
    reserved: frozenset[str],
) -> Iterator[Problem]:
    """Everything that is wrong with the file for this tenant, its shape included.

    ``people`` tells whom the entries of ``users`` are about; ``reserved`` are identifiers of the system.
    """
    yield from document.problems
    yield from _check_entries(document, state, known, reserved)
    yield from check_log_streams(document.log_streams or (), state.log_streams)
    yield from _check_uniqueness(document, state)
    yield from dangling(document, known)
    for entry in document.users or ():
        options = known.databases.get(entry.value.connection, DatabaseOptions())
        strategy = known.connections.get(entry.value.connection, DATABASE)
        yield from check_user(entry, people.get(entry.path, Match()), options, strategy)


def warnings_of(document: Document) -> tuple[str, ...]:
    """What is allowed, and what whoever wrote it should know."""
    found = list(without_effect(document))
    if document.tenant is not None:
        found += unprotected(document.tenant)
        found += doubtful(document.tenant)
    found += map(unsent, filter(is_unsent, document.email_templates or ()))
    if document.attack_protection is not None:
        found += unguarded(document.attack_protection)
    for entry in document.clients or ():
        weak = weak_secret(entry)
        found += [f"{inside(entry.path, 'client_secret')}: {weak}"] if weak else []
    return tuple(found)


def _check_entries(
    document: Document, state: TenantState, known: Known, reserved: frozenset[str]
) -> Iterator[Problem]:
    yield from _check_tenant_sections(document, state)
    yield from _check_looks(document)
    apis = {api.identifier: api for api in state.apis}
    for api in document.apis or ():
        yield from check_api(api, apis.get(api.value.identifier), reserved)
    by_id = {client.client_id: client for client in state.clients}
    by_name = {client.name: client for client in state.clients}
    for client in document.clients or ():
        named = (
            by_id.get(client.value.client_id) if client.value.client_id else by_name.get(client.value.name)
        )
        yield from check_client(client, named)
    databases = {database.name: database for database in state.databases}
    for database in document.databases or ():
        yield from check_database(database, databases.get(database.value.name))
    for connection in document.connections or ():
        yield from check_connection(connection, known.databases)
    yield from _check_groups(document)
    yield from _check_mail(document, state)


def _check_groups(document: Document) -> Iterator[Problem]:
    for role in document.roles or ():
        yield from check_role(role)
    for organization in document.organizations or ():
        yield from check_organization(organization)


def _check_looks(document: Document) -> Iterator[Problem]:
    yield from check_themes(document.themes or ())
    if document.prompts is not None:
        yield from check_prompts(document.prompts)


def _check_mail(document: Document, state: TenantState) -> Iterator[Problem]:
    for provider in document.provider or ():
        yield from check_provider(provider, state.provider)
    for template in document.email_templates or ():
        yield from check_email_template(template)
    names = (entry.value.template for entry in document.email_templates or ())
    yield from check_repeated("emailTemplates", "template", names)


def _check_tenant_sections(document: Document, state: TenantState) -> Iterator[Problem]:
    if document.tenant is not None:
        yield from check_tenant(document.tenant)
    if document.branding is not None:
        yield from check_branding(document.branding)
    if document.attack_protection is not None:
        yield from check_attack_protection(document.attack_protection)
    own = urlsplit(state.tenant.issuer).hostname if state.tenant else None
    for domain in document.custom_domains or ():
        yield from check_custom_domain(domain, own or "")


def _check_uniqueness(document: Document, state: TenantState) -> Iterator[Problem]:
    apis, clients = document.apis or (), document.clients or ()
    domains = document.custom_domains or ()
    yield from check_repeated("customDomains", "domain", (e.value.domain for e in domains))
    yield from check_repeated("resourceServers", "identifier", (e.value.identifier for e in apis))
    yield from check_repeated("resourceServers", "name", (e.value.name for e in apis))
    yield from check_repeated("clients", "client_id", (e.value.client_id for e in clients))
    yield from check_repeated("clients", "name", (e.value.name for e in clients))
    yield from check_repeated("databases", "name", (e.value.name for e in document.databases or ()))
    connections = document.connections or ()
    yield from check_repeated("connections", "name", (e.value.name for e in connections))
    yield from check_repeated("roles", "name", (e.value.name for e in document.roles or ()))
    organizations = document.organizations or ()
    yield from check_repeated("organizations", "name", (e.value.name for e in organizations))
    yield from check_repeated("logStreams", "name", (e.value.name for e in document.log_streams or ()))
    grants = (f"{e.value.client_id} → {e.value.audience}" for e in document.grants or ())
    yield from check_repeated("clientGrants", "client_id", grants)
    yield from _check_people(document)
    yield from _check_nameless(document, state.clients)


def _check_people(document: Document) -> Iterator[Problem]:
    users = [entry.value for entry in document.users or ()]
    yield from check_repeated("users", "user_id", (full_user_id(user.user_id) for user in users))
    emails = (_in_connection(user.connection, user.email) for user in users)
    yield from check_repeated("users", "email", emails)
    usernames = (_in_connection(user.connection, user.username) for user in users)
    yield from check_repeated("users", "username", usernames)


def _in_connection(connection: str, text: str) -> str:
    return f"{normalised(text)} in {connection}" if text else ""


def _check_nameless(document: Document, clients: Iterable[Client]) -> Iterator[Problem]:
    """An entry without an id is found by its name, so that name has to be one client's."""
    names = Counter(client.name for client in clients)
    for entry in document.clients or ():
        if not entry.value.client_id and names[entry.value.name] > 1:
            message = f"{names[entry.value.name]} clients are called {shown(entry.value.name)}"
            yield Problem(entry.path, f"{message}; wanted: client_id")
